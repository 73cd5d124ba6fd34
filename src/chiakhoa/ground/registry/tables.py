"""Lists of the registry. What the list of people exports, the import reads unchanged: same headings, same words."""

from typing import ClassVar

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.registry import kinds
from chiakhoa.ground.registry.importing.people import LABELS as COLUMNS
from chiakhoa.ground.registry.models import Body, BodyReform, Membership, Person
from chiakhoa.ground.territory.tables import ReformTable

NUMERIC = {"td": {"class": "num"}, "th": {"class": "num"}}


class PeopleTable(tables.Table):
    """People, where they live and work. A file also has key, position, telephone, e-mail; never the citizen number."""

    external_key = tables.Column(COLUMNS["external_key"], visible=False)
    full_name = tables.Column(
        COLUMNS["full_name"], linkify=("registry:person", {"pk": tables.A("pk")}), order_by=("search_key",)
    )
    born_on = tables.DateColumn(verbose_name=COLUMNS["born_on"], format="d/m/Y")
    sex = tables.Column(COLUMNS["sex"])
    unit = tables.Column(COLUMNS["unit_id"], order_by=("unit__search_key",))
    audience = tables.Column(COLUMNS["audience_code"], order_by=("audience__order",))
    body = tables.Column(COLUMNS["body_id"], empty_values=(), orderable=False)
    position = tables.Column(COLUMNS["position"], empty_values=(), orderable=False, visible=False)
    phone = tables.Column(COLUMNS["phone"], visible=False)
    email = tables.Column(COLUMNS["email"], visible=False)

    class Meta:
        model = Person
        fields: ClassVar = [
            "external_key", "full_name", "born_on", "sex", "unit", "audience", "body", "position", "phone", "email",
        ]  # fmt: skip
        empty_text = _("Nobody is registered here yet. Import a spreadsheet, or register somebody by hand.")

    def render_body(self, record: Person) -> str:
        """Where the person is now; a dash for nowhere."""
        return self.value_body(record) or "–"

    def value_body(self, record: Person) -> str:
        """The name of the present body."""
        held = _present(record)
        return str(held.body) if held else ""

    def value_position(self, record: Person) -> str:
        """The position in the present body."""
        held = _present(record)
        return held.position if held else ""


def _present(person: Person) -> Membership | None:
    """The open membership, from what the page has fetched for all rows at once (`queries.with_bodies`)."""
    return next(iter(person.present), None)  # type: ignore[attr-defined]


class BodyTable(tables.Table):
    """Bodies with their place in the tree and on the map."""

    name_vi = tables.Column(_("Name"), linkify=("registry:body", {"pk": tables.A("pk")}), order_by=("search_key",))
    kind = tables.Column(_("Kind"))
    parent = tables.Column(_("Under"), order_by=("parent__search_key",))
    unit = tables.Column(_("Administrative unit"), order_by=("unit__search_key",))
    valid_to = tables.DateColumn(verbose_name=_("Ended on"), format="d/m/Y")
    member_count = tables.Column(_("People"), attrs=NUMERIC)
    id = tables.Column(_("Code"))

    class Meta:
        model = Body
        fields: ClassVar = ["name_vi", "kind", "parent", "unit", "member_count", "valid_to", "id"]
        empty_text = _("There is no body here yet. An administrator loads those of the programme.")

    def render_name_vi(self, record: Body) -> str:
        """The name in the language of the page."""
        return record.name

    def render_kind(self, value: str) -> str:
        """The kind in words."""
        return kinds.label(value)

    def render_member_count(self, value: int) -> str:
        """With the language's separators."""
        return num(value)

    def value_member_count(self, value: int) -> int:
        """A number in an exported file."""
        return value


class BodyReformTable(ReformTable):
    """Rearrangements of bodies."""

    title = tables.Column(_("Deciding document"), linkify=("registry:reform", {"pk": tables.A("pk")}))

    class Meta(ReformTable.Meta):
        model = BodyReform  # type: ignore[assignment]
