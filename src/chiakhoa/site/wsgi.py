"""The WSGI application."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chiakhoa.site.settings")
application = get_wsgi_application()
# What the program is made of is never garbage. Unless it is set aside, every full collection walks through all of it, and a
# page waits a fifth of a second for that.
get_resolver().url_patterns  # noqa: B018  (reads the addresses, and with them the views, now and not with the first page)
gc.freeze()
