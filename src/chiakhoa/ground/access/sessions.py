"""Sessions that know whose they are, so that they can be listed, and all of an account's ended at once."""

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.dateparse import parse_datetime

from chiakhoa.foundation import clock
from chiakhoa.foundation.prepared import Prepared

FROM = "from"


class SessionStore(DatabaseStore):
    """Django's sessions in the database, in a table of our own."""

    @classmethod
    def get_model_class(cls) -> Any:
        """The table. Looked up late: models may not be imported while settings are read."""
        from chiakhoa.ground.access.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any longer, where it is not there or is over."""
        row = _alive().first(key=self.session_key, at=clock.now())
        if row is None:
            self._session_key = None
        return self.decode(row.session_data) if row else {}

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


@cache
def _alive() -> Prepared[Any, Any]:
    """The session of a key that is not over; asked for with every page. Made late, as the table is looked up."""
    rows = SessionStore.get_model_class().objects
    return Prepared(lambda key, at: rows.filter(session_key=key, expire_date__gt=at), key=str, at=datetime)
