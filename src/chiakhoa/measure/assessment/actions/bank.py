"""Writing the bank: the item files become rows."""

from datetime import datetime

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import bank
from chiakhoa.measure.assessment.models import Item, ItemState


@action(Role.ADMINISTRATOR)
def load_items(actor: Reader, *, at: datetime) -> int:
    """Load the item files. Safe to repeat: texts are renewed, calibrated parameters kept, items gone are retired."""
    scale = frameworks.scale()
    competence_ids = {competence.code: competence.pk for competence in scale.competences}
    calibrated = {item.code: item for item in Item.objects.filter(calibrated=True)}
    rows = []
    for source in bank.item_files():
        item = Item(**bank.fields_of(source, scale.cuts), competence_id=competence_ids[source["competence"]])
        if item.code in calibrated:
            kept = calibrated[item.code]
            item.a, item.b, item.c, item.calibrated = kept.a, kept.b, kept.c, True
        rows.append(item)
    changed = [f.name for f in Item._meta.concrete_fields if not f.primary_key]
    Item.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=changed, batch_size=500)
    retired = Item.objects.exclude(pk__in=[row.pk for row in rows]).update(state=ItemState.RETIRED)
    audit.record(actor, "load_items", "assessment.item", at=at, after={"items": len(rows), "retired": retired})
    return len(rows)
