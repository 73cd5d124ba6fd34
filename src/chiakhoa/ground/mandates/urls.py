"""Addresses of the mandates."""

from django.urls import path, re_path

from chiakhoa.ground.mandates import views

KIND = r"(?P<kind>document|task|target|line)"

urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("tasks/<str:pk>/", views.task, name="task"),
    path("documents/", views.documents, name="documents"),
    path("statements/", views.statements, name="statements"),
    path("money/", views.money, name="money"),
    re_path(rf"^add/{KIND}/$", views.add, name="add"),
    re_path(rf"^change/{KIND}/(?P<pk>[^/]+)/$", views.change, name="change"),
    re_path(rf"^remove/{KIND}/(?P<pk>[^/]+)/$", views.remove, name="remove"),
]
