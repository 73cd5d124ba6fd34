"""The certificate as a PDF (PDF/A-2b), with the signed statement in a QR code that a phone opens as an address."""

from functools import cache
from importlib import resources

from chiakhoa.foundation.paper import compile_pdf, qr_svg
from chiakhoa.train.credentials import signing
from chiakhoa.train.credentials.models import Certificate

TEMPLATE = "certificate.typ"


def render(certificate: Certificate, verify_address: str) -> bytes:
    """The certificate as PDF. `verify_address` is the absolute address of the page that checks it."""
    address = f"{verify_address}?c={signing.as_text(bytes(certificate.token))}"
    return compile_pdf(_template(), _words(certificate, verify_address), {"qr.svg": qr_svg(address)})


def _words(certificate: Certificate, verify_address: str) -> dict[str, str]:
    said = certificate.statement
    start, end = (".".join(reversed(said[key].split("-"))) for key in ("starts_on", "ends_on"))
    return {
        "issuer": certificate.issuer.name_vi.upper(),
        "person": said["person"],
        "course": said["course_name"],
        "course_code": said["course"],
        "span": f"{start} – {end}",
        "periods": str(said["periods"]),
        "number": certificate.number,
        "expires": _expiry(said.get("expires_on")),
        "issued": certificate.issued_on.strftime("ngày %d tháng %m năm %Y"),
        "address": verify_address,
    }


def _expiry(day: str | None) -> str:
    return f"Có giá trị đến trước ngày {'.'.join(reversed(day.split('-')))}" if day else ""


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("templates/credentials", TEMPLATE).read_bytes()
