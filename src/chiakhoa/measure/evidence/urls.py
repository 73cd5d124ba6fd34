"""Addresses of evidence."""

from django.urls import path

from chiakhoa.measure.evidence import views

urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("mine/", views.mine, name="mine"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/rate/", views.rate, name="rate"),
    path("<uuid:pk>/", views.one, name="one"),
]
