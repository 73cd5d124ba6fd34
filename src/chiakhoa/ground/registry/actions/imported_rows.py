"""Writing the rows of an import whose kind is one table, and taking them back. Called inside the transaction of `imports`."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from chiakhoa.ground.registry.importing.kinds import CHANGED, NEW, Judged, Touched
from chiakhoa.ground.registry.importing.rows import RowHandler


def store(handler: RowHandler, judged: Sequence[Judged]) -> list[Touched]:
    """Write the new and the changed rows, then mend what hangs on them."""
    touched = []
    for one in judged:
        if one.state == NEW:
            row = handler.model(**{name: value for name, value in one.values.items() if name not in handler.sets})
            handler.finish(row)
            row.save(force_insert=True)
            before = None
        elif one.state == CHANGED:
            row = one.thing
            before = {name: handler.held(row, name) for name in one.changes}
            _set(handler, row, {name: one.values[name] for name in one.changes if name not in handler.sets})
        else:
            continue
        for name in handler.sets:
            if name in one.values:
                getattr(row, name).set(one.values[name])
        touched.append(Touched(one.line, str(row.pk), _plain(before), _mark(handler, row, one.values)))
    if touched:
        handler.after()
    return touched


def take_back(handler: RowHandler, touched: Sequence[Touched]) -> list[str]:
    """Remove the new rows and restore the changed; or return in words what stands in the way, and write nothing."""
    rows = handler.model._default_manager.in_bulk([handler.model._meta.pk.to_python(one.key) for one in touched])
    pairs = [(one, rows.get(handler.model._meta.pk.to_python(one.key))) for one in touched]
    changed = sum(
        1 for one, row in pairs if row is None or one.mark != _mark(handler, row, one.mark.split(":")[1].split(","))
    )
    obstacles = [_("%(count)d rows were changed or removed since.") % {"count": changed}] if changed else []
    new = [row for one, row in pairs if one.before is None and row is not None]
    obstacles += _depending_on(handler, new)
    if not obstacles:
        for one, row in pairs:
            if one.before is not None and row is not None:
                _set(handler, row, {k: v for k, v in one.before.items() if k not in handler.sets})
                for name in set(handler.sets) & set(one.before):
                    getattr(row, name).set(one.before[name])
        _remove(handler, new)
        handler.after()
    return obstacles


def _remove(handler: RowHandler, rows: Sequence[Any]) -> None:
    """Remove rows that may point to each other."""
    mine = handler.model._default_manager.filter(pk__in=[row.pk for row in rows])
    for relation in handler.model._meta.related_objects:
        if relation.related_model is handler.model and relation.field.null:
            mine.update(**{relation.field.name: None})
    mine.delete()


def _set(handler: RowHandler, row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    handler.finish(row)
    row.save()


def _mark(handler: RowHandler, row: Any, names: Iterable[str]) -> str:
    """A digest of the named fields as the database holds them, and their places among the columns, to find them again."""
    order = [column.name for column in handler.columns]
    wanted = sorted(
        name if name.isdigit() else str(order.index(name)) for name in names if name.isdigit() or name in order
    )
    row.refresh_from_db()
    said = "\n".join(str(handler.held(row, order[int(place)])) for place in wanted)
    return hashlib.blake2b(said.encode(), digest_size=6).hexdigest() + ":" + ",".join(wanted)


def _depending_on(handler: RowHandler, rows: Sequence[Any]) -> list[str]:
    found = []
    keys = [row.pk for row in rows]
    for relation in handler.model._meta.related_objects:
        if relation.related_model.__name__ in handler.owned:
            continue
        others = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": keys})
        if relation.related_model is handler.model:
            others = others.exclude(pk__in=keys)
        count = others.count()
        if count:
            what = str(relation.related_model._meta.verbose_name)
            found.append(_("%(count)d rows of “%(what)s” depend on it by now.") % {"count": count, "what": what})
    return found


def _plain(before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if before is None:
        return None
    encoder = DjangoJSONEncoder()
    return {k: v if isinstance(v, str | int | float | list | None) else encoder.default(v) for k, v in before.items()}
