"""Texts in two languages as marked-up text, and back: what other tools write is brought down to plain words.

Two languages stand as Moodle's multi-language filter wants them, `<span lang="vi" class="multilang">`; `xml:lang`, as in QTI, and
`{mlang vi}` are read as well. What a format has no place for stands in blocks of the class `ck-NAME`, so that tools which do not
know them show their words and keep them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

from chiakhoa.foundation.text import nfc

VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "col", "source", "track", "embed", "area", "base"}
BREAKS = {"p", "div", "br", "li", "ul", "ol", "tr", "td", "th", "table", "blockquote", "pre", "hr"} | {
    f"h{n}" for n in range(1, 7)
}
UNREAD = {"script", "style", "head", "title", "template", "noscript"}
MEDIA = {"img", "audio", "video", "object", "iframe", "svg", "embed", "canvas", "math"}
BLOCK = "ck-"
LANGUAGES = ("vi", "en")
MLANG = re.compile(r"\{mlang\s+([\w,-]+)\s*\}(.*?)\{mlang\}", re.DOTALL)
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]")
DEEPEST = 200


@dataclass
class Words:
    """What a marked-up text says in Vietnamese and in English, its blocks by name, and whether it shows more than words."""

    vi: str = ""
    en: str = ""
    blocks: list[tuple[str, "Words"]] = field(default_factory=list)
    data: Any = None
    has_media: bool = False

    def block(self, name: str) -> "Words | None":
        """The first block of the name."""
        return next((block for block_name, block in self.blocks if block_name == name), None)

    def all(self, name: str) -> list["Words"]:
        """Every block of the name."""
        return [block for block_name, block in self.blocks if block_name == name]

    def named(self, name: str) -> dict[str, str]:
        """The two texts as they stand in a row: {"stem_vi": …, "stem_en": …}."""
        return {f"{name}_vi" if name else "vi": self.vi, f"{name}_en" if name else "en": self.en}


def write(row: Mapping[str, Any], name: str = "") -> str:
    """The two texts of a row as marked-up text; a text that has Vietnamese alone stands without a mark."""
    vi, en = (str(row.get(f"{name}_{language}" if name else language, "") or "") for language in LANGUAGES)
    if vi and not en:
        return escape(vi, quote=False)
    return "".join(
        f'<span lang="{language}" class="multilang">{escape(text, quote=False)}</span>'
        for language, text in zip(LANGUAGES, (vi, en), strict=True)
        if text
    )


def block(name: str, inside: str, data: Any = None) -> str:
    """A block that a reader knows again by its name; `data` is what has no words."""
    said = "" if data is None else f' data-ck="{escape(json.dumps(data, ensure_ascii=False, sort_keys=True))}"'
    return f'<div class="{BLOCK}{name}"{said}>{inside}</div>'


def read(text: str, language: str = "vi") -> Words:
    """What a marked-up text says. Words without a mark are of the language given, or of both where others have one."""
    reader = _Reader()
    reader.feed(MLANG.sub(lambda found: f'<span lang="{found[1]}" class="multilang">{found[2]}</span>', text))
    reader.close()
    return reader.words(language)


def plain(text: str, language: str = "vi") -> Words:
    """A text that is no markup."""
    return Words(**{language: nfc(text)})  # type: ignore[arg-type]


class _Scope:
    """What is gathered between the tags of one block: pieces of text with their language (None: no mark)."""

    def __init__(self, name: str, data: Any = None) -> None:
        self.name, self.data = name, data
        self.pieces: list[tuple[str | None, str]] = []
        self.blocks: list[tuple[str, _Scope]] = []
        self.has_media = False

    def words(self, language: str) -> Words:
        marked = {mark for mark, _text in self.pieces if mark in LANGUAGES}
        texts = {
            one: nfc("".join(text for mark, text in self.pieces if mark in (None, one)))
            for one in (marked or {language})
        }
        blocks = [(name, scope.words(language)) for name, scope in self.blocks]
        media = self.has_media or any(one.has_media for _name, one in blocks)
        return Words(texts.get("vi", ""), texts.get("en", ""), blocks, self.data, media)


class _Reader(HTMLParser):
    """Reads the tags that mean something here; every other tag leaves its words and goes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scopes = [_Scope("")]
        self.open: list[tuple[str, str | None, bool]] = []  # tag, language, whether it began a block
        self.unread = 0

    def words(self, language: str) -> Words:
        """What was read."""
        return self.scopes[0].words(language)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the language, a block, a medium."""
        given = {name: value or "" for name, value in attrs}
        if tag in MEDIA:
            self.scopes[-1].has_media = True
        if tag in BREAKS:
            self._say(" ")
        if tag in VOID or len(self.open) >= DEEPEST:
            return
        self.unread += tag in UNREAD
        name = next((one[len(BLOCK) :] for one in given.get("class", "").split() if one.startswith(BLOCK)), "")
        if name:
            self._begin(name, given.get("data-ck"))
        language = (given.get("lang") or given.get("xml:lang") or "").lower()[:2] if tag == "span" else ""
        self.open.append((tag, language or None, bool(name)))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag, and what was left open inside it."""
        if tag in BREAKS:
            self._say(" ")
        if tag not in [name for name, _language, _block in self.open]:
            return
        while True:
            closed, _language, is_block = self.open.pop()
            self.unread -= closed in UNREAD
            if is_block:
                self.scopes.pop()
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self.unread:
            self._say(CONTROL.sub(" ", data))

    def _say(self, text: str) -> None:
        language = next((language for _tag, language, _block in reversed(self.open) if language), None)
        self.scopes[-1].pieces.append((language, text))

    def _begin(self, name: str, data: str | None) -> None:
        try:
            scope = _Scope(name, json.loads(data) if data else None)
        except ValueError:
            scope = _Scope(name)
        self.scopes[-1].blocks.append((name, scope))
        self.scopes.append(scope)
