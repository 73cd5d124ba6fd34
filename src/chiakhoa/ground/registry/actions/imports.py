"""What a person does with a list: send it, map its columns, correct texts, judge doubts, register it, take it back.

Registering runs in the background (`registry.jobs`) and is one transaction: a worker that is killed leaves nothing behind.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, bulk, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.models import JobState
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.registry import queries
from chiakhoa.ground.registry.importing import headings, preparing, reading
from chiakhoa.ground.registry.importing.kinds import KINDS, Kind, Touched
from chiakhoa.ground.registry.importing.preparing import Opened
from chiakhoa.ground.registry.importing.reading import Reading
from chiakhoa.ground.registry.models import Import, ImportedRow, ImportRecipe, ImportState

IMPORTERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER)
OPEN = (ImportState.READ, ImportState.MAPPED)
TAKING_BACK = "registry.take_back"


@action(*IMPORTERS)
def send_list(
    actor: Reader,
    kind: Kind,
    opened: Opened,
    columns: Mapping[int, str],
    *,
    file: Mapping[str, str],
    sender: str,
    at: datetime,
) -> Import:
    """Begin an import. `file` has name, kept and digest. The sender's recipe, if there is one, says what the columns mean."""
    _may(actor, kind)
    recipe = queries.recipe(actor, kind.name, sender)
    mapped, misfits = _by_recipe(recipe, opened, columns, kind) if recipe else (dict(columns), [])
    row = Import.objects.create(
        kind=kind.name, sender=sender, file_name=file["name"][:200], kept=file["kept"], digest=file["digest"],
        account_id=actor.account_id, account_name=actor.name,
        layout=_layout(opened),
        columns={str(column): name for column, name in mapped.items()},
        fixes=recipe.fixes if recipe else {}, misfits=misfits, sent_at=at,
    )  # fmt: skip
    audit.record(actor, "send_list", row, at=at, after={"kind": kind.name})
    return row


@action(*IMPORTERS)
def place_list(actor: Reader, import_pk: int, opened: Opened, *, at: datetime) -> Import:
    """Say where the list is in the file: sheet and rows of headings. The columns are mapped anew by their headings."""
    row = _open(actor, import_pk)
    kind = preparing.kind_of(row)
    row.layout = _layout(opened)
    known = preparing.known_headings(kind)
    row.columns = {str(c): f for c, f in preparing.layout.map_columns(opened.layout, known).items()}
    row.state, row.decisions = ImportState.READ, {}
    row.save()
    audit.record(actor, "place_list", row, at=at, after=row.layout)
    return row


@action(*IMPORTERS)
def map_list(actor: Reader, import_pk: int, columns: Mapping[int, str], *, at: datetime) -> Import:
    """Say which field each column holds. Refusal where a needed field is missing or one is given twice."""
    row = _open(actor, import_pk)
    kind = preparing.kind_of(row)
    fields = [name for name in columns.values() if name != headings.NOTHING]
    known = {column.name: column for column in kind.columns}
    twice = sorted({str(known[name].label) for name in fields if fields.count(name) > 1})
    if twice:
        said = _("Two columns are mapped to “%(field)s”. Keep one of them.") % {"field": twice[0]}
        raise Refusal(said, code="field_twice")
    absent = preparing.missing(kind, columns)
    if absent:
        said = _("No column is mapped to “%(field)s”, which every row needs. Choose the column that holds it.")
        raise Refusal(said % {"field": absent[0]}, code="heading_missing")
    row.columns = {str(column): name for column, name in columns.items()}
    row.state = ImportState.MAPPED
    row.save()
    audit.record(actor, "map_list", row, at=at)
    return row


@action(*IMPORTERS)
def fix_text(actor: Reader, import_pk: int, field: str, said: str, meant: str, *, at: datetime) -> Import:
    """Take every cell of a field that says one thing as saying another; an empty `meant` leaves such cells empty."""
    row = _open(actor, import_pk)
    if field not in {column.name for column in preparing.kind_of(row).columns}:
        raise NotVisible(_("There is no such column."))
    row.fixes = {**row.fixes, reading.fix_key(field, said): meant}
    row.save(update_fields=["fixes"])
    audit.record(actor, "fix_text", row, at=at, after={"field": field})
    return row


@action(*IMPORTERS)
def unfix_texts(actor: Reader, import_pk: int, *, at: datetime) -> Import:
    """Give up all corrections of texts."""
    row = _open(actor, import_pk)
    row.fixes = {}
    row.save(update_fields=["fixes"])
    audit.record(actor, "unfix_texts", row, at=at)
    return row


@action(*IMPORTERS)
def judge_doubt(actor: Reader, import_pk: int, line: int, decision: str, *, at: datetime) -> Import:
    """Say whom a doubtful record is: `same:<person>`, `new`, `later`; an empty decision takes the last one back."""
    row = _open(actor, import_pk)
    decisions = {key: said for key, said in row.decisions.items() if key != str(line)}
    if decision:
        decisions[str(line)] = decision
    row.decisions = decisions
    row.save(update_fields=["decisions"])
    audit.record(actor, "judge_doubt", row, at=at, after={"line": line, "decision": decision})
    return row


@action(*IMPORTERS)
def look_through(actor: Reader, import_pk: int, language: str, *, at: datetime) -> Import:
    """Let the worker prepare the preview of a long list. Asked twice, the second finds it done."""
    row = _open(actor, import_pk)
    if row.state != ImportState.MAPPED:
        raise Refusal(_("Say first what the columns hold."), code="not_mapped")
    label = _("Looking through %(file)s") % {"file": row.file_name}
    row.job = jobs.enqueue(actor, "registry.look", label[:200], at=at, import_pk=row.pk, language=language)
    row.save(update_fields=["job"])
    audit.record(actor, "look_through", row, at=at)
    return row


@action(*IMPORTERS)
def register_list(actor: Reader, import_pk: int, *, at: datetime) -> Import:
    """Hand the list to the worker. Asked twice it is registered once."""
    row = _open(actor, import_pk)
    if row.state != ImportState.MAPPED:
        raise Refusal(_("Say first what the columns hold."), code="not_mapped")
    preparing.kept_file(row)
    label = _("Import of %(file)s") % {"file": row.file_name}
    row.job = jobs.enqueue(actor, "registry.import", label[:200], at=at, import_pk=row.pk)
    row.state = ImportState.QUEUED
    row.save()
    audit.record(actor, "register_list", row, at=at)
    return row


@action(*IMPORTERS)
def receive_list(actor: Reader, import_pk: int, opened: Opened, read: Reading, *, at: datetime) -> Import:
    """Judge a list that was read and write what passes, in one transaction. A list that is in already stays as it is."""
    row = _locked(import_pk)
    if row.state == ImportState.QUEUED:
        kind = preparing.kind_of(row)
        prepared = preparing.judge(actor, row, opened, read, at.astimezone(HERE).date())
        preparing.keep_returned(row, prepared)
        prepared.let_go()
        touched = kind.handler.store(actor, prepared.judged, at)
        rows = ((row.pk, one.line, one.key, one.before, one.mark) for one in touched)
        bulk.insert_values(ImportedRow, ["source", "line", "key", "before", "mark"], rows)
        row.counts = {**prepared.counts, "left_out": len(prepared.reading.left_out)}
        row.state, row.received_at = ImportState.RECEIVED, at
        row.save()
        _keep_recipe(actor, row, prepared.opened, at)
        audit.record(actor, "receive_list", row, at=at, after=row.counts)
    else:
        audit.record(actor, "receive_list", row, at=at, after={"already": row.state})
    return row


@action(*IMPORTERS)
def ask_list_back(actor: Reader, import_pk: int, language: str, *, at: datetime) -> Import:
    """Let the worker undo a whole import, and say in a language what stands against it; asked twice it is undone once."""
    row = _received(actor, import_pk)
    if not is_being_taken_back(row):
        label = _("Taking %(file)s back") % {"file": row.file_name}
        row.job = jobs.enqueue(actor, TAKING_BACK, label[:200], at=at, import_pk=row.pk, language=language)
        row.save(update_fields=["job"])
    audit.record(actor, "ask_list_back", row, at=at)
    return row


@action(*IMPORTERS)
def take_list_back(actor: Reader, import_pk: int, *, at: datetime) -> Import:
    """Undo a whole import. Refusal in words where something later depends on it."""
    row = _received(actor, import_pk)
    kind = preparing.kind_of(row)
    touched = [Touched(*values) for values in row.rows.order_by().values_list("line", "key", "before", "mark")]
    obstacles = kind.handler.take_back(actor, touched, at)
    if obstacles:
        said = _("The import cannot be undone any more.") + " " + " ".join(obstacles)
        raise Refusal(said, code="depended_upon")
    row.state, row.undone_at = ImportState.UNDONE, at
    row.save()
    row.rows.all().delete()
    audit.record(actor, "take_list_back", row, at=at, after={"rows": len(touched)})
    return row


def is_being_taken_back(row: Import) -> bool:
    """Whether a worker was asked to undo the import and has not ended yet."""
    job = row.job
    return job is not None and job.task == TAKING_BACK and job.state in (JobState.READY, JobState.RUNNING)


@action(*IMPORTERS)
def drop_list(actor: Reader, import_pk: int, *, at: datetime) -> str:
    """Give up an import that nothing was written of. Returns the name of its kept file."""
    row = _open(actor, import_pk)
    audit.record(actor, "drop_list", row, at=at)
    kept = row.kept
    row.delete()
    return kept


def _received(actor: Reader, import_pk: int) -> Import:
    """A list that was received, locked, if the actor may take it back."""
    row = _visible(actor, import_pk)
    _may(actor, preparing.kind_of(row))
    row = _locked(row.pk)
    if row.state != ImportState.RECEIVED:
        raise Refusal(_("Only a list that was received can be taken back."), code="not_received")
    return row


def _layout(opened: Opened) -> dict[str, int]:
    place = opened.layout
    rows = max(0, len(opened.tabs[place.tab].rows) - place.first)
    return {"tab": place.tab, "header": place.header, "depth": place.depth, "rows": rows}


def _may(actor: Reader, kind: Kind) -> None:
    if actor.role not in kind.roles:
        raise NotAllowed(_("Your role does not allow this. Choose another role, or ask an administrator."))


def _visible(actor: Reader, import_pk: int) -> Import:
    row = queries.imports(actor).filter(pk=import_pk).first()
    if row is None:
        raise NotVisible(_("There is no such import here."))
    return row


def _open(actor: Reader, import_pk: int) -> Import:
    """The import, locked, if it may still be changed."""
    row = _locked(_visible(actor, import_pk).pk)
    _may(actor, KINDS[row.kind])
    if row.state not in OPEN:
        raise Refusal(_("This import is past that step. Send the file again to begin anew."), code="import_closed")
    return row


def _locked(import_pk: int) -> Import:
    """The import, with every other one of its kind that is being registered held back until this transaction ends."""
    kind = Import.objects.values_list("kind", flat=True).get(pk=import_pk)
    queued = Import.objects.select_for_update().filter(kind=kind, state=ImportState.QUEUED).order_by("pk")
    list(queued.values_list("pk", flat=True))
    return Import.objects.select_for_update().get(pk=import_pk)


def _by_recipe(
    recipe: ImportRecipe, opened: Opened, columns: Mapping[int, str], kind: Kind
) -> tuple[dict[int, str], list[str]]:
    """What the columns mean by the sender's recipe, and in words what no longer fits."""
    found, misfits = {}, []
    left = dict(recipe.headings)
    for column, heading in enumerate(opened.layout.headings):
        name = left.pop(headings.plain(heading), None)
        if name:
            found[column] = name
        elif heading:
            if column in columns and columns[column] not in recipe.headings.values():
                found[column] = columns[column]
            misfits.append(_("The heading “%(heading)s” is new.") % {"heading": heading.replace("\n", " › ")})
    labels = {column.name: column.label for column in kind.columns}
    misfits += [
        _("The heading “%(heading)s”, which held “%(field)s”, is no longer there.") % {"heading": heading, "field": labels[name]}
        for heading, name in left.items() if name in labels
    ]  # fmt: skip
    return found, misfits


def _keep_recipe(actor: Reader, row: Import, opened: Opened, at: datetime) -> None:
    """The mapping and the corrections of this import as the sender's recipe: a new version where anything is new."""
    if not row.sender:
        return
    said = {
        headings.plain(heading): row.columns[str(column)]
        for column, heading in enumerate(opened.layout.headings)
        if str(column) in row.columns and headings.plain(heading)
    }
    last: Any = queries.recipe(actor, row.kind, row.sender)
    if last is None or last.headings != said or last.fixes != row.fixes:
        ImportRecipe.objects.create(
            kind=row.kind, sender=row.sender, account_id=actor.account_id or 0, version=last.version + 1 if last else 1,
            headings=said, fixes=row.fixes, made_at=at,
        )  # fmt: skip
