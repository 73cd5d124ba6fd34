"""Pages to print: a typst template, words as JSON and QR codes become a PDF (PDF/A-2b). No shell, no network, our fonts."""

import json
from functools import cache
from importlib import resources
from typing import Any

import fontpkg_be_vietnam_pro
import typst
import zxingcpp


def compile_pdf(template: bytes, words: dict[str, Any], pictures: dict[str, str]) -> bytes:
    """The template as PDF. It reads `words.json` and the SVG `pictures` by their names."""
    files = {"main.typ": template, "words.json": json.dumps(words).encode()}
    files |= {name: picture.encode() for name, picture in pictures.items()}
    given: Any = files  # the library's own types do not know yet that it takes several files
    return bytes(typst.compile(given, font_paths=[_fonts()], ignore_system_fonts=True, pdf_standards=["a-2b"]))


def qr_svg(text: str) -> str:
    """The text as a QR code in SVG, error correction M, with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return str(code.to_svg(add_quiet_zones=True))


@cache
def _fonts() -> str:
    return str(resources.files(fontpkg_be_vietnam_pro))
