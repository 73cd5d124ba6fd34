"""Addresses of placement."""

from django.urls import path

from chiakhoa.outcome.placement import views

urlpatterns = [
    path("", views.openings, name="openings"),
    path("agreements/", views.agreements, name="agreements"),
    path("add/", views.add, name="add"),
    path("match/", views.match, name="match"),
    path("applications/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:pk>/", views.opening, name="opening"),
    path("<str:pk>/change/", views.change, name="change"),
    path("<str:pk>/close/", views.close, name="close"),
    path("<str:pk>/reopen/", views.reopen, name="reopen"),
    path("<str:pk>/apply/", views.apply_for, name="apply"),
]
