"""Certificates: the list, one with its PDF, issuing, revoking; and the public page that checks one."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock, doors
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page, public_page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request, address_of
from chiakhoa.train.credentials import actions, paper, queries, signing, verification
from chiakhoa.train.credentials.tables import CertificateFilter, CertificateTable

READERS = (Role.LEARNER, Role.PROVIDER_MANAGER, Role.COORDINATOR, Role.UNIT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


@page(*READERS)
def certificates(request: Request) -> HttpResponse:
    """Certificates that the reader may see."""
    return list_page(
        request, queries.certificates(request.reader), CertificateTable, filters=CertificateFilter,
        template="credentials/certificates.html", file_name="certificates",
    )  # fmt: skip


@page(*READERS)
def certificate(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One certificate: what it says, its PDF, its check, and revoking it."""
    row = get_object_or_404(queries.certificates(request.reader).exclude(token=b""), pk=pk)
    token = signing.as_text(bytes(row.token))
    context = {"certificate": row, "verdict": verification.verify(token, on=clock.today()), "token": token,
               "may_revoke": request.reader.has(*actions.ISSUERS)}  # fmt: skip
    return render(request, "credentials/certificate.html", context)


@page(*READERS)
def pdf(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The certificate to print."""
    row = get_object_or_404(queries.certificates(request.reader).exclude(token=b""), pk=pk)
    content = paper.render(row, request.build_absolute_uri(reverse("credentials:verify")))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="chung-nhan-{row.number.replace("/", "-")}.pdf"'
    return response


@require_POST
@page(*actions.ISSUERS)
def issue(request: Request, pk: int) -> HttpResponse:
    """Certificates for all who completed a class."""
    try:
        issued = actions.issue(request.reader, pk, at=clock.now())
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("delivery:class", pk)
    text = ngettext("%(n)d certificate issued.", "%(n)d certificates issued.", len(issued))
    messages.success(request, text % {"n": len(issued)})
    return redirect("credentials:certificates")


@require_POST
@page(*actions.ISSUERS)
def revoke(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Withdraw a certificate, with the reason."""
    try:
        actions.revoke(request.reader, pk, request.POST.get("reason", ""), at=clock.now())
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("credentials:certificate", pk)


@public_page
def verify(request: Request) -> HttpResponse:
    """Anybody checks a certificate by its QR text or its number; the page says what was checked."""
    text = request.GET.get("c", "").strip()
    try:
        verdict = _verified(request, text) if text else None
    except doors.TooManyTries as refusal:
        return doors.shut(request, refusal)
    return render(request, "credentials/verify.html", {"verdict": verdict, "text": text, "today": clock.today()})


def _verified(request: Request, text: str) -> verification.Verdict:
    """The verdict; a number or code that is none counts as a guess, for numbers follow one another."""
    tries = doors.knock("certificate", f"address {address_of(request)}", at=clock.now())
    verdict = verification.verify(text, on=clock.today())
    if verdict.outcome is not verification.Outcome.NOT_CHECKABLE:
        tries.right()
    return verdict
