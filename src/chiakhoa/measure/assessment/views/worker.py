"""The script that hands out the page of a sitting while there is no network."""

from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from chiakhoa.foundation.pages import public_page

MADE_OF = (
    "foundation/app.css", "foundation/app.js", "foundation/logo.svg", "assessment/tasks.css", "assessment/sitting.js",
)  # fmt: skip


@public_page
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the sittings: its address is its reach. Another version where any of its files is another."""
    made_of = [static(name) for name in MADE_OF]
    version = sha256(" ".join(made_of).encode()).hexdigest()[:12]
    context = {"made_of": made_of, "version": version, "static_prefix": settings.STATIC_URL}
    response = render(request, "assessment/sitting_worker.js", context, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
