"""The step as a Django app."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "chiakhoa.train.planning"
    label = "planning"
