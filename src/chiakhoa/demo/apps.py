"""The demonstration as a Django app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "chiakhoa.demo"
    label = "demo"
