"""The tokens of programs: the list, a new one (shown once), the end of one."""

from typing import ClassVar

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.access import actions, queries
from chiakhoa.ground.access.forms import TokenForm
from chiakhoa.ground.access.tokens import ApiToken


class TokenTable(tables.Table):
    """Tokens: whose, what for, until when, when last used."""

    name = tables.Column(gettext_lazy("Token"))
    hint = tables.Column(gettext_lazy("Begins with"), orderable=False)
    account = tables.Column(gettext_lazy("Account"), accessor="assignment__account")
    role = tables.Column(gettext_lazy("Role"), accessor="assignment__role")
    scopes = tables.Column(gettext_lazy("Scopes"), orderable=False)
    expires_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Ends"), format="d/m/Y")
    last_used_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Last used"), format="d/m/Y H:i")
    state = tables.TemplateColumn(
        template_name="access/_token_state.html", verbose_name=gettext_lazy("State"), orderable=False,
        exclude_from_export=True,
    )  # fmt: skip

    class Meta:
        model = ApiToken
        fields: ClassVar = ["name", "hint", "account", "role", "scopes", "expires_at", "last_used_at", "state"]
        empty_text = gettext_lazy("No program has a token yet. Make one for the first.")

    def render_role(self, record: ApiToken) -> str:
        """The role in words."""
        return record.assignment.get_role_display()

    def render_scopes(self, value: list[str]) -> str:
        """Joined by commas."""
        return ", ".join(value)


@page(Role.ADMINISTRATOR, Role.AUDITOR)
def tokens(request: Request) -> HttpResponse:
    """The tokens of the roles within reach, with their last use."""
    rows = queries.tokens(request.reader)
    context = {"now": clock.now()}
    return list_page(request, rows, TokenTable, template="access/tokens.html", file_name="tokens", context=context)


@page(Role.ADMINISTRATOR)
def make_token(request: Request) -> HttpResponse:
    """Make a token. The answer shows its key this one time; it is in no address, no log and no table."""
    form = TokenForm(request.POST or None, reader=request.reader)
    if request.method == "POST" and form.is_valid():
        try:
            key = actions.make_token(request.reader, **form.answer, at=clock.now())
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            response = render(request, "access/token_made.html", {"key": key, "name": form.answer["name"]})
            response["Cache-Control"] = "no-store"
            return response
    return render(request, "access/make_token.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@page(Role.ADMINISTRATOR)
def revoke_token(request: Request, pk: int) -> HttpResponse:
    """End a token at once."""
    actions.revoke_token(request.reader, pk, at=clock.now())
    messages.success(request, _("The token is revoked. Programs that use it are refused from now on."))
    return redirect("access:tokens")
