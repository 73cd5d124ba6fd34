"""Real boundaries: taken whole, drawn and named as such, refused in words, given up again."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.territory import actions, boundaries
from chiakhoa.ground.territory.models import Shape, Unit

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
SQUARE = [[105.8, 21.6], [105.9, 21.6], [105.9, 21.7], [105.8, 21.6]]
pytestmark = pytest.mark.django_db


def feature(unit="VN-05467@2025", ring=None, kind="Polygon", **more):
    coordinates = [ring or SQUARE] if kind == "Polygon" else [[ring or SQUARE]]
    return {
        "type": "Feature",
        "properties": {"id": unit},
        "geometry": {"type": kind, "coordinates": coordinates},
    } | more


def file(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | more).encode()


@pytest.fixture
def browse(client, thai_nguyen):
    place = actions.settle(SYSTEM, thai_nguyen, synthetic=True, at=AT).unit
    account = Account.objects.create_account("huy", None, full_name="Huy")
    RoleAssignment.objects.create(account=account, role=Role.ADMINISTRATOR, unit=place, valid_from=date(2026, 1, 1))
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client, content):
    data = {"file": SimpleUploadedFile("dia-gioi.geojson", content)}
    return client.post(reverse("territory:boundaries"), data, follow=True)


def test_boundaries_are_drawn_named_as_such_and_given_up_again(browse):
    before = Shape.objects.get(unit="VN-05467@2025").geometry
    page = send(browse, file(feature(), feature("05710", kind="MultiPolygon"))).content.decode()
    assert "Đã nạp địa giới của 2 đơn vị" in page
    assert "Địa giới của 2 đơn vị do người quản trị nạp vào; 90 đường nét còn lại là sơ đồ" in page
    assert Shape.objects.get(unit="VN-05467@2025").geometry["coordinates"][0] == SQUARE
    actions.load_units(SYSTEM, at=AT)
    assert Shape.objects.filter(schematic=False).count() == 2
    send(browse, file(feature(ring=[[106, 22], [106.1, 22], [106.1, 22.1], [106, 22]])))
    browse.post(reverse("territory:drop_boundaries"))
    shape = Shape.objects.get(unit="VN-05467@2025")
    assert (shape.geometry, shape.schematic) == (before, True)


def test_with_every_boundary_loaded_the_page_speaks_of_no_drawing(browse):
    today = Unit.objects.filter(level=3, valid_to=None).values_list("pk", flat=True)
    page = send(browse, file(*[feature(pk) for pk in today])).content.decode()
    assert "Địa giới do người quản trị nạp vào." in page
    assert "không phải địa giới hành chính" not in page


def test_giving_up_the_boundary_of_a_unit_that_had_no_drawing_leaves_it_without_one(thai_nguyen):
    Shape.objects.filter(unit="VN-05467@2025").delete()
    actions.load_boundaries(SYSTEM, file(feature()), at=AT)
    assert actions.drop_boundaries(SYSTEM, at=AT) == 1
    assert not Shape.objects.filter(unit="VN-05467@2025").exists()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"PK\x03\x04", "không phải GeoJSON"),
        (b"[" * 100_000, "không phải GeoJSON"),
        (b"[]", "không có đối tượng"),
        (file(), "không có đối tượng"),
        (file(feature(), feature(geometry=None)), "Đối tượng 2: không phải là đa giác"),
        (file(feature(kind="Polygon", geometry={"type": "Point", "coordinates": [105, 21]})), "không phải là đa giác"),
        (file(feature(geometry={"type": "Polygon", "coordinates": []})), "không có đường nét"),
        (file(feature(ring=SQUARE[:3])), "ít hơn bốn điểm"),
        (file(feature(ring=[*SQUARE[:3], [105.81, 21.6]])), "không khép kín"),
        (file(feature(ring=[[586000, 2389000]] * 4)), "WGS84"),
        (file(feature(ring=[[21.6, 105.8]] * 4)), "WGS84"),
        (file(feature(ring=[["105", "21"]] * 4)), "không có kinh độ"),
        (file(feature()).replace(b"105.8,", b"NaN,"), "không có kinh độ"),
        (file(feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3405"}}), "EPSG::3405"),
        (file(feature(properties={})), "không cho biết là đơn vị nào"),
        (file(3), "không phải là một đối tượng"),
        (file(feature("VN-99999@2025")), "không có đơn vị VN-99999@2025"),
        (file(feature("VN-05467@2024")), "bản đồ hôm nay"),
        (file(feature(), feature("05467")), "Đối tượng 2: đơn vị 05467 có hai lần"),
    ],
)
def test_what_will_not_do_is_refused_in_words_and_nothing_is_taken(thai_nguyen, content, named):
    with pytest.raises(Refusal, match=named):
        actions.load_boundaries(SYSTEM, content, at=AT)
    assert not Shape.objects.filter(schematic=False).exists()


@pytest.mark.parametrize(
    ("limit", "named"),
    [("LARGEST_BYTES", "lớn hơn"), ("MOST_FEATURES", "hơn 5.000"), ("MOST_POSITIONS", "hơn 2.000.000")],
)
def test_what_is_too_large_is_refused_in_words(monkeypatch, limit, named):
    monkeypatch.setattr(boundaries, limit, 1)
    with pytest.raises(Refusal, match=named):
        boundaries.read(file(feature(), feature("05710")))


def test_the_names_of_wgs84_are_taken(thai_nguyen):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert actions.load_boundaries(SYSTEM, file(feature(), crs=crs), at=AT) == 1
