"""Addresses of placement."""

from django.urls import path

from chiakhoa.outcome.placement import views

urlpatterns = [
    path("", views.openings, name="openings"),
    path("agreements/", views.agreements, name="agreements"),
    path("match/", views.match, name="match"),
    path("applications/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:pk>/", views.opening, name="opening"),
    path("<str:pk>/apply/", views.apply_for, name="apply"),
]
