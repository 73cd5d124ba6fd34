"""Addresses of the frameworks."""

from django.urls import path

from chiakhoa.ground.frameworks import views

urlpatterns = [
    path("", views.framework, name="framework"),
    path("competences/<int:pk>/", views.competence, name="competence"),
    path("profiles/", views.profiles, name="profiles"),
    path("crosswalk/", views.crosswalk, name="crosswalk"),
]
