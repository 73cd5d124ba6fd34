"""Which encoding a text file is in. Vietnamese offices send UTF-8 with and without a mark, UTF-16, and Windows code pages.

Where the bytes are no UTF, those of the Vietnamese code page 1258 and those of fonts of the 1990s (TCVN3, VNI, stored as if
they were Western) can only be told apart by what makes more Vietnamese words.
"""

import unicodedata

from chiakhoa.foundation.legacy_text import decoder, vietnamese_share

MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SAMPLE = 20_000


def decode(content: bytes) -> str:
    """The text of a file; never fails: a byte that means nothing becomes a replacement character."""
    for mark, name in MARKS.items():
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    head = content[:SAMPLE]
    if head.count(0) > len(head) // 8:
        little = head[1::2].count(0) >= head[0::2].count(0)
        return content.decode("utf-16-le" if little else "utf-16-be", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _from_code_page(content)


def _from_code_page(content: bytes) -> str:
    vietnamese = unicodedata.normalize("NFC", content.decode("cp1258", errors="replace"))
    western = content.decode("latin-1") if b"\x81" in content else content.decode("cp1252", errors="replace")
    old = decoder([western[:SAMPLE]])
    as_old_font = old(western[:SAMPLE]) if old else western[:SAMPLE]
    return vietnamese if vietnamese_share(vietnamese[:SAMPLE]) >= vietnamese_share(as_old_font) else western
