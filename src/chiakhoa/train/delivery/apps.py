"""The step as a Django app."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "chiakhoa.train.delivery"
    label = "delivery"
