"""All addresses: one prefix for each step, named like the step."""

from django.urls import include, path
from django.views.i18n import set_language

from chiakhoa.foundation.pages import public_page
from chiakhoa.site import api, first_run, health, views

STEPS = {
    "ground": ["territory", "registry", "access", "frameworks", "catalogue", "mandates"],
    "measure": ["evidence", "assessment", "needs"],
    "train": ["planning", "delivery", "credentials"],
    "outcome": ["placement", "reporting"],
}

handler500 = "chiakhoa.site.views.fault"
urlpatterns = [
    path("", views.home, name="home"),
    path("first-run/", first_run.first_run, name="first_run"),
    path("tour/<int:step>/", views.move_tour, name="tour"),
    path("status/", views.status, name="status"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/again/", views.try_job_again, name="try_job_again"),
    path("components/", views.components, name="components"),
    path("language/", public_page(set_language), name="set_language"),
    path("livez", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("account/", include("chiakhoa.ground.access.second_steps")),
    path("scim/v2/", include(("chiakhoa.ground.access.scim.urls", "scim"))),
    path("api/", api.guide, name="api_guide"),
    path(api.PREFIX, include(api.addresses(), namespace="api")),
    *[
        path(f"{step}/", include((f"chiakhoa.{room}.{step}.urls", step)))
        for room, steps in STEPS.items()
        for step in steps
    ],
]
