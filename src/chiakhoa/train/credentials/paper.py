"""The certificate as a PDF (PDF/A-2b), with the signed statement in a QR code that a phone opens as an address."""

import json
from functools import cache
from importlib import resources
from typing import Any

import fontpkg_be_vietnam_pro
import typst
import zxingcpp

from chiakhoa.train.credentials import signing
from chiakhoa.train.credentials.models import Certificate

TEMPLATE = "certificate.typ"


def render(certificate: Certificate, verify_address: str) -> bytes:
    """The certificate as PDF. `verify_address` is the absolute address of the page that checks it."""
    address = f"{verify_address}?c={signing.as_text(bytes(certificate.token))}"
    return _compile(_words(certificate, verify_address), qr_svg(address))


def qr_svg(text: str) -> str:
    """The text as a QR code in SVG, error correction M, with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return str(code.to_svg(add_quiet_zones=True))


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


def _compile(words: dict[str, str], qr: str) -> bytes:
    files = {"main.typ": _template(), "words.json": json.dumps(words).encode(), "qr.svg": qr.encode()}
    return bytes(typst.compile(files, font_paths=[_fonts()], ignore_system_fonts=True, pdf_standards=["a-2b"]))


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("templates/credentials", TEMPLATE).read_bytes()


@cache
def _fonts() -> Any:
    return str(resources.files(fontpkg_be_vietnam_pro))
