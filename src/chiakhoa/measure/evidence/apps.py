"""The step as a Django app."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "chiakhoa.measure.evidence"
    label = "evidence"
