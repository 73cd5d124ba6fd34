"""The step as a Django app."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "chiakhoa.ground.catalogue"
    label = "catalogue"
