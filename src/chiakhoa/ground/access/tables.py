"""Lists of access: assignments and the trail."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.template.defaultfilters import truncatechars
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.trail_words import thing_words, verb_words, verbs
from chiakhoa.ground.access.models import Account, RoleAssignment

SHOWN = 120
DAY = forms.DateInput(attrs={"type": "date"})


class AssignmentTable(tables.Table):
    """Who acts as what, where."""

    account = tables.Column(_("Account"), order_by=("account__full_name",))
    role = tables.Column(_("Role"))
    place = tables.Column(_("Over"), empty_values=(), orderable=False)
    valid_from = tables.DateColumn(verbose_name=_("From"), format="d/m/Y")
    valid_to = tables.DateColumn(verbose_name=_("Until"), format="d/m/Y")
    end = tables.TemplateColumn(
        template_name="access/_end_role.html", verbose_name=_("End"), orderable=False, exclude_from_export=True
    )

    class Meta:
        model = RoleAssignment
        fields: ClassVar = ["account", "role", "place", "valid_from", "valid_to", "end"]
        empty_text = _("Nobody holds a role here yet. Give the first one.")

    def render_place(self, record: RoleAssignment) -> str:
        """The unit or the body; that it is lent, or an emergency."""
        return record.place_words


class AssignmentFilter(django_filters.FilterSet):
    """By role."""

    role = django_filters.ChoiceFilter(choices=Role.choices, label=_("Role"))

    class Meta:
        model = RoleAssignment
        fields: ClassVar = ["role"]


class AccountTable(tables.Table):
    """Accounts, with whether they are open and when they were last used."""

    full_name = tables.Column(_("Name"), linkify=("access:account", {"pk": tables.A("pk")}))
    login = tables.Column(_("Login name"))
    is_active = tables.BooleanColumn(verbose_name=_("State"), yesno="1,0")
    last_login = tables.DateTimeColumn(verbose_name=_("Last sign-in"), format="d/m/Y H:i")

    class Meta:
        model = Account
        fields: ClassVar = ["full_name", "login", "is_active", "last_login"]
        empty_text = _("No account is within your reach.")

    def render_is_active(self, value: bool) -> str:
        """In a word."""
        return str(_("open") if value else _("suspended"))


class AccountFilter(django_filters.FilterSet):
    """By name, by login name, by state."""

    full_name = django_filters.CharFilter(lookup_expr="icontains", label=_("Name"))
    login = django_filters.CharFilter(lookup_expr="icontains", label=_("Login name"))
    is_active = django_filters.TypedChoiceFilter(
        choices=[("1", _("open")), ("0", _("suspended"))], coerce=lambda value: value == "1", label=_("State")
    )

    class Meta:
        model = Account
        fields: ClassVar = ["full_name", "login", "is_active"]


class TrailTable(tables.Table):
    """The trail, newest first."""

    number = tables.Column(_("No."), linkify=("access:entry", {"number": tables.A("number")}))
    at = tables.DateTimeColumn(verbose_name=_("When"), format="d/m/Y H:i:s")
    actor_name = tables.Column(_("Who"), empty_values=())
    verb = tables.Column(_("Did"))
    thing_kind = tables.Column(_("To what"))
    after = tables.Column(_("Details"), orderable=False)
    address = tables.Column(_("From where"))

    class Meta:
        model = AuditEntry
        fields: ClassVar = ["number", "at", "actor_name", "verb", "thing_kind", "after", "address"]
        empty_text = _("Nothing has been done yet.")

    def render_actor_name(self, record: AuditEntry) -> str:
        """Who, in which role."""
        name = record.actor_name or (
            _("account no. %(number)s") % {"number": record.account_id} if record.account_id else "–"
        )
        return f"{name} ({role_words(record.role)})" if record.role else str(name)

    def render_verb(self, record: AuditEntry) -> str:
        """What was done, in words; a file keeps the verb."""
        return verb_words(record.verb)

    def value_verb(self, record: AuditEntry) -> str:
        """The verb as the trail holds it."""
        return record.verb

    def render_thing_kind(self, record: AuditEntry) -> str:
        """What, with its key."""
        return f"{thing_words(record.thing_kind)} {record.thing_key}".strip()

    def render_after(self, record: AuditEntry) -> str:
        """The beginning of what was written; the row's own page shows all."""
        return truncatechars(said(record.after), SHOWN)

    def value_after(self, record: AuditEntry) -> str:
        """All of it, in a file."""
        return said(record.after)


class TrailFilter(django_filters.FilterSet):
    """By any word of the trail, by role, by person and by days."""

    actor_name = django_filters.CharFilter(lookup_expr="icontains", label=_("Who"))
    role = django_filters.ChoiceFilter(choices=Role.choices, label=_("Role"))
    verb = django_filters.ChoiceFilter(choices=verbs, label=_("Did"))
    thing_kind = django_filters.CharFilter(lookup_expr="icontains", label=_("To what"))
    thing_key = django_filters.CharFilter(lookup_expr="exact", label=_("Key"))
    person_id = django_filters.NumberFilter(label=_("Number of the person"))
    details = django_filters.CharFilter(method="search_details", label=_("Word in the details"))
    address = django_filters.CharFilter(lookup_expr="startswith", label=_("From where"))
    since = django_filters.DateFilter(field_name="at", lookup_expr="date__gte", label=_("From day"), widget=DAY)
    until = django_filters.DateFilter(field_name="at", lookup_expr="date__lte", label=_("To day"), widget=DAY)

    class Meta:
        model = AuditEntry
        fields: ClassVar = ["actor_name", "role", "verb", "thing_kind", "thing_key", "person_id", "details", "address"]

    def search_details(self, rows: QuerySet[AuditEntry], _name: str, value: str) -> QuerySet[AuditEntry]:
        """Rows whose before or after holds the word, as the database writes them."""
        written = rows.annotate(was=Cast("before", TextField()), became=Cast("after", TextField()))
        return written.filter(Q(was__icontains=value) | Q(became__icontains=value))


def said(content: dict[str, Any]) -> str:
    """A before or an after in one line."""
    return "; ".join(f"{key}: {value}" for key, value in content.items())


def role_words(value: str) -> str:
    """A role in words; a dash for none."""
    return str(Role(value).label) if value in Role.values else "–"
