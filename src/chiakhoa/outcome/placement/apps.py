"""The step as a Django app."""

from django.apps import AppConfig


class PlacementConfig(AppConfig):
    name = "chiakhoa.outcome.placement"
    label = "placement"
