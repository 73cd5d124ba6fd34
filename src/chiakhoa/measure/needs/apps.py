"""The step as a Django app."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "chiakhoa.measure.needs"
    label = "needs"
