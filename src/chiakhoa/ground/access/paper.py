"""Printed slips: eight on a page of A4 to cut apart, each with the name, the code and a QR code that opens the door."""

from functools import cache
from importlib import resources

from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.paper import compile_pdf, qr_svg
from chiakhoa.ground.access.actions import Printed

TEMPLATE = "slips.typ"


def slips(printed: list[Printed], address: str) -> bytes:
    """The slips as PDF. `address` is the absolute address of the page that takes a code.

    The code stands behind a # in the QR code's address: what stands there a browser never sends, so no log keeps it.
    """
    words = [
        {
            "name": slip.full_name, "place": slip.place, "login": slip.login, "code": slip.code,
            "until": slip.expires_at.astimezone(HERE).strftime("%d/%m/%Y"), "address": address, "qr": f"{i}.svg",
        }
        for i, slip in enumerate(printed)
    ]  # fmt: skip
    codes = {f"{i}.svg": qr_svg(f"{address}#{slip.code}") for i, slip in enumerate(printed)}
    return compile_pdf(_template(), {"slips": words}, codes)


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("templates/access", TEMPLATE).read_bytes()
