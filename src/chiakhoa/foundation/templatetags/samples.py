"""The content of the living page of components: invented, in Vietnamese, long and short. Nothing else reads it."""

import datetime
import json
from typing import Any

import django_tables2
from django import forms, template
from django.conf import settings
from django.template.context import Context
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig

from chiakhoa.foundation.charts import Bar, Cell, Head, Interval, Series

register = template.Library()

COURSES = [
    "An toàn thông tin cho cán bộ cấp xã",
    "Bán chè trên sàn thương mại điện tử",
    "Dùng trợ lý AI trong soạn thảo văn bản",
    "Khai thác dịch vụ công trực tuyến",
    "Dạy học với học liệu số",
    "Phân tích dữ liệu bằng bảng tính",
]
COMMUNES = ["Xã Tân Cương", "Phường Phan Đình Phùng", "Xã Thần Sa", "Xã Đại Phúc", "Phường Bắc Kạn", "Xã Ba Bể"]
DOMAINS = [
    "Khai thác dữ liệu và thông tin", "Giao tiếp và hợp tác trong môi trường số", "Sáng tạo nội dung số", "An toàn",
    "Giải quyết vấn đề", "Ứng dụng trí tuệ nhân tạo",
]  # fmt: skip
STATES = [("good", "Đang mở"), ("busy", "Đang học"), ("warn", "Sắp hết chỗ"), ("bad", "Đã hủy"), ("", "Chưa bắt đầu")]
CUTS = (-2.2, -1.4, -0.7, 0.0, 0.7, 1.4, 2.1, 2.8)


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Họ và tên", help_text="Như trên giấy tờ, có dấu.")
    unit = forms.ChoiceField(label="Xã/phường", choices=[(name, name) for name in COMMUNES])
    born = forms.DateField(label="Ngày sinh", widget=forms.DateInput(attrs={"type": "date"}))
    audience = forms.ChoiceField(
        label="Đối tượng", widget=forms.RadioSelect, choices=[("cb", "Cán bộ, công chức"), ("hk", "Hộ kinh doanh chè")]
    )
    file = forms.FileField(label="Danh sách kèm theo", required=False, help_text="Tệp Excel hoặc CSV, tối đa 20 MB.")
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    consent = forms.BooleanField(label="Người học đồng ý cho đơn vị xem kết quả")


class SampleFilter(forms.Form):
    """What a filter bar looks like."""

    search = forms.CharField(label="Tìm", required=False)
    unit = forms.ChoiceField(label="Xã/phường", required=False, choices=[("", "Tất cả"), *((c, c) for c in COMMUNES)])
    state = forms.ChoiceField(label="Trạng thái", required=False, choices=[("", "Tất cả"), *STATES[:4]])


class SampleTable(django_tables2.Table):  # type: ignore[misc]
    """A list of classes."""

    caption = "Lớp học quý IV"
    code = django_tables2.Column(verbose_name="Mã lớp", linkify=lambda value: f"#{value}")
    course = django_tables2.Column(verbose_name="Khóa học")
    unit = django_tables2.Column(verbose_name="Xã/phường")
    seats = django_tables2.Column(verbose_name="Số chỗ", attrs={"th": {"class": "num"}, "td": {"class": "num"}})
    state = django_tables2.TemplateColumn(
        '{% include "foundation/badge.html" with kind=value.0 text=value.1 %}',
        verbose_name="Trạng thái",
        orderable=False,
    )

    class Meta:
        empty_text = _("Nothing is here yet.")


@register.simple_tag(takes_context=True)
def samples(context: Context) -> dict[str, Any]:
    """Everything the living page shows, by component."""
    table = SampleTable(_classes())
    RequestConfig(context["request"], paginate={"per_page": 6}).configure(table)
    return {
        "table": table,
        "nothing": SampleTable([]),
        "form": SampleForm(),
        "wrong": SampleForm(
            {"name": "", "unit": "Xã Tân Cương", "born": "31/02/1990", "consent": "on"}, auto_id="wrong_%s"
        ),
        "filterset": {"form": SampleFilter(prefix="f")},
        "crumbs": [("Đào tạo", "#"), ("Lớp học", "#"), ("An toàn thông tin cho cán bộ cấp xã", "")],
        "steps": ["Đọc tệp", "Ghép cột", "Xem trước", "Đã nhận"],
        "tabs": [("Lưới", "#tabs", True), ("Xếp hạng", "#tabs", False), ("Bản đồ", "#tabs", False)],
        "states": STATES,
        "timeline": _timeline(),
        "options": _options(),
        "given": ["b"],
        **_charts(),
    }


def _classes() -> list[dict[str, Any]]:
    return [
        {
            "code": f"TN-2026-{number:03d}",
            "course": COURSES[number % len(COURSES)],
            "unit": COMMUNES[number % 5],
            "seats": 24 + 7 * number % 17,
            "state": STATES[number % len(STATES)],
        }
        for number in range(1, 39)
    ]


def _timeline() -> list[tuple[datetime.datetime, str, str]]:
    zone = datetime.timezone(datetime.timedelta(hours=7))
    return [
        (datetime.datetime(2026, 9, 3, 8, 2, tzinfo=zone), "Làm bài đầu vào", "20 câu, 14 phút"),
        (datetime.datetime(2026, 9, 14, 7, 55, tzinfo=zone), "Vào lớp An toàn thông tin cho cán bộ cấp xã", ""),
        (datetime.datetime(2026, 10, 2, 16, 30, tzinfo=zone), "Nhận chứng nhận số CK-000214", "Đạt bậc 3"),
    ]


def _options() -> list[tuple[str, str]]:
    return [
        ("a", "Trả lời ngay để khỏi bị khóa tài khoản."),
        ("b", "Không bấm vào đường dẫn, gọi số điện thoại in trên thẻ ngân hàng để hỏi lại."),
        ("c", "Chuyển tiếp tin nhắn cho đồng nghiệp xem có ai nhận được tương tự không."),
        ("d", "Bấm thử bằng điện thoại của người khác."),
    ]


def _charts() -> dict[str, Any]:
    needs = [1240, 986, 611, 402, 87, 12]
    rows = [Bar(name, value, "#bars") for name, value in zip(COURSES, needs, strict=True)]
    spread = [(-0.9, 0.3), (-0.2, 0.35), (-1.6, 0.5), (0.4, 0.28), (-0.5, 0.4), (1.1, 0.6)]
    bands = [
        Interval(name, mean - 1.96 * error, mean, mean + 1.96 * error, 0.35)
        for name, (mean, error) in zip(DOMAINS, spread, strict=True)
    ]
    features, values = _map()
    return {
        "bars": rows,
        "bars_heads": ["Khóa học", "Người"],
        "bars_rows": [(bar.label, f"{bar.value:,}".replace(",", ".")) for bar in rows],
        "bands": bands,
        "cuts": CUTS,
        "grades": [str(grade) for grade in range(len(CUTS) + 1)],
        "series": [Series("Đạt bậc 3", [31, 36, 44, None, 58, 63]), Series("Mục tiêu", [30, 38, 46, 54, 62, 70])],
        "months": ["Quý I/2025", "Quý II", "Quý III", "Quý IV", "Quý I/2026", "Quý II"],
        "spark": [31, 36, 44, 51, 58, 63],
        "heat_rows": [Head(name, "", "#heat") for name in COMMUNES],
        "heat_columns": [Head(f"{place}", name) for place, name in enumerate(DOMAINS, start=1)],
        "heat_cells": _cells(),
        "features": features,
        "values": values,
        "href": lambda key: f"#{key}",
        "places": [(f["properties"]["kind_vi"] + " " + f["properties"]["name"], values.get(f["id"])) for f in features][
            :8
        ],
    }


def _cells() -> list[list[Cell]]:
    def cell(row: int, column: int) -> Cell:
        if (row, column) in {(2, 1), (5, 4)}:
            return Cell(None, "n = 6")
        return Cell((17 * row + 29 * column + 8) % 97 / 97, f"n = {40 + row}, ± 8 %", "#heat")

    return [[cell(row, column) for column in range(len(DOMAINS))] for row in range(len(COMMUNES))]


def _map() -> tuple[list[dict[str, Any]], dict[str, float]]:
    """The communes of the schematic map, where it lies beside the program, with invented shares."""
    file = settings.FACTS / "units" / "schematic.geojson"
    known = json.loads(file.read_text(encoding="utf-8"))["features"] if file.exists() else []
    features = [feature for feature in known if feature["properties"]["edition"] == "2025"]
    values = {f["id"]: (37 * k % 92) / 92 for k, f in enumerate(features) if k % 9}
    return features, values
