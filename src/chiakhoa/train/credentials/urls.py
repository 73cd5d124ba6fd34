"""Addresses of credentials; `verify` is the one printed on paper."""

from django.urls import path

from chiakhoa.train.credentials import views

urlpatterns = [
    path("", views.certificates, name="certificates"),
    path("verify/", views.verify, name="verify"),
    path("<uuid:pk>/", views.certificate, name="certificate"),
    path("<uuid:pk>/pdf/", views.pdf, name="pdf"),
    path("<uuid:pk>/revoke/", views.revoke, name="revoke"),
    path("classes/<int:pk>/issue/", views.issue, name="issue"),
]
