"""The step as a Django app."""

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "chiakhoa.ground.territory"
    label = "territory"
