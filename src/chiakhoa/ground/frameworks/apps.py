"""The step as a Django app."""

from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "chiakhoa.ground.frameworks"
    label = "frameworks"
