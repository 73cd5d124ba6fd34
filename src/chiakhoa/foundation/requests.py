"""The request as our views see it: Django's, with the reader on it."""

from django.http import HttpRequest

from chiakhoa.foundation.readers import Reader


class Request(HttpRequest):
    """A request whose reader the access middleware has set."""

    reader: Reader
