"""Addresses of assessment."""

from django.urls import path

from chiakhoa.measure.assessment import views

urlpatterns = [
    path("", views.start, name="start"),
    path("begin/", views.begin, name="begin"),
    path("sittings/worker.js", views.worker, name="worker"),
    path("sittings/<uuid:pk>/<int:position>/", views.question, name="question"),
    path("sittings/<uuid:pk>/<int:position>/flag/", views.flag, name="flag"),
    path("sittings/<uuid:pk>/reserve/", views.reserve, name="reserve"),
    path("sittings/<uuid:pk>/keep/", views.keep, name="keep"),
    path("sittings/<uuid:pk>/result/", views.result, name="result"),
    path("answers/<uuid:pk>/", views.answers, name="answers"),
    path("items/", views.items, name="items"),
    path("items/<str:code>/", views.item, name="item"),
    path("room/", views.room, name="room"),
    path("seats/<int:pk>/", views.seat, name="seat"),
    path("exams/", views.exams, name="exams"),
    path("exams/<int:pk>/", views.exam, name="exam"),
    path("exams/<int:pk>/<str:step>/", views.exam_step, name="exam_step"),
    path("exams/<int:pk>/seats/<str:act>/", views.seats_act, name="seats_act"),
    path("exams/<int:pk>/log/note/", views.note, name="note"),
    path("exams/<int:pk>/log/rescore/", views.rescore, name="rescore"),
    path("seats/<int:pk>/<str:act>/", views.seat_act, name="seat_act"),
    path("groups/", views.group_tests, name="group_tests"),
    path("groups/<int:pk>/", views.group_test, name="group_test"),
    path("groups/<int:pk>/notice/", views.group_notice, name="group_notice"),
    path("groups/<int:pk>/close/", views.close_group_test, name="close_group_test"),
    path("g/<str:key>/", views.group_start, name="group_start"),
    path("g/<str:key>/<uuid:run>/<int:position>/", views.group_question, name="group_question"),
    path("g/<str:key>/<uuid:run>/", views.group_own_result, name="group_own_result"),
    path("people/<int:pk>/accommodation/", views.accommodation, name="accommodation"),
]
