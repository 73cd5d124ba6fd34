"""Addresses of assessment."""

from django.urls import path

from chiakhoa.measure.assessment import views

urlpatterns = [
    path("", views.start, name="start"),
    path("begin/", views.begin, name="begin"),
    path("sittings/<uuid:pk>/<int:position>/", views.question, name="question"),
    path("sittings/<uuid:pk>/<int:position>/flag/", views.flag, name="flag"),
    path("sittings/<uuid:pk>/reserve/", views.reserve, name="reserve"),
    path("sittings/<uuid:pk>/keep/", views.keep, name="keep"),
    path("sittings/<uuid:pk>/result/", views.result, name="result"),
    path("sittings/<uuid:pk>/result.pdf", views.result_pdf, name="result_pdf"),
    path("answers/<uuid:pk>/", views.answers, name="answers"),
    path("items/", views.items, name="items"),
    path("items/new/<str:kind>/", views.item_new, name="item_new"),
    path("items/import/", views.items_import, name="items_import"),
    path("items/export/", views.items_export, name="items_export"),
    path("items/calibrate/", views.calibrate, name="calibrate"),
    path("items/<str:code>/", views.item, name="item"),
    path("items/<str:code>/edit/", views.item_edit, name="item_edit"),
    path("items/<str:code>/<str:step>/", views.item_step, name="item_step"),
    path("room/", views.room, name="room"),
    path("seats/<int:pk>/", views.seat, name="seat"),
    path("exams/", views.exams, name="exams"),
    path("exams/<int:pk>/", views.exam, name="exam"),
    path("exams/<int:pk>/integrity/", views.exam_integrity, name="exam_integrity"),
    path("exams/<int:pk>/integrity/check/", views.check_again, name="check_again"),
    path("exams/<int:pk>/<str:step>/", views.exam_step, name="exam_step"),
    path("exams/<int:pk>/seats/<str:act>/", views.seats_act, name="seats_act"),
    path("exams/<int:pk>/log/note/", views.note, name="note"),
    path("exams/<int:pk>/log/rescore/", views.rescore, name="rescore"),
    path("seats/<int:pk>/<str:act>/", views.seat_act, name="seat_act"),
    path("concerns/", views.concerns, name="concerns"),
    path("concerns/<int:pk>/", views.concern, name="concern"),
    path("concerns/<int:pk>/decide/", views.decide, name="decide"),
    path("concerns/<int:pk>/void/", views.void_over, name="void_over"),
    path("watch/", views.watch, name="watch"),
    path("people/<int:pk>/accommodation/", views.accommodation, name="accommodation"),
]
