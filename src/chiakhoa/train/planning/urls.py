"""Addresses of planning."""

from django.urls import path, re_path

from chiakhoa.train.planning import views

urlpatterns = [
    path("", views.plans, name="plans"),
    path("demand/", views.demand, name="demand"),
    path("demand/add/", views.add_demand, name="add_demand"),
    path("demand/clear/", views.clear_demand, name="clear_demand"),
    path("propose/", views.propose, name="propose"),
    path("<int:pk>/", views.plan, name="plan"),
    re_path(r"^classes/(?P<pk>\d+)/(?P<verb>lock|unlock|cancel|restore)/$", views.change, name="change"),
]
