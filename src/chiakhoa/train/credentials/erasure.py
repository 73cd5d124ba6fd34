"""A certificate's holder is forgotten: the signed words go from here, the row stays and counts.

The paper in the holder's hand still verifies by its QR code, which carries its own signature; by number alone nothing is told.
"""

from chiakhoa.foundation.erasing import erases
from chiakhoa.train.credentials.models import Certificate


@erases("certificates")
def forget_holder(person_pk: int) -> int:
    """Take the name and the signed statement out of the person's certificates; returns how many."""
    rows = list(Certificate.objects.filter(person=person_pk).exclude(token=b""))
    for row in rows:
        row.statement = {**row.statement, "person": ""}
        row.token = b""
    return Certificate.objects.bulk_update(rows, ["statement", "token"])
