"""The step as a Django app."""

from django.apps import AppConfig


class MandatesConfig(AppConfig):
    name = "chiakhoa.ground.mandates"
    label = "mandates"
