"""The step as a Django app."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "chiakhoa.measure.assessment"
    label = "assessment"
