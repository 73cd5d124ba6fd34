"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "chiakhoa.measure.evidence"
    label = "evidence"

    def ready(self) -> None:
        """Tell what belongs to people: the ledger follows merges by its queries, and the states are computed anew."""
        from chiakhoa.ground.registry import joining
        from chiakhoa.ground.registry.joining import Belonging, Way
        from chiakhoa.measure.evidence.actions import restate

        joining.register(
            Belonging("evidence.Evidence", _("Evidence"), Way.BY_QUERY),
            Belonging("evidence.CompetenceState", _("State of competence"), Way.BY_QUERY),
        )
        joining.hears(restate)
