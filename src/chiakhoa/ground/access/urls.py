"""Addresses of access."""

from django.urls import path

from chiakhoa.ground.access import group_views, token_views, views

urlpatterns = [
    path("", views.assignments, name="assignments"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("roles/", views.choose_role, name="choose_role"),
    path("roles/play/<int:pk>/", views.play, name="play"),
    path("roles/take/<int:pk>/", views.take_role, name="take_role"),
    path("roles/give/", views.give_role, name="give_role"),
    path("roles/<int:pk>/end/", views.end_role, name="end_role"),
    path("accounts/open/", views.open_account, name="open_account"),
    path("trail/", views.trail, name="trail"),
    path("groups/", group_views.groups, name="groups"),
    path("groups/<int:pk>/", group_views.group, name="group"),
    path("tokens/", token_views.tokens, name="tokens"),
    path("tokens/make/", token_views.make_token, name="make_token"),
    path("tokens/<int:pk>/revoke/", token_views.revoke_token, name="revoke_token"),
]
