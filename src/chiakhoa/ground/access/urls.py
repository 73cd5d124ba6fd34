"""Addresses of access."""

from django.urls import path

from chiakhoa.ground.access import group_views, token_views
from chiakhoa.ground.access.views import accounts, my_account, privacy, roles, signing_in, trail

urlpatterns = [
    path("", roles.assignments, name="assignments"),
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("slip/", signing_in.slip, name="slip"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("roles/", roles.choose_role, name="choose_role"),
    path("roles/play/<int:pk>/", signing_in.play, name="play"),
    path("roles/take/<int:pk>/", roles.take_role, name="take_role"),
    path("roles/give/", roles.give_role, name="give_role"),
    path("roles/<int:pk>/end/", roles.end_role, name="end_role"),
    path("lending/", roles.lending, name="lending"),
    path("lending/<int:pk>/back/", roles.take_back, name="take_back"),
    path("emergency/", roles.emergency, name="emergency"),
    path("emergency/close/", roles.close_emergency, name="close_emergency"),
    path("emergencies/", roles.emergencies, name="emergencies"),
    path("emergencies/<int:pk>/seen/", roles.look_at_emergency, name="look_at_emergency"),
    path("me/", my_account.my_account, name="my_account"),
    path("me/password/", my_account.password, name="password"),
    path("me/sessions/<str:handle>/end/", my_account.end_session, name="end_session"),
    path("me/data/", privacy.my_data, name="my_data"),
    path("me/data/copy/", privacy.take_my_data, name="take_my_data"),
    path("me/data/ask/", privacy.ask, name="ask"),
    path("requests/", privacy.privacy_requests, name="privacy_requests"),
    path("requests/<int:pk>/", privacy.answer, name="answer"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/open/", accounts.open_account, name="open_account"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/suspend/", accounts.suspend, name="suspend"),
    path("accounts/<int:pk>/resume/", accounts.resume, name="resume"),
    path("accounts/<int:pk>/second-steps/", accounts.forget_second_steps, name="forget_second_steps"),
    path("accounts/<int:pk>/slip/", accounts.account_slip, name="account_slip"),
    path("slips/", accounts.slips, name="slips"),
    path("trail/", trail.trail, name="trail"),
    path("trail/check/", trail.trail_check, name="trail_check"),
    path("trail/<int:number>/", trail.entry, name="entry"),
    path("groups/", group_views.groups, name="groups"),
    path("groups/<int:pk>/", group_views.group, name="group"),
    path("tokens/", token_views.tokens, name="tokens"),
    path("tokens/make/", token_views.make_token, name="make_token"),
    path("tokens/<int:pk>/revoke/", token_views.revoke_token, name="revoke_token"),
]
