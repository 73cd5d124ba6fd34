"""Addresses of the catalogue."""

from django.urls import path

from chiakhoa.ground.catalogue import views

urlpatterns = [
    path("", views.courses, name="courses"),
    path("courses/<str:pk>/", views.course, name="course"),
    path("providers/", views.providers, name="providers"),
    path("trainers/", views.trainers, name="trainers"),
    path("venues/", views.venues, name="venues"),
    path("norms/", views.norms, name="norms"),
]
