"""The scale as engines see it, and required grades."""

import numpy as np
import pytest

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.frameworks import queries
from chiakhoa.ground.frameworks.models import Competence, Framework
from chiakhoa.ground.registry.models import Audience


def test_the_scale_is_in_the_order_of_its_codes_and_knows_each_domain_index(frameworks):
    scale = queries.scale()
    assert [domain.order for domain in scale.domains] == list(range(6))
    assert [c.code for c in scale.competences] == sorted(c.code for c in scale.competences)
    assert [c.domain_index for c in scale.competences] == [int(c.code[0]) - 1 for c in scale.competences]


def test_the_cuts_are_eight_steps_of_four_fifths_of_a_logit_that_nobody_can_change(frameworks):
    cuts = queries.scale().cuts
    np.testing.assert_allclose(np.diff(cuts), 0.8)
    with pytest.raises(ValueError, match="read-only"):
        cuts[0] = 0


def test_the_scale_is_read_once_for_a_version(frameworks, django_assert_num_queries):
    first = queries.scale()
    with django_assert_num_queries(1):
        assert queries.scale() is first


def test_a_new_version_is_seen_at_once(frameworks):
    queries.scale()
    Framework.objects.filter(is_scale=True).update(version="9.0.0")
    assert queries.scale().framework.version == "9.0.0"


def test_without_a_measuring_framework_the_scale_is_refused(db):
    Framework.objects.update(is_scale=False)
    with pytest.raises(Refusal) as refused:
        queries.scale()
    assert refused.value.code == "no_scale"


def test_there_is_a_prior_for_each_audience_that_has_a_profile(frameworks):
    profiles = set(Audience.objects.filter(is_profile=True).values_list("code", flat=True))
    assert set(queries.scale().prior.mean) == profiles


def test_a_profile_asks_for_a_grade_in_every_competence_of_the_scale(frameworks):
    asked = queries.required("commune_official")
    assert set(asked) == {c.id for c in queries.scale().competences}
    assert asked[Competence.objects.get(domain__framework="tt02_2025", code="2.3").id] == 5
    assert queries.required_by_audience()["commune_official"] == asked
    assert queries.required("nobody") == {}


def test_every_competence_is_linked_or_its_gap_is_stated(frameworks):
    assert all(row["linked"] + row["gaps"] == row["total"] == 24 for row in queries.linked_counts())


def test_the_page_of_a_competence_lists_who_must_reach_it_highest_first(frameworks):
    row = queries.competence(SYSTEM).get(domain__framework="tt02_2025", code="4.1")
    grades = [need.grade for need in queries.requirements(row)]
    assert len(grades) == 11
    assert grades == sorted(grades, reverse=True)
