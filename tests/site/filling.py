"""The forms of a page as a browser has them, filled in as somebody in a hurry would, and what they are sent with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from chiakhoa.foundation import clock

VOID = {
    "text": "Thử một lần",
    "email": "thu.mot.lan@x.vn",
    "url": "https://x.vn/",
    "tel": "0912345678",
    "password": "x",
}
Attributes = dict[str, str | None]


@dataclass
class PageForm:
    """A form as it stands on the page: where it goes, what its fields say, its buttons, which fields wait for a file."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def put(self, name: str | None, value: str) -> None:
        """What the field says."""
        if name:
            self.fields.setdefault(name, []).append(value)

    def sent_with(self, button: tuple[str, str] | None, **more: Any) -> dict[str, Any]:
        """What a browser sends when the button is pressed; `more` is typed over it."""
        return {**self.fields, **({button[0]: button[1]} if button and button[0] else {}), **more}


class _Reader(HTMLParser):
    """Collects the forms that are sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.select: tuple[str | None, bool, list[tuple[str, bool]]] | None = None
        self.area: tuple[str | None, bool, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form begins, or a field of it."""
        given = dict(attrs)
        if tag == "form":
            self.form = PageForm(given.get("action") or "") if (given.get("method") or "").lower() == "post" else None
        elif self.form is None or "disabled" in given:
            return
        elif tag == "input":
            self._input(self.form, given)
        elif tag == "select":
            self.select = (given.get("name"), "required" in given, [])
        elif tag == "option" and self.select:
            self.select[2].append((given.get("value") or "", "selected" in given))
        elif tag == "textarea":
            self.area = (given.get("name"), "required" in given, "")
        elif tag == "button" and given.get("type") != "button":
            self.form.buttons.append((given.get("name") or "", given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        """What stands in a text area."""
        if self.area:
            self.area = (*self.area[:2], self.area[2] + data)

    def handle_endtag(self, tag: str) -> None:
        """A form, a select, an area ends."""
        if tag == "form" and self.form:
            self.forms.append(self.form)
            self.form = None
        elif tag == "select" and self.select and self.form:
            name, required, options = self.select
            chosen = [value for value, is_chosen in options if is_chosen]
            known = [value for value, _ in options if value]
            self.form.put(name, chosen[0] if chosen and (chosen[0] or not required) else (known or [""])[0])
            self.select = None
        elif tag == "textarea" and self.area and self.form:
            self.form.put(self.area[0], self.area[2].strip() or VOID["text"])
            self.area = None

    def _input(self, form: PageForm, given: Attributes) -> None:
        kind, name, value = given.get("type") or "text", given.get("name"), given.get("value")
        if kind == "file":
            form.files.append(name or "")
        elif kind in ("checkbox", "radio"):
            fresh = kind == "radio" and name not in form.fields
            if "checked" in given and kind == "radio":
                form.fields.pop(name or "", None)
            if "checked" in given or fresh or "required" in given:
                form.put(name, value or "on")
        elif kind in ("submit", "image"):
            form.buttons.append((name or "", value or ""))
        elif kind == "date":
            form.put(name, value or (clock.today() + timedelta(days=3)).isoformat())
        elif kind == "number":
            form.put(name, value or given.get("min") or "1")
        else:
            form.put(name, value or ("" if kind == "hidden" else VOID.get(kind, VOID["text"])))


def forms_of(html: str) -> Iterator[PageForm]:
    """The forms of a page that are sent by POST, in its order."""
    reader = _Reader()
    reader.feed(html)
    yield from reader.forms
