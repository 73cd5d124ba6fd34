"""Text as people type it: one spelling for storing (NFC), one for finding (folded)."""

import unicodedata


def nfc(text: str) -> str:
    """The text in Unicode NFC with runs of white space made one blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """The text as it is searched: lower case, đ as d, no diacritics, single blanks."""
    lowered = text.lower().replace("đ", "d")
    decomposed = unicodedata.normalize("NFD", lowered)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
