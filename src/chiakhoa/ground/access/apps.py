"""The step as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chiakhoa.ground.access"
    label = "access"
