"""Addresses of the registry."""

from django.urls import path

from chiakhoa.ground.registry import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/add/", views.add, name="add"),
    path("people/import/", views.import_people, name="import"),
    path("people/import/template/<str:kind>/", views.import_template, name="import_template"),
    path("people/import/preview/", views.import_preview, name="import_preview"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/edit/", views.edit, name="edit"),
    path("people/<int:pk>/consent/", views.consent, name="consent"),
    path("bodies/", views.bodies, name="bodies"),
    path("bodies/<str:pk>/", views.body, name="body"),
    path("me/", views.me, name="me"),
]
