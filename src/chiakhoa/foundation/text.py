"""Text as people type it: one spelling for storing (NFC), one for finding (folded)."""

import unicodedata


def nfc(text: str) -> str:
    """The text in Unicode NFC with runs of white space made one blank."""
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())


def fold(text: str) -> str:
    """The text as it is searched: lower case, đ as d, no diacritics, single blanks."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = lowered.translate(_BARE)
        if not lowered.isascii():
            lowered = bare(lowered)
    return " ".join(lowered.split())


def bare(text: str) -> str:
    """The text without diacritics, letter by letter, whatever its script."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


# The letters of Latin writing, so that a Vietnamese name is folded in one step.
_BARE = {code: bare(chr(code)) for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]}
