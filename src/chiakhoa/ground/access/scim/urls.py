"""Addresses of SCIM, without a slash at the end, as the standard writes them."""

from django.urls import path

from chiakhoa.ground.access.scim import views

urlpatterns = [
    path("ServiceProviderConfig", views.service, name="service"),
    path("ResourceTypes", views.described, {"what": "ResourceTypes"}, name="resource_types"),
    path("ResourceTypes/<str:key>", views.described, {"what": "ResourceTypes"}, name="resource_type"),
    path("Schemas", views.described, {"what": "Schemas"}, name="schemas"),
    path("Schemas/<str:key>", views.described, {"what": "Schemas"}, name="schema"),
    path(".search", views.search, name="search"),
    path("Users/.search", views.search, {"what": "Users"}, name="search_users"),
    path("Groups/.search", views.search, {"what": "Groups"}, name="search_groups"),
    path("Users", views.users, name="users"),
    path("Users/<str:key>", views.user, name="user"),
    path("Groups", views.groups, name="groups"),
    path("Groups/<str:key>", views.group, name="group"),
    path("<path:path>", views.nothing, name="nothing"),
]
