"""Addresses of needs."""

from django.urls import path

from chiakhoa.measure.needs import views

urlpatterns = [
    path("", views.grid, name="grid"),
    path("ranked/", views.ranked, name="ranked"),
    path("map/", views.gap_map, name="map"),
    path("<int:pk>/people/", views.people, name="people"),
    path("refresh/", views.refresh, name="refresh"),
]
