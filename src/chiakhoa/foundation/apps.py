"""The foundation as a Django app: its tables, templates, tags and static files."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "chiakhoa.foundation"
    label = "foundation"
