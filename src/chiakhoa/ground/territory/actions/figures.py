"""Counts by unit, kept with their day so that they can be shown on any map."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import NotVisible
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.territory.models import FigureSet
from chiakhoa.ground.territory.queries import MAY_REFORM


@action(*MAY_REFORM)
def keep_figures(actor: Reader, title: str, counts: Mapping[str, int], *, day: date, at: datetime) -> FigureSet:
    """Keep counts (by unit id, of units in force on the day) under a title."""
    kept = FigureSet.objects.create(title=nfc(title), day=day, counts=dict(counts), sent_at=at)
    after = {"title": kept.title, "units": len(counts), "total": sum(counts.values())}
    audit.record(actor, "keep_figures", kept, at=at, after=after)
    return kept


@action(*MAY_REFORM)
def remove_figures(actor: Reader, pk: int, *, at: datetime) -> None:
    """Throw counts away. NotVisible where there are none."""
    kept = FigureSet.objects.filter(pk=pk).first()
    if kept is None:
        raise NotVisible(_("There are no such figures."))
    audit.record(actor, "remove_figures", kept, at=at, before={"title": kept.title, "counts": kept.counts})
    kept.delete()
