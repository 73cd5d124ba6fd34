"""The groups of an identity provider: which role each means here, and over what."""

from typing import ClassVar

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.access.forms import RoleForm
from chiakhoa.ground.access.groups import RoleGroup
from chiakhoa.ground.access.scim import actions, queries


class GroupForm(RoleForm):
    """As what the members act, over what."""

    login = None


class GroupTable(tables.Table):
    """Groups, their role, their members."""

    name = tables.Column(gettext_lazy("Group"), linkify=("access:group", {"pk": tables.A("pk")}))
    role = tables.Column(gettext_lazy("Role"))
    place = tables.Column(gettext_lazy("Over"), empty_values=(), orderable=False)
    members = tables.Column(gettext_lazy("Members"), empty_values=(), orderable=False)

    class Meta:
        model = RoleGroup
        fields: ClassVar = ["name", "role", "place", "members"]
        empty_text = gettext_lazy("No identity provider has sent a group yet. Make a token with the scope scim for it.")

    def render_place(self, record: RoleGroup) -> str:
        """The unit or the body."""
        return str(record.unit or record.body or "–")

    def render_members(self, record: RoleGroup) -> str:
        """Their names."""
        return ", ".join(member.account.full_name for member in record.members.all()) or "–"


@page(Role.ADMINISTRATOR, Role.AUDITOR)
def groups(request: Request) -> HttpResponse:
    """The groups that an identity provider keeps here."""
    return list_page(
        request, queries.groups(request.reader), GroupTable, template="access/groups.html", file_name="groups"
    )


@page(Role.ADMINISTRATOR)
def group(request: Request, pk: int) -> HttpResponse:
    """Choose the role of a group."""
    shown = get_object_or_404(queries.groups(request.reader), pk=pk)
    form = GroupForm(request.POST or None, initial={"role": shown.role, "place": shown.unit_id or shown.body_id or ""})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.mean_role(request.reader, pk, Role(data["role"]), data["place"], at=clock.now())
        messages.success(request, _("The group now means this role. Its members act in it from today on."))
        return redirect("access:groups")
    return render(request, "access/group.html", {"form": form, "group": shown}, status=422 if form.errors else 200)
