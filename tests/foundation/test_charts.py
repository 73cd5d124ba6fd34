"""Charts: numbers in, readable and harmless text out."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiakhoa.foundation.charts import (
    Bar,
    Cell,
    Head,
    Interval,
    Mark,
    Series,
    bars,
    choropleth,
    heat,
    intervals,
    legend,
    level,
    line,
    quintiles,
    spark,
)
from chiakhoa.foundation.charts.frame import ticks

SQUARE = {"type": "Polygon", "coordinates": [[[105, 21], [106, 21], [106, 22], [105, 22], [105, 21]]]}
COMMUNES = Path(__file__).resolve().parents[2] / "data" / "units" / "schematic.geojson"
CUTS, GRADES = (-1.0, 0.0, 1.0), ("0", "1", "2", "3")
HOSTILE = '</text><script>alert("x")</script>'


def vietnamese(value):
    return f"{value:,.1f}".translate(str.maketrans(",.", ".,"))


def parsed(chart):
    return ElementTree.fromstring(f"<div>{chart}</div>")


def elements(chart, tag, css=""):
    found = [one for one in parsed(chart).iter() if one.tag.rpartition("}")[2] == tag]
    return [one for one in found if css in one.get("class", "").split()] if css else found


def words(chart):
    return ["".join(one.itertext()) for one in elements(chart, "text")]


def every_chart():
    grid = heat([Head("Xã Tân Cương")], [Head("An toàn")], [[Cell(0.3)]], title="t", breaks=(0.5,), missing="thiếu")
    shape = {"id": "a", "name": "Tân Cương", "geometry": SQUARE}
    return {
        "bars": bars([Bar("Tân Cương", 3)], title="t"),
        "intervals": intervals([Interval("An toàn", -1, 0, 1, 0.5)], cuts=CUTS, grades=GRADES, title="t"),
        "line": line([Series("Đạt", [1, 2]), Series("Mục tiêu", [2, 3])], labels=["2025", "2026"], title="t"),
        "spark": spark([1, 3, 2], title="t"),
        "heat": grid,
        "map": choropleth([shape], {"a": 0.4}, title="t"),
    }


@pytest.mark.parametrize("chart", every_chart().values(), ids=every_chart())
class TestEveryChart:
    def test_is_well_formed(self, chart):
        parsed(chart)

    def test_leaves_colours_to_the_style_sheet_and_runs_nothing(self, chart):
        assert not re.search(r"#[0-9a-f]{3,6}\b|style=|rgb\(|onclick|<script|https?://(?!www\.w3\.org/2000/svg)", chart)

    def test_names_itself(self, chart):
        named = [one for one in parsed(chart).iter() if one.get("aria-label") == "t"]
        assert named


@pytest.mark.parametrize(
    "chart",
    [
        bars([Bar(HOSTILE, 1, HOSTILE)], title=HOSTILE, unit=HOSTILE),
        intervals([Interval(HOSTILE, 0, 0, 0)], cuts=(0.0,), grades=(HOSTILE, "2"), title=HOSTILE),
        line([Series(HOSTILE, [1]), Series("b", [2])], labels=[HOSTILE], title=HOSTILE),
        heat(
            [Head(HOSTILE)], [Head("1", HOSTILE)], [[Cell(1, HOSTILE, HOSTILE)]], title=HOSTILE, breaks=(), missing=""
        ),
        choropleth([{"id": HOSTILE, "geometry": SQUARE}], {}, title=HOSTILE, missing=HOSTILE, href=lambda key: key),
    ],
    ids=["bars", "intervals", "line", "heat", "map"],
)
def test_a_hostile_name_stays_text(chart):
    assert "<script" not in chart
    parsed(chart)


class TestBars:
    def test_lengths_are_in_proportion_to_the_largest(self):
        drawn = elements(bars([Bar("a", 50), Bar("b", 100), Bar("c", 0)], title="t"), "rect", "chart__bar")
        assert [one.get("width") for one in drawn] == ["33%", "66%", "0%"]

    def test_numbers_are_written_by_the_format_handed_in(self):
        assert "1.234,5 người" in words(bars([Bar("a", 1234.5)], title="t", unit="người", number=vietnamese))

    def test_a_long_name_is_broken_into_lines_and_loses_no_word(self):
        name = "Sở Giáo dục và Đào tạo, Phòng Công nghệ thông tin và Chuyển đổi số tỉnh Thái Nguyên"
        *label, _ = words(bars([Bar(name, 1)], title="t"))
        assert len(label) > 1
        assert " ".join(label) == name

    def test_a_chart_with_links_is_a_group_because_an_image_hides_them(self):
        assert 'role="group"' in bars([Bar("a", 1, "/rows/")], title="t")
        assert 'role="img"' in bars([Bar("a", 1)], title="t")

    def test_an_address_of_its_own_goes_before_the_common_one(self):
        chart = bars([Bar("a", 1, "/own/"), Bar("b", 1)], title="t", href=lambda label: f"/common/{label}/")
        assert [one.get("href") for one in elements(chart, "a")] == ["/own/", "/common/b/"]

    def test_nothing_to_show_is_still_a_chart(self):
        assert elements(bars([], title="t"), "rect") == []

    @pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
    def test_a_value_that_cannot_be_drawn_is_refused_with_its_row(self, value):
        with pytest.raises(ValueError, match=r"row 2 \(Ba Bể\)"):
            bars([Bar("Tân Cương", 1), Bar("Ba Bể", value)], title="t")


class TestIntervals:
    def test_the_interval_lies_between_its_ends_on_the_scale(self):
        chart = intervals([Interval("An toàn", -2, 0, 2)], cuts=CUTS, grades=GRADES, title="t")
        (interval,) = elements(chart, "rect", "chart__interval")
        (dot,) = elements(chart, "circle")
        assert (interval.get("x"), interval.get("width"), dot.get("cx")) == ("0%", "100%", "50%")

    def test_the_scale_reaches_as_far_as_the_widest_interval(self):
        chart = intervals([Interval("An toàn", -8, 0, 2)], cuts=CUTS, grades=GRADES, title="t")
        assert elements(chart, "rect", "chart__interval")[0].get("x") == "0%"

    def test_the_requirement_is_drawn_only_where_there_is_one(self):
        rows = [Interval("a", 0, 0, 0, 0.5), Interval("b", 0, 0, 0)]
        chart = intervals(rows, cuts=CUTS, grades=GRADES, title="t")
        assert len(elements(chart, "line", "chart__required")) == 1

    def test_every_grade_is_named(self):
        assert words(intervals([], cuts=CUTS, grades=GRADES, title="t")) == list(GRADES)

    @pytest.mark.parametrize(
        ("row", "cuts", "grades", "said"),
        [
            (("a", 1, 0, 2), CUTS, GRADES, "row 1 .a.: low <= mean <= high"),
            (("a", 0, 0, 0), CUTS, GRADES[1:], "3 cuts part 4 grades"),
            (("a", 0, 0, 0), (0.0, 0.0, 1.0), GRADES, "cuts must rise"),
        ],
    )
    def test_nonsense_is_refused_in_words(self, row, cuts, grades, said):
        with pytest.raises(ValueError, match=said):
            intervals([row], cuts=cuts, grades=grades, title="t")


class TestLines:
    def test_a_gap_lifts_the_pen(self):
        chart = line([Series("Đạt", [1, None, 2, 3])], labels=list("abcd"), title="t")
        (path,) = elements(chart, "path")
        assert path.get("d").count("M") == 2
        assert len(elements(chart, "circle")) == 3

    def test_several_lines_have_a_legend_and_one_has_none(self):
        labels = ["a", "b"]
        assert elements(line([Series("x", [1, 2])], labels=labels, title="t"), "li") == []
        assert len(elements(line([Series("x", [1, 2]), Series("y", [2, 3])], labels=labels, title="t"), "li")) == 2

    def test_of_many_labels_the_last_one_is_always_shown(self):
        labels = [f"tháng {month}" for month in range(1, 25)]
        shown = words(line([Series("x", list(range(24)))], labels=labels, title="t"))
        assert "tháng 24" in shown
        assert sum(one.startswith("tháng") for one in shown) <= 6

    def test_labels_that_would_run_into_each_other_on_a_phone_are_thinned_out(self):
        labels = ["Quý I/2025", "Quý II", "Quý III", "Quý IV", "Quý I/2026", "Quý II/2026"]
        shown = words(line([Series("x", [1] * 6)], labels=labels, title="t"))
        assert [one for one in shown if one.startswith("Quý")] == ["Quý II", "Quý IV", "Quý II/2026"]

    def test_five_lines_are_refused_since_nobody_tells_them_apart(self):
        with pytest.raises(ValueError, match="5 series"):
            line([Series(str(k), [1]) for k in range(5)], labels=["a"], title="t")

    def test_a_series_of_another_length_is_refused_by_name(self):
        with pytest.raises(ValueError, match="series Đạt: 1 values for 2 labels"):
            line([Series("Đạt", [1])], labels=["a", "b"], title="t")

    def test_a_spark_of_one_value_is_a_dot(self):
        assert len(elements(spark([3.0], title="t"), "circle")) == 1

    @given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e9))
    def test_ticks_rise_and_cover_the_values(self, low, span):
        marks = ticks(low, low + span)
        assert marks == sorted(set(marks))
        assert len(marks) <= 8
        step = marks[1] - marks[0]
        assert marks[0] <= low + step * 1e-6
        assert marks[-1] >= low + span - step * 1e-6


class TestClasses:
    def test_a_value_equal_to_a_break_lies_above_it(self):
        assert [level(value, (0.2, 0.4, 0.6, 0.8)) for value in (0, 0.2, 0.39, 0.4, 0.8)] == [1, 2, 2, 3, 5]

    def test_two_classes_take_the_two_ends_of_the_shades(self):
        assert [level(value, (0.5,)) for value in (0.1, 0.9)] == [1, 5]

    def test_fifths_hold_a_fifth_each(self):
        breaks = quintiles(range(100))
        assert [sum(level(v, breaks) == shade for v in range(100)) for shade in range(1, 6)] == [20] * 5

    def test_equal_values_have_no_breaks_and_one_shade(self):
        assert quintiles([3, 3, 3]) == ()
        assert level(3, ()) == 3

    def test_the_legend_writes_every_range(self):
        items = ["".join(one.itertext()) for one in elements(legend((10, 20), missing="chưa đo"), "li")]
        assert items == ["< 10", "10 – < 20", "≥ 20", "chưa đo"]

    def test_more_breaks_than_shades_are_refused(self):
        with pytest.raises(ValueError, match="5 breaks"):
            level(1, (1, 2, 3, 4, 5))


class TestHeat:
    def grid(self, cells):
        rows, columns = [Head("Tân Cương", "", "/xa/")], [Head("1", "An toàn"), Head("2", "Giao tiếp")]
        return heat(rows, columns, cells, title="t", breaks=(0.5,), missing="chưa đủ", number=vietnamese)

    def test_is_a_table_whose_heads_say_what_they_head(self):
        heads = elements(self.grid([[Cell(0.1), Cell(0.9)]]), "th")
        assert [one.get("scope") for one in heads] == ["col", "col", "row"]

    def test_a_cell_has_shade_number_and_address(self):
        first, second = elements(self.grid([[Cell(0.1), Cell(0.9, "n = 40", "/rows/")]]), "td")[1:]
        assert (first.get("data-heat"), "".join(first.itertext())) == ("1", "0,1")
        assert (second.get("data-heat"), second[0].get("href")) == ("5", "/rows/")

    def test_an_unknown_cell_says_why_and_has_no_shade(self):
        cell = elements(self.grid([[Cell(None, "n = 6"), Cell(1)]]), "td")[1]
        assert cell.get("data-heat") is None
        assert "chưa đủ n = 6" in "".join(cell.itertext())

    def test_a_grid_with_a_hole_is_refused(self):
        with pytest.raises(ValueError, match="1 rows by 2 columns"):
            self.grid([[Cell(1)]])


class TestMap:
    def test_the_92_communes_take_less_than_90_kb_and_each_leads_to_its_rows(self):
        features = [f for f in json.loads(COMMUNES.read_text())["features"] if f["properties"]["edition"] == "2025"]
        values = {feature["id"]: place / 92 for place, feature in enumerate(features)}
        chart = choropleth(features, values, title="Tỷ lệ", href=lambda key: f"/needs/?by=audience&unit={key}")
        assert len(chart.encode()) < 90_000
        assert len(elements(chart, "a")) == len(features) == 92
        assert elements(chart, "a")[0].get("href").endswith(f"&unit={features[0]['id']}")

    def test_a_degree_of_longitude_is_shorter_than_one_of_latitude(self):
        chart = choropleth([{"id": "a", "geometry": SQUARE}], {"a": 1}, title="t")
        _, _, width, height = map(int, elements(chart, "svg")[0].get("viewBox").split())
        assert (height - 8) / (width - 8) == pytest.approx(1 / 0.9304, abs=0.002)

    def test_the_outline_closes_where_it_began(self):
        chart = choropleth([{"id": "a", "geometry": SQUARE}], {"a": 1}, title="t")
        (path,) = elements(chart, "path", "map__unit")
        assert path.get("d") == "M0 1075l1000 0 0-1075 -1000 0z"

    def test_a_mark_stands_at_its_place_says_what_it_is_and_leads_there(self):
        marks = [Mark(105.5, 21.5, 3, HOSTILE, "/there/"), Mark(105.0, 22.0, 99, "góc")]
        chart = choropleth([{"id": "a", "geometry": SQUARE}], {"a": 1}, title="t", marks=marks)
        first, second = elements(chart, "circle", "map__mark")
        assert (first.get("cx"), first.get("cy")) == ("500", "537") and (second.get("cx"), second.get("cy")) == (
            "0",
            "0",
        )
        assert first.get("r") == second.get("r") and "<script>" not in chart
        assert elements(chart, "a")[0].get("href") == "/there/" and elements(chart, "svg")[0].get("role") == "group"

    def test_a_unit_without_a_value_is_hatched_and_says_why(self):
        features = [{"id": key, "name": key, "geometry": SQUARE} for key in "ab"]
        chart = choropleth(features, {"a": 1.0, "b": float("nan")}, title="t", missing="chưa đủ")
        known, unknown = elements(chart, "path", "map__unit")
        assert unknown.get("fill").startswith("url(#")
        assert unknown[0].text == "b: chưa đủ"
        assert known.get("fill") is None
        assert "chưa đủ" in ["".join(one.itertext()) for one in elements(chart, "li")]

    def test_all_parts_and_holes_of_a_unit_are_drawn(self):
        hole = [[105.4, 21.4], [105.6, 21.4], [105.6, 21.6], [105.4, 21.4]]
        island = [[[107, 21], [107.2, 21], [107.2, 21.2], [107, 21]]]
        geometry = {"type": "MultiPolygon", "coordinates": [[SQUARE["coordinates"][0], hole], island]}
        (path,) = elements(choropleth([{"id": "a", "geometry": geometry}], {}, title="t"), "path", "map__unit")
        assert path.get("d").count("M") == 3
        assert path.get("fill-rule") == "evenodd"

    def test_a_point_is_refused_by_name(self):
        with pytest.raises(ValueError, match="feature a: Point is no polygon"):
            choropleth([{"id": "a", "geometry": {"type": "Point", "coordinates": [1, 2]}}], {}, title="t")
