"""Addresses of the registry."""

from django.urls import path

from chiakhoa.ground.registry import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/add/", views.add, name="add"),
    path("imports/", views.imports, name="imports"),
    path("imports/send/<str:kind>/", views.send, name="send"),
    path("imports/standing/<str:kind>/<str:form>/", views.import_standing, name="import_standing"),
    path("imports/template/<str:kind>/<str:form>/", views.import_template, name="import_template"),
    path("imports/<int:pk>/", views.receipt, name="receipt"),
    path("imports/<int:pk>/columns/", views.columns, name="columns"),
    path("imports/<int:pk>/place/", views.place, name="place"),
    path("imports/<int:pk>/preview/", views.preview, name="preview"),
    path("imports/<int:pk>/fix/", views.fix, name="fix"),
    path("imports/<int:pk>/doubts/", views.doubts, name="doubts"),
    path("imports/<int:pk>/register/", views.register, name="register"),
    path("imports/<int:pk>/returned/", views.returned, name="returned"),
    path("imports/<int:pk>/undo/", views.undo, name="undo"),
    path("imports/<int:pk>/drop/", views.drop, name="drop"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/edit/", views.edit, name="edit"),
    path("people/<int:pk>/doubles/", views.doubles, name="doubles"),
    path("people/merges/<int:pk>/part/", views.part, name="part"),
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
