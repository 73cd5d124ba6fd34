"""Where a row of a file comes from, as the fields of `Sourced`; and its reason in the page's language.

A reason is stored in Vietnamese and, on the next line, in English, where the file gives both.
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
        "source": str(row.get("source", "")),
        "reason": both(row.get("reason_vi"), row.get("reason_en") or row.get("reason")),
    }


def both(vietnamese: str | None, english: str | None) -> str:
    """The two texts as one stored reason."""
    return "\n".join(" ".join(text.split()) for text in (vietnamese, english) if text)


def reason_in_language(reason: str) -> str:
    """The line of a stored reason for the active language; the only line where there is one."""
    lines = reason.splitlines() or [""]
    return lines[0] if (get_language() or "vi").startswith("vi") else lines[-1]
