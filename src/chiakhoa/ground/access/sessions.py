"""Sessions that know whose they are, so that they can be listed, and all of an account's ended at once."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.dateparse import parse_datetime

FROM = "from"


class SessionStore(DatabaseStore):
    """Django's sessions in the database, in a table of our own."""

    @classmethod
    def get_model_class(cls) -> Any:
        """The table. Looked up late: models may not be imported while settings are read."""
        from chiakhoa.ground.access.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row, with the account that is signed in and where it signed in."""
        row = super().create_model_instance(data)
        row.account_id = data.get("_auth_user_id")
        came = data.get(FROM, {})
        row.address, row.agent, row.begun_at = (
            came.get("address", ""),
            came.get("agent", ""),
            parse_datetime(came.get("at", "")),
        )
        return row
