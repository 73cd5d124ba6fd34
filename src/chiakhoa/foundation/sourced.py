"""Where a row comes from, as the fields of `Sourced`: the one way in (from a data file, from a form) and out (on a page).

A reason, and a source that is a phrase, is stored in Vietnamese and, on the next line, in English. A text of one line is the
same in both languages: an address, or what somebody wrote in one language only.
"""

from typing import Any

from django.utils.translation import get_language


def sourced(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of Sourced for a row of a data file. Assumed where the file says so of it, or of a part of it."""
    parts = [key for key, value in row.items() if key.endswith("assumed") and value is True]
    return {
        "sentence": row.get("sentence"),
        "also_sentences": row.get("also_sentences", []),
        "assumed": bool(parts) or row.get("sure") == "assumed",
        "sure": row.get("sure", ""),
        "source": both(row.get("source_vi"), row.get("source")),
        "reason": reason_of(row),
    }


def reason_of(row: dict[str, Any]) -> str:
    """The reason that a row of a data file gives, as it is stored."""
    return both(row.get("reason_vi"), row.get("reason_en") or row.get("reason"))


def both(vietnamese: str | None, english: str | None) -> str:
    """The two texts as one stored text."""
    return "\n".join(" ".join(str(text).split()) for text in (vietnamese, english) if text)


def in_language(text: str) -> str:
    """The line of a stored text for the active language; the only line where there is one."""
    lines = text.splitlines() or [""]
    return lines[0] if (get_language() or "vi").startswith("vi") else lines[-1]
