"""The step as a Django app."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "chiakhoa.train.credentials"
    label = "credentials"
