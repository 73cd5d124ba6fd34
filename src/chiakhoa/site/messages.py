"""Message catalogues: extract English messages from code and templates, compile Vietnamese ones. No gettext program needed.

Each app keeps its own catalogue; a message that the foundation's catalogue translates is not repeated elsewhere.
"""

import io
import re
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.reloader import translation_file_changed

LANGUAGE = "vi"
CATALOGUE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
Message = tuple[str, str]


def apps() -> list[Path]:
    """Folders of our apps that hold a catalogue, the foundation first."""
    found = sorted(path.parents[2] for path in settings.SOURCE.rglob("locale/vi/LC_MESSAGES"))
    return sorted(found, key=lambda path: path.name != "foundation")


def compile_all() -> None:
    """Write each catalogue's .mo where it is missing or older than its .po; Django forgets what it has read of it before."""
    for app in apps():
        source = app / CATALOGUE
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime <= source.stat().st_mtime):
            polib.pofile(str(source)).save_as_mofile(str(target))
            translation_file_changed(None, target)


def extract(app: Path) -> set[Message]:
    """Messages (singular, plural or "") that the app's own Python files and templates use. Needs babel."""
    from babel.messages.extract import extract_python
    from django.utils.translation.template import templatize

    found: set[Message] = set()
    for file in _own_files(app):
        text = file.read_text(encoding="utf-8")
        source = templatize(text) if file.suffix in (".html", ".txt", ".typ") else text
        for _line, function, message, _comments in extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {}):
            if function not in KEYWORDS or not message:
                continue
            parts = message if isinstance(message, tuple) else (message,)
            if parts[0]:
                found.add((parts[0], parts[1] if function.startswith("ngettext") else ""))
    return found


def missing() -> dict[str, list[str]]:
    """By app, the messages without a Vietnamese text there or in the foundation's catalogue."""
    shared = _translated(settings.SOURCE / "foundation")
    lacking = {}
    for app in apps():
        known = shared | _translated(app)
        absent = sorted(single for single, _plural in extract(app) if single not in known)
        if absent:
            lacking[str(app.relative_to(settings.SOURCE))] = absent
    return lacking


def contradictions() -> dict[str, list[str]]:
    """Messages to which two apps give two Vietnamese texts: Django knows one catalogue, so one would silently win."""
    texts: dict[str, set[str]] = {}
    for app in apps():
        if (app / CATALOGUE).exists():
            for entry in polib.pofile(str(app / CATALOGUE)):
                texts.setdefault(entry.msgid, set()).add(entry.msgstr or (entry.msgstr_plural or {}).get(0, ""))
    return {message: sorted(said) for message, said in texts.items() if len(said) > 1}


def update() -> int:
    """Bring each catalogue in step with its app: new messages added empty, unused ones removed. Returns how many lack a text."""
    foundation, *others = apps()
    lacking = _rewrite(foundation / CATALOGUE, extract(foundation))
    shared = _translated(foundation)
    for app in others:
        lacking += _rewrite(app / CATALOGUE, {message for message in extract(app) if message[0] not in shared})
    return lacking


def _rewrite(path: Path, wanted: set[Message]) -> int:
    old = {entry.msgid: entry for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": LANGUAGE,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for single, plural in sorted(wanted):
        catalogue.append(_entry(single, plural, old.get(single)))
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    return sum(not entry.translated() for entry in catalogue)


def _entry(single: str, plural: str, old: polib.POEntry | None) -> polib.POEntry:
    text = (old.msgstr or (old.msgstr_plural or {}).get(0, "")) if old else ""
    flags = ["python-format"] if re.search(r"%\(\w+\)", single) else []
    if plural:
        return polib.POEntry(msgid=single, msgid_plural=plural, msgstr_plural={0: text}, flags=flags)
    return polib.POEntry(msgid=single, msgstr=text, flags=flags)


def _translated(app: Path) -> set[str]:
    path = app / CATALOGUE
    return {entry.msgid for entry in polib.pofile(str(path)) if entry.translated()} if path.exists() else set()


def _own_files(app: Path) -> list[Path]:
    """Python and template files of the app, without those of apps nested below it."""
    nested = [other for other in apps() if other != app and app in other.parents]
    files = [
        file for suffix in ("*.py", "*.html", "*.txt") for file in app.rglob(suffix) if "migrations" not in file.parts
    ]
    return [file for file in files if not any(other in file.parents for other in nested)]
