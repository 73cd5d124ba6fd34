"""Signs that mean something, unless a backslash stands before them."""

import re


def places(text: str, signs: str) -> list[int]:
    """Where one of the signs stands that is not escaped."""
    return [
        found.start() for found in re.finditer(r"\\.|[" + re.escape(signs) + "]", text, re.DOTALL) if found[0] in signs
    ]


def split(text: str, sign: str) -> list[str]:
    """The text parted at a sign that is not escaped."""
    pieces, begin = [], 0
    for found in re.finditer(r"\\.|" + re.escape(sign), text, re.DOTALL):
        if found[0] == sign:
            pieces.append(text[begin : found.start()])
            begin = found.end()
    return [*pieces, text[begin:]]
