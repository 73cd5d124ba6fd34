"""The step as a Django app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "chiakhoa.outcome.reporting"
    label = "reporting"
