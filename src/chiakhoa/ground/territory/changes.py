"""The list of a reform, row by row, and what may not stand in it. Pure: no database, no names looked up.

A row says that an old thing passes into a new one. `new` is the new thing's name as a person writes it; rows of one reform
that write the same name mean the same thing. Serves units and bodies.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.text import nfc

TOLERANCE = Decimal("0.001")


class Kind(models.TextChoices):
    """What happens to a thing."""

    MERGE = "merge", gettext_lazy("Merge")
    SPLIT = "split", gettext_lazy("Split")
    RENAME = "rename", gettext_lazy("Rename")
    MOVE = "move", gettext_lazy("Move to another parent")
    CREATE = "create", gettext_lazy("Create")
    ABOLISH = "abolish", gettext_lazy("Abolish")


@dataclass(frozen=True)
class Row:
    """One row as it was written; `share` is empty where the whole passes on."""

    line: int
    kind: str
    old: str = ""
    new: str = ""
    code: str = ""
    parent: str = ""
    share: str = ""

    def as_json(self) -> dict[str, Any]:
        """For keeping."""
        return asdict(self)


class Fault(NamedTuple):
    """What is wrong with a row, and what to do."""

    line: int
    column: str
    message: str


def share_of(row: Row) -> Decimal:
    """The share as a number, 1 where none is written. ValueError for what is no number."""
    text = row.share.replace(" ", "").replace(",", ".")
    if not text:
        return Decimal(1)
    try:
        return Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ArithmeticError:
        raise ValueError(text) from None


def faults(rows: Sequence[Row]) -> list[Fault]:
    """Everything that is wrong with the list whatever stands in the database, by row."""
    if not rows:
        return [Fault(0, "", _("The list is empty. Give at least one row."))]
    found = [fault for row in rows for fault in _alone(row)]
    if not found:
        found = [*_of_each_old(rows), *_of_each_new(rows)]
    return sorted(found)


def _alone(row: Row) -> Iterable[Fault]:
    if row.kind not in Kind.values:
        known = ", ".join(str(label) for label in Kind.labels)
        yield Fault(row.line, "kind", _("“%(kind)s” is no kind of change. Use one of: %(known)s.")
                    % {"kind": row.kind, "known": known})  # fmt: skip
        return
    if row.kind != Kind.CREATE and not row.old:
        yield Fault(row.line, "old", _("It is not said what ends. Write the old name or code."))
    if row.kind == Kind.CREATE and row.old:
        yield Fault(
            row.line, "old", _("What is created comes from nothing. Empty the cell, or choose Split or Rename.")
        )
    if row.kind == Kind.ABOLISH and row.new:
        yield Fault(row.line, "new", _("What is abolished passes into nothing. Empty the cell, or choose Merge."))
    if row.kind not in (Kind.ABOLISH, Kind.MOVE) and not row.new:
        yield Fault(row.line, "new", _("It is not said what begins. Write the new name."))
    if row.kind == Kind.MOVE and not row.parent:
        yield Fault(row.line, "parent", _("It is not said where it goes. Write what stands above it from then on."))
    try:
        share = share_of(row)
    except ValueError:
        yield Fault(row.line, "share", _("“%(share)s” is no share. Write it like 0.79 or 79%%.") % {"share": row.share})
        return
    if not 0 < share <= 1:
        yield Fault(row.line, "share", _("A share is over 0 and at most 100%."))
    elif row.kind != Kind.SPLIT and share != 1:
        yield Fault(row.line, "share", _("Only what is split passes on in parts. Empty the cell, or choose Split."))


def _of_each_old(rows: Sequence[Row]) -> Iterable[Fault]:
    for group in grouped(rows, lambda row: row.old).values():
        first = group[0]
        kinds = {row.kind for row in group}
        if len(kinds) > 1 or (first.kind != Kind.SPLIT and len(group) > 1):
            yield Fault(group[1].line, "old", _("%(name)s stands in row %(row)d already. Only what is split has several rows.")
                        % {"name": first.old, "row": first.line})  # fmt: skip
        elif first.kind == Kind.SPLIT:
            total = sum((share_of(row) for row in group), Decimal(0))
            if len(grouped(group, lambda row: row.new)) < len(group):
                yield Fault(group[1].line, "new", _("%(name)s passes into the same twice. Write one row for each heir.")
                            % {"name": first.old})  # fmt: skip
            elif abs(total - 1) > TOLERANCE:
                yield Fault(first.line, "share", _("The shares of %(name)s sum to %(total)s %%, not to 100 %%.")
                            % {"name": first.old, "total": f"{float(100 * total):.4g}"})  # fmt: skip


def _of_each_new(rows: Sequence[Row]) -> Iterable[Fault]:
    for group in grouped(rows, lambda row: row.new).values():
        alone = [row for row in group if row.kind in (Kind.CREATE, Kind.RENAME, Kind.MOVE)]
        if alone and len(group) > 1:
            words = _("%(name)s begins in row %(row)d already. Choose Merge where several pass into one.")
            yield Fault(group[1].line, "new", words % {"name": group[0].new, "row": group[0].line})


def grouped(rows: Iterable[Row], by: Callable[[Row], str]) -> Mapping[str, list[Row]]:
    """The rows by what they write in a column, spelling aside; rows that leave it empty are left out."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if by(row):
            groups[same(by(row))].append(row)
    return groups


def same(name: str) -> str:
    """The name as it is compared: two names of one map may differ by a diacritic alone, so those count."""
    return nfc(name).casefold()
