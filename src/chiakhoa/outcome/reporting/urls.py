"""Addresses of reporting."""

from django.urls import path

from chiakhoa.outcome.reporting import views

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("rows/<slug:indicator>/", views.rows, name="rows"),
    path("places/", views.places, name="places"),
    path("reports/draft/", views.draft, name="draft"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/freeze/", views.freeze, name="freeze"),
    path("reports/<int:pk>/word/", views.word_file, name="word"),
    path("figures/<int:pk>/", views.figure, name="figure"),
]
