"""Addresses of assessment."""

from django.urls import path

from chiakhoa.measure.assessment import views

urlpatterns = [
    path("", views.start, name="start"),
    path("begin/", views.begin, name="begin"),
    path("sittings/<uuid:pk>/<int:position>/", views.question, name="question"),
    path("sittings/<uuid:pk>/result/", views.result, name="result"),
    path("answers/<uuid:pk>/", views.answers, name="answers"),
    path("items/", views.items, name="items"),
    path("items/<str:code>/", views.item, name="item"),
]
