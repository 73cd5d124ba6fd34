"""The composition root as a Django app: its templates and catalogue."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "chiakhoa.site"
    label = "site"
