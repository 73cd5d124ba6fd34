"""Loading the frameworks: what is there afterwards, and that a second loading changes no id."""

from datetime import UTC, datetime

import pytest

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.ground.frameworks.actions import load_frameworks
from chiakhoa.ground.frameworks.models import CanDo, Competence, CrosswalkEdge, Framework, Grade, RequiredGrade
from chiakhoa.ground.registry.models import Audience

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def competence(framework, code):
    return Competence.objects.get(domain__framework=framework, code=code)


def test_the_four_frameworks_have_the_competences_of_their_documents(frameworks):
    counts = {f.code: sum(d.competences.count() for d in f.domains.all()) for f in Framework.objects.all()}
    assert counts == {"tt02_2025": 24, "digcomp22": 21, "tt03_2014": 15, "qd757_2025": 11}


def test_circular_02_is_the_one_scale_with_eight_ascending_grades(frameworks):
    assert Framework.objects.get(is_scale=True).code == "tt02_2025"
    cuts = list(Grade.objects.order_by("number").values_list("cut", flat=True))
    assert len(cuts) == 8
    assert cuts == sorted(set(cuts))


def test_what_was_not_read_is_marked_incomplete_and_unsure(frameworks):
    assert not Framework.objects.get(code="qd757_2025").complete
    assert competence("qd757_2025", "QP.AI").certainty == "reported"
    assert competence("tt02_2025", "6.1").certainty == "medium"


def test_each_competence_says_what_one_can_do_at_four_levels(frameworks):
    assert CanDo.objects.count() == 96


def test_a_stated_gap_has_no_other_end(frameworks):
    gap = CrosswalkEdge.objects.get(source=competence("tt02_2025", "6.1"), framework="tt03_2014")
    assert (gap.relation, gap.target) == ("none", None)


def test_links_of_levels_stand_with_the_framework_they_lead_to(frameworks):
    links = Framework.objects.get(code="digcomp22").meta["level_links"]
    assert [(link["from"]["grade"], link["to"]["level"]) for link in links] == [(n, n) for n in range(1, 9)]


def test_loading_twice_keeps_every_row_and_id(frameworks):
    def state():
        tables = (Competence, Grade, CanDo, RequiredGrade)
        return [
            list(t.objects.order_by("pk").values_list("pk", flat=True)) for t in tables
        ], CrosswalkEdge.objects.count()

    before = state()
    load_frameworks(SYSTEM, at=AT)
    assert state() == before


def test_loading_stands_in_the_trail(frameworks):
    entry = AuditEntry.objects.filter(verb="load frameworks").latest("id")
    assert entry.after == {"competences": 71, "edges": 89, "profiles": 11}


def test_a_profile_without_its_audience_is_refused_by_name(groups_and_bodies):
    Audience.objects.filter(code="commune_official").delete()
    with pytest.raises(Refusal, match="commune_official"):
        load_frameworks(SYSTEM, at=AT)


def test_only_an_administrator_loads(groups_and_bodies):
    with pytest.raises(NotAllowed):
        load_frameworks(Reader(role=Role.COORDINATOR), at=AT)
