"""Loading the memorandum of the report."""

from datetime import date, datetime

from chiakhoa.foundation import audit, facts
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.sourced import both
from chiakhoa.outcome.placement.models import Agreement, Commitment


@action(Role.ADMINISTRATOR)
def load_agreement(actor: Reader, *, at: datetime) -> Agreement:
    """The memorandum of the report with its parties and commitments; loading again brings it up to date."""
    row = facts.load_yaml("programme/programme.yaml")["agreement"]
    agreement, _new = Agreement.objects.update_or_create(
        code=row["id"],
        defaults={
            "name_vi": row["name_vi"], "name_en": row["name_en"], "document_id": row["document"],
            "place_id": row["place_body"], "signed_on": date(row["year"]["value"], row["month"], row["day"]),
            "sentence": row["sentence"], "assumed": row["year"]["assumed"],
            "reason": both(row["year"].get("reason_vi"), row["year"]["reason"]),
        },
    )  # fmt: skip
    agreement.parties.set(row["parties"])
    for promise in row["commitments"]:
        by = None if promise["by"] == "all" else promise["by"]
        commitment, _new = Commitment.objects.update_or_create(
            code=promise["id"],
            defaults={"agreement": agreement, "by_id": by, "name_vi": promise["name_vi"], "name_en": promise["name_en"],
                      "sentence": promise["sentence"], "audience_id": promise.get("audience")},
        )  # fmt: skip
        commitment.to.set(promise.get("to", []))
    audit.record(actor, "load_agreement", agreement, at=at, after={"commitments": len(row["commitments"])})
    return agreement
