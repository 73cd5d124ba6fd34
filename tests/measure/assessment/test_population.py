"""What a calibration says of people: what is assumed of an audience beside what its answers show."""

from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from chiakhoa.engines import irt
from chiakhoa.foundation.readers import Role
from chiakhoa.measure.assessment.calibration import population
from chiakhoa.measure.assessment.calibration.gathering import Gathered
from chiakhoa.measure.assessment.models import Calibration, CalibrationState

TRUE_CORRELATION = 0.4


@pytest.fixture
def gathered(scale, items):
    """Tests of 600 officials, who are abler than assumed by 0.8 logits, of 600 teachers as assumed, and of 20 workers."""
    rng = np.random.default_rng(2)
    audiences = ["commune_official"] * 600 + ["teacher"] * 600 + ["iz_worker"] * 20
    mean = np.array([scale.prior.mean[one] + 0.8 * (one == "commune_official") for one in audiences])
    root = np.linalg.cholesky(np.full((6, 6), TRUE_CORRELATION) + (1 - TRUE_CORRELATION) * np.eye(6))
    ability = mean[:, None] + rng.standard_normal((len(audiences), 6)) @ root.T
    domain = np.array([item.competence.domain_index for item in items])
    a, b, c = (np.array([getattr(item, name) for item in items]) for name in "abc")
    right = rng.random((len(audiences), len(items))) < irt.probability(ability[:, domain], a, b, c)
    tests, columns = np.divmod(np.arange(right.size), len(items))
    return Gathered(
        list(items), list(range(len(audiences))), list(range(len(audiences))),
        {"audience": audiences}, tests, columns, right.ravel().astype(float),
    )  # fmt: skip


def test_an_audience_that_is_abler_than_assumed_is_seen_to_be(gathered, scale):
    told = population.found(gathered, {}, scale)
    officials, teachers = told["audiences"]
    assert (officials["audience"], teachers["audience"]) == ("commune_official", "teacher")
    assert officials["found"] == pytest.approx(officials["assumed"] + 0.8, abs=0.15)
    assert teachers["found"] == pytest.approx(teachers["assumed"], abs=0.15)
    assert officials["people"] == 600


def test_how_domains_go_together_is_taken_from_the_answers(gathered, scale):
    told = population.found(gathered, {}, scale)
    assert told["correlation"]["assumed"] == scale.prior.correlation == 0.7
    assert told["correlation"]["found"] == pytest.approx(TRUE_CORRELATION, abs=0.1)
    assert told["sd"]["found"] == pytest.approx(1.0, abs=0.15)


def test_of_a_person_s_tests_only_the_last_one_counts_and_few_people_say_nothing(gathered, scale):
    officials = np.flatnonzero(gathered.sitting < 600)
    same = {name: getattr(gathered, name)[officials] for name in ("sitting", "item", "score")}
    of_few = [test % 50 for test in range(600)]  # twelve tests each of fifty people
    groups = {"audience": gathered.groups["audience"][:600]}
    assert population.found(Gathered(gathered.items, gathered.tests[:600], of_few, groups, **same), {}, scale) == {}


def test_new_parameters_of_the_questions_move_what_is_found(gathered, scale):
    easier = {item.code: (item.a, item.b - 0.5) for item in gathered.items}
    before, after = (population.found(gathered, one, scale)["audiences"][0]["found"] for one in ({}, easier))
    assert after == pytest.approx(before - 0.5, abs=0.1)


def test_the_page_names_the_audience_that_is_half_a_grade_off(gathered, scale, province, sign_in, at):
    row = Calibration.objects.create(
        asked_at=at, asked_by=1, asked_name="Thu", state=CalibrationState.READY, found_at=at + timedelta(hours=1),
        report={"population": population.found(gathered, {}, scale)},
    )  # fmt: skip
    page = sign_in(Role.ASSESSOR).get(reverse("assessment:calibration", args=[row.pk])).content.decode()
    lines = [line for line in page.split("<tr>") if "badge--warn" in line]
    assert len(lines) == 1 and "600" in lines[0]
