"""What an action says when it will not: words for people, a code for programs, a field to stand beside."""

from typing import Any


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """An action refused. `message` names the place, the cause and the remedy; `field` is the form field, if any."""

    code = "refused"

    def __init__(self, message: str, *, code: str = "", field: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.details = details


class NotAllowed(Refusal):
    """The reader may know of the thing but may not do this to it: 403."""

    code = "not_allowed"


class NotVisible(Refusal):
    """The reader may not know of the thing: 404, as if it were not there."""

    code = "not_visible"
