"""Whatever says why it is assumed says so in the reader's language, on every page that shows it."""

from html import unescape

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from chiakhoa.foundation.models import Sourced
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.mandates.models import Task
from chiakhoa.ground.registry.models import Body
from chiakhoa.outcome.placement.models import Opening
from tests.site.conftest import House

SOURCED: list[type[Model]] = [model for model in apps.get_models() if issubclass(model, Sourced)]


def reasons(model: type[Model]) -> set[str]:
    return set(model._default_manager.exclude(reason="").values_list("reason", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("model", SOURCED, ids=lambda model: model.__name__)
def test_a_reason_is_stored_in_vietnamese_and_in_english(house: House, model: type[Model]) -> None:
    wrong = [reason for reason in reasons(model) if len(set(reason.splitlines())) != 2]
    assert not wrong, f"{model.__name__}: give both languages: {wrong[:3]}"


def pages() -> list[str]:
    """The lists that show reasons, and one page of each thing that has one."""
    return [
        *(reverse(f"mandates:{name}") for name in ("tasks", "documents", "statements", "money")),
        *(reverse(f"catalogue:{name}") for name in ("courses", "providers", "venues", "norms")),
        *(
            reverse("mandates:task", args=[pk])
            for pk in Task.objects.exclude(reason="").values_list("pk", flat=True)[:3]
        ),
        reverse("catalogue:course", args=[Course.objects.first().pk]),
        *(reverse("registry:body", args=[pk]) for pk in ("body-so-khcn", "body-so-tttt", "ubnd-05443", a_demo_body())),
        reverse("placement:opening", args=[Opening.objects.exclude(reason="").first().pk]),
    ]


def a_demo_body() -> str:
    return str(Body.objects.filter(pk__startswith="demo-").first().pk)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "unwanted", "wanted"), [("en", 0, 1), ("vi", 1, 0)])
def test_a_page_shows_reasons_in_its_own_language_only(house: House, language: str, unwanted: int, wanted: int) -> None:
    browser = house.browse(Role.COORDINATOR)
    browser.cookies["django_language"] = language
    texts = [reason.splitlines() for model in SOURCED for reason in reasons(model)]
    other, own = ({lines[i] for lines in texts} for i in (unwanted, wanted))
    shown = 0
    for address in pages():
        answer = browser.get(address)
        assert answer.status_code == 200, address
        page = unescape(answer.content.decode())
        assert not [text for text in other - own if text in page], f"{address} in {language}"
        shown += any(text in page for text in own)
    assert shown > 6
