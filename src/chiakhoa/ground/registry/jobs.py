"""Background work of the registry: looking through a long list, registering it, taking it back, indexing people."""

from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from chiakhoa.foundation import bulk, clock, jobs
from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry import actions, queries, uploads
from chiakhoa.ground.registry.actions.imports import TAKING_BACK
from chiakhoa.ground.registry.importing import preparing
from chiakhoa.ground.registry.models import ImportState
from chiakhoa.ground.registry.searching import snapshot


@jobs.task("registry.look")
def look_through(reader: Reader, report: jobs.Report, import_pk: int, language: str, **_arguments: Any) -> str:
    """Prepare the preview of a list as it is mapped and corrected by now, in the words of a language."""
    with override(language), bulk.without_collector():
        row = queries.imports(reader).get(pk=import_pk)
        if row.state == ImportState.MAPPED:
            preparing.preview(reader, row, clock.today(), partial(_tell, report, 100))
    return reverse("registry:preview", args=[import_pk])


@jobs.task("registry.import")
def register(reader: Reader, report: jobs.Report, import_pk: int, **_arguments: Any) -> str:
    """Register the list of an import. Run twice it changes nothing more."""
    with override("vi"), bulk.without_collector(), bulk.small_cache():
        row = queries.imports(reader).get(pk=import_pk)
        if row.state == ImportState.QUEUED:
            opened, read = preparing.read_kept(reader, row, clock.today(), partial(_tell, report, 80))
            report(60, 100, _("Comparing with the register and writing"))
            actions.receive_list(reader, import_pk, opened, read, at=clock.now())
        uploads.discard(row.kept)
    return reverse("registry:receipt", args=[import_pk])


@jobs.task(TAKING_BACK)
def take_back(reader: Reader, report: jobs.Report, import_pk: int, language: str, **_arguments: Any) -> str:
    """Undo a received list; where something depends on it, the job's message says what. Run twice it changes nothing more."""
    with override(language), bulk.small_cache():
        row = queries.imports(reader).get(pk=import_pk)
        if row.state == ImportState.RECEIVED:
            report(10, 100, _("Looking whether something depends on it by now, and taking it back"))
            try:
                actions.take_list_back(reader, import_pk, at=clock.now())
                report(100, 100, "")
            except Refusal as refusal:
                report(100, 100, refusal.message)
    return reverse("registry:receipt", args=[import_pk])


@jobs.task("registry.index")
def index_people(reader: Reader, report: jobs.Report, **_arguments: Any) -> None:
    """Make the index of people anew. The long reading is no part of the short transaction that stores it."""
    report(5, 100, _("Reading the names"))
    with bulk.without_collector():
        taken = snapshot.take()
    actions.store_index(SYSTEM, taken, at=clock.now())


def _tell(report: jobs.Report, whole: int, part: float, words: str) -> None:
    """Report the part of what counts as `whole` of a hundred."""
    report(int(whole * part), 100, words)
