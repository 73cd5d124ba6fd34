"""Addresses of territory."""

from django.urls import path

from chiakhoa.ground.territory import views

urlpatterns = [
    path("", views.units, name="units"),
    path("units/<str:pk>/", views.unit, name="unit"),
]
