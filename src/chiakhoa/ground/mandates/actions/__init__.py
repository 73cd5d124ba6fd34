"""The only writers of the mandates: what is loaded from files, and what people enter."""

from chiakhoa.ground.mandates.actions.entering import add, change, cut, remove
from chiakhoa.ground.mandates.actions.loading import load_orders, load_programme

__all__ = ["add", "change", "cut", "load_orders", "load_programme", "remove"]
