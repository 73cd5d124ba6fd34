"""What SCIM says when it will not: a status and, where the standard has a word for it, a `scimType`."""


class Fault(Exception):  # noqa: N818 - an answer, as a Refusal is
    """A SCIM error."""

    def __init__(self, status: int, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind
