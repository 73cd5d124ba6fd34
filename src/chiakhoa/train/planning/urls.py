"""Addresses of planning."""

from django.urls import path, re_path

from chiakhoa.train.planning.views import comparing, plans

urlpatterns = [
    path("", plans.plans, name="plans"),
    path("demand/", plans.demand, name="demand"),
    path("demand/add/", plans.add_demand, name="add_demand"),
    path("demand/clear/", plans.clear_demand, name="clear_demand"),
    path("propose/", plans.propose, name="propose"),
    path("compare/", comparing.compare, name="compare"),
    path("<int:pk>/", plans.plan, name="plan"),
    path("<int:pk>/costs.xlsx", plans.costs, name="costs"),
    re_path(r"^classes/(?P<pk>\d+)/(?P<verb>lock|unlock|cancel|restore)/$", plans.change, name="change"),
]
