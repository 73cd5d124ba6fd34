"""The step as a Django app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "chiakhoa.ground.registry"
    label = "registry"
