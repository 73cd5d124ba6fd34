"""The step as a Django app."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "chiakhoa.train.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Tell the mandates how much of a budget line this step counts on."""
        from chiakhoa.ground.mandates import spoken_for
        from chiakhoa.train.delivery import queries

        spoken_for.hand_in(self.label, queries.cost_on)
