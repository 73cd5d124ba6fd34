"""The only writers of the mandates: what is loaded from files, and what people enter."""

from chiakhoa.ground.mandates.actions.entering import add, change, remove, set_amount
from chiakhoa.ground.mandates.actions.loading import load_orders, load_programme

__all__ = ["add", "change", "load_orders", "load_programme", "remove", "set_amount"]
