"""Addresses of delivery."""

from django.urls import path, re_path

from chiakhoa.train.delivery import views

urlpatterns = [
    path("", views.classes, name="classes"),
    path("notices/", views.see, name="notices"),
    path("notices/<int:pk>/", views.see_one, name="notice"),
    path("wishes/", views.wishes, name="wishes"),
    path("wishes/<int:person>/", views.wishes, name="wishes_of"),
    path("<int:pk>/", views.training_class, name="class"),
    path("<int:pk>/enrol/", views.enrol, name="enrol"),
    path("<int:pk>/introduced/", views.enrol_introduced, name="enrol_introduced"),
    path("<int:pk>/day/", views.reschedule, name="reschedule"),
    path("<int:pk>/trainer/", views.assign, name="assign"),
    path("<int:pk>/roll/<int:number>/", views.roll, name="roll"),
    re_path(r"^(?P<pk>\d+)/(?P<step>start|finish|cancel)/$", views.move, name="move"),
    path("enrolments/<int:pk>/leave/", views.leave, name="leave"),
    path("publish/<int:plan>/", views.publish, name="publish"),
]
