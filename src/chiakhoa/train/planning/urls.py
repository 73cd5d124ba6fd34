"""Addresses of planning."""

from django.urls import path, re_path

from chiakhoa.train.planning.views import asking, classes, comparing, gains, plans, tabs

urlpatterns = [
    path("", plans.plans, name="plans"),
    path("demand/", plans.demand, name="demand"),
    path("demand/add/", plans.add_demand, name="add_demand"),
    path("demand/clear/", plans.clear_demand, name="clear_demand"),
    path("propose/", asking.propose, name="propose"),
    path("gains/", gains.moved, name="gains"),
    path("compare/", comparing.compare, name="compare"),
    path("<int:pk>/", plans.plan, name="plan"),
    path("<int:pk>/progress/", asking.progress, name="progress"),
    path("<int:pk>/happened/", asking.something_happened, name="something_happened"),
    path("happened/<int:pk>/withdraw/", asking.withdraw, name="withdraw"),
    path("<int:pk>/stop/", asking.stop, name="stop"),
    path("<int:pk>/classes/", tabs.classes, name="classes"),
    path("<int:pk>/calendar/", tabs.calendar, name="calendar"),
    path("<int:pk>/map/", tabs.on_map, name="map"),
    path("<int:pk>/unmet/", tabs.unmet, name="unmet"),
    path("<int:pk>/costs.xlsx", plans.costs, name="costs"),
    path("classes/<int:pk>/", classes.one, name="class"),
    path("classes/<int:pk>/move/", classes.move, name="move"),
    re_path(r"^classes/(?P<pk>\d+)/(?P<verb>lock|unlock|cancel|restore)/$", classes.change, name="change"),
]
