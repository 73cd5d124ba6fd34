"""Addresses of territory."""

from django.urls import path

from chiakhoa.ground.territory import views

urlpatterns = [
    path("", views.units, name="units"),
    path("units/<str:pk>/", views.unit, name="unit"),
    path("figures/", views.figure_sets, name="figure_sets"),
    path("figures/<int:pk>/", views.figures_shown, name="figures"),
    path("figures/<int:pk>/remove/", views.remove_figures, name="remove_figures"),
    path("boundaries/", views.boundaries, name="boundaries"),
    path("boundaries/drop/", views.drop_boundaries, name="drop_boundaries"),
    path("reforms/", views.reforms, name="reforms"),
    path("reforms/new/<str:source>/", views.reform_new, name="reform_new"),
    path("reforms/template/<str:kind>/", views.reform_template, name="reform_template"),
    path("reforms/of/<str:day>/", views.reform_of_files, name="reform_of_files"),
    path("reforms/<int:pk>/", views.reform, name="reform"),
    path("reforms/<int:pk>/edit/", views.reform_edit, name="reform_edit"),
    path("reforms/<int:pk>/enact/", views.enact_reform, name="enact_reform"),
    path("reforms/<int:pk>/undo/", views.undo_reform, name="undo_reform"),
    path("reforms/<int:pk>/discard/", views.discard_reform, name="discard_reform"),
]
