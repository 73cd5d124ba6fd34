"""Addresses of the mandates."""

from django.urls import path

from chiakhoa.ground.mandates import views

urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("tasks/<str:pk>/", views.task, name="task"),
    path("documents/", views.documents, name="documents"),
    path("statements/", views.statements, name="statements"),
    path("money/", views.money, name="money"),
]
