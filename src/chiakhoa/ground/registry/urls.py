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
    path("bodies/reforms/", views.reforms, name="reforms"),
    path("bodies/reforms/new/<str:source>/", views.reform_new, name="reform_new"),
    path("bodies/reforms/template/<str:kind>/", views.reform_template, name="reform_template"),
    path("bodies/reforms/<int:pk>/", views.reform, name="reform"),
    path("bodies/reforms/<int:pk>/edit/", views.reform_edit, name="reform_edit"),
    path("bodies/reforms/<int:pk>/enact/", views.enact_reform, name="enact_reform"),
    path("bodies/reforms/<int:pk>/undo/", views.undo_reform, name="undo_reform"),
    path("bodies/reforms/<int:pk>/discard/", views.discard_reform, name="discard_reform"),
    path("bodies/<str:pk>/", views.body, name="body"),
    path("me/", views.me, name="me"),
]
