"""Our own drawings for the short test: a few things drawn with lines, put together into the situation of a question.

`data/group/pictures.yaml` says of each question what stands where; here is how each thing is drawn, in a box of 40 by 40
unless said otherwise. Only classes and paths: colours come from the tokens, so that light, dark and print follow. Pure.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.html import escape

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.measure.assessment.paper import words

WIDTH, HEIGHT = 320, 150

# Each thing: shapes drawn with one line width. `s` is filled with the surface, `f` with the line's colour, `a` accented.
THINGS = {
    "phone": '<rect class="s" width="80" height="136" rx="11"/><path d="M32 8h16M36 129h8"/>',
    "laptop": '<rect class="s" x="10" width="100" height="68" rx="5"/><path class="s" d="M0 78h120l-10-10H10z"/>',
    "person": '<circle class="s" cx="20" cy="11" r="8"/><path class="s" d="M4 40c0-12 7-18 16-18s16 6 16 18z"/>',
    "mic": '<rect class="s" x="14" y="2" width="12" height="22" rx="6"/><path d="M8 17c0 16 24 16 24 0M20 29v8M13 37h14"/>',
    "camera": '<path class="s" d="M3 11h9l3-5h10l3 5h9v23H3z"/><circle cx="20" cy="22" r="7"/>',
    "speaker": '<path class="s" d="M4 15h8l10-9v28l-10-9H4z"/><path d="M27 14c4 4 4 8 0 12M32 9c8 7 8 15 0 22"/>',
    "house": '<path class="s" d="M3 20L20 5l17 15M8 17v19h24V17"/><path d="M16 36V25h8v11"/>',
    "magnifier": '<circle class="s" cx="17" cy="17" r="11"/><path d="M25 25l11 11"/>',
    "bubble": '<path class="s" d="M6 2h68a5 5 0 0 1 5 5v26a5 5 0 0 1-5 5H22l-11 9v-9H6a5 5 0 0 1-5-5V7a5 5 0 0 1 5-5z"/>',
    "lines": '<path class="thin" d="M0 4h44M0 12h36M0 20h40"/>',
    "line": '<path class="thin" d="M0 4h40"/>',
    "warning": '<path class="s" d="M20 4l17 31H3z"/><path d="M20 14v10M20 29v1"/>',
    "gift": '<path class="s" d="M4 14h32v7H4zM7 21h26v15H7z"/><path d="M20 14v22M20 14c-12 0-10-12 0-3c10-9 12 3 0 3"/>',
    "motorbike": '<circle class="s" cx="9" cy="29" r="7"/><circle class="s" cx="35" cy="29" r="7"/>'
    '<path d="M9 29h12l6-14h-5M27 15l8 14M4 19h12l5 10"/>',
    "eye": '<path class="s" d="M2 20c9-14 27-14 36 0c-9 14-27 14-36 0z"/><circle class="f" cx="20" cy="20" r="5"/>',
    "doctor": '<circle class="s" cx="20" cy="11" r="8"/><path class="s" d="M4 40c0-12 7-18 16-18s16 6 16 18z"/>'
    '<path class="a" d="M20 27v10M15 32h10"/>',
    "bin": '<path class="s" d="M8 12h24l-3 25H11z"/><path d="M4 12h32M15 12V6h10v6M16 18l1 13M24 18l-1 13"/>',
    "folder": '<path class="s" d="M3 9h13l4 5h17v21H3z"/>',
    "photo": '<rect class="s" x="2" y="5" width="36" height="30" rx="3"/><circle cx="12" cy="14" r="3"/>'
    '<path d="M4 32l11-11 7 7 6-6 9 9"/>',
    "document": '<path class="s" d="M8 2h17l8 8v28H8z"/><path d="M25 2v8h8M13 18h14M13 24h14M13 30h9"/>',
    "card": '<rect class="s" x="1" y="7" width="38" height="26" rx="3"/><circle cx="11" cy="17" r="4"/>'
    '<path d="M5 28c1-6 11-6 12 0M22 15h12M22 21h12M22 27h8"/>',
    "calendar": '<rect class="s" x="4" y="7" width="32" height="29" rx="3"/><path d="M4 15h32M12 3v8M28 3v8"/>'
    '<path class="a" d="M17 22h6v7h-6z"/>',
    "cow": '<path class="s" d="M6 14h20l6-4 4 3-2 7h-4v6H6z"/><path d="M9 26v9M14 26v9M25 26v9M30 26v9M6 14l-3 9M32 10l-1-5"/>',
    "pig": '<ellipse class="s" cx="19" cy="21" rx="14" ry="9"/><path class="s" d="M31 16l7 3v5l-7 2M28 13l1-5 5 5"/>'
    '<path d="M11 29v6M17 30v5M23 30v5M28 28v7M5 19c-3-2-2-5 0-5"/>',
    "leaf": '<path class="s a" d="M6 34C4 16 16 6 35 5c0 19-9 30-29 29z"/><path class="a" d="M6 34c6-10 13-16 21-21"/>',
    "packet": '<path class="s" d="M6 6h28v30H6zM6 12h28"/><path class="a" d="M13 30c-1-8 4-12 13-12c0 9-4 13-13 12z"/>',
    "sun": '<circle class="s" cx="20" cy="20" r="8"/><path d="M20 3v5M20 32v5M3 20h5M32 20h5M8 8l4 4M28 28l4 4M32 8l-4 4M12 28l-4 4"/>',
    "window": '<rect class="s" width="110" height="100" rx="2"/><path d="M55 0v100M0 50h110"/>',
    "hand": '<path class="s" d="M10 38V20l-4-5c-2-4 2-6 5-3l4 5V6c0-4 5-4 5 0v9c0-4 5-4 5 0v2c0-4 5-4 5 0v2c0-3 4-3 4 0v10l-4 9z"/>',
    "shake": '<path class="a" d="M-8 44c-7 16-7 32 0 48M-16 52c-4 10-4 22 0 32M88 44c7 16 7 32 0 48"/>',
    "video": '<rect class="s" x="2" y="10" width="24" height="20" rx="3"/><path class="s" d="M26 18l11-6v16l-11-6z"/>',
    "handset": '<path class="s" d="M9 4l7 8-4 6c2 5 5 8 10 10l6-4 8 7c-2 5-6 6-10 5C14 33 7 26 4 14C3 10 4 6 9 4z"/>',
    "share": '<circle class="s" cx="9" cy="20" r="5"/><circle class="s" cx="31" cy="8" r="5"/><circle class="s" cx="31" cy="32" r="5"/>'
    '<path d="M14 18l12-7M14 22l12 7"/>',
    "pencil": '<path class="s" d="M5 35l3-10L28 5l7 7L15 32z"/><path d="M24 9l7 7"/>',
    "heart": '<path class="s" d="M20 35C2 22 4 7 13 7c4 0 6 3 7 5c1-2 3-5 7-5c9 0 11 15-7 28z"/>',
    "play": '<rect class="s" x="2" y="6" width="36" height="28" rx="3"/><path class="f" d="M16 13v14l11-7z"/>',
    "qr": '<path class="s" d="M3 3h12v12H3zM25 3h12v12H25zM3 25h12v12H3z"/><path class="f" d="M7 7h4v4H7zM29 7h4v4h-4zM7 29h4v4H7z"/>'
    '<path d="M21 4v8M20 20h6v6M32 20h5M25 32v5h6M34 28v9"/>',
    "people": '<circle class="s" cx="9" cy="14" r="6"/><circle class="s" cx="31" cy="14" r="6"/><path class="s" d="M0 36c0-17 18-17 18 0z"/>'
    '<path class="s" d="M22 36c0-17 18-17 18 0z"/><circle class="s" cx="20" cy="11" r="7"/><path class="s" d="M8 38c0-21 24-21 24 0z"/>',
    "crop": '<path d="M10 2v28h28M2 10h28v28"/>',
    "turn": '<path d="M33 20a13 13 0 1 1-5-10M29 3v8h-8"/>',
    "lock": '<rect class="s" x="7" y="18" width="26" height="19" rx="3"/><path d="M12 18v-6c0-11 16-11 16 0v6"/><path class="f" d="M19 25h2v6h-2z"/>',
    "wifi": '<path d="M3 16c10-11 24-11 34 0M9 22c7-7 15-7 22 0M15 28c3-3 7-3 10 0"/><circle class="f" cx="20" cy="33" r="2"/>',
    "cross": '<path class="d" d="M8 8l24 24M32 8L8 32"/>',
    "tick": '<path class="a" d="M5 21l10 10L35 9"/>',
    "charger": '<rect class="s" x="10" y="4" width="20" height="20" rx="3"/><path d="M15 4V0M25 4V0M20 24c0 10 12 4 12 16"/>',
    "battery": '<rect class="s" x="8" y="6" width="24" height="32" rx="3"/><path d="M15 6V2h10v4"/><path class="d" d="M12 34h16"/>',
    "swollen": '<path class="s" d="M8 4h22c12 26 12 40 0 64H8z"/><path class="d" d="M44 16l8-5M47 36h9M44 56l8 5"/><path d="M8 4v64"/>',
    "scales": '<path class="s" d="M6 36h28l-4-14H10z"/><path d="M4 12h32M20 12v10"/><circle class="s" cx="20" cy="29" r="4"/>',
    "sheet": '<path class="s" d="M2 4h60v44H2z"/><path d="M2 15h60M2 26h60M2 37h60M24 4v44"/>',
    "robot": '<rect class="s" x="6" y="12" width="28" height="22" rx="5"/><path d="M20 12V5M13 29h14M2 20v8M38 20v8"/>'
    '<circle class="f" cx="14" cy="21" r="2"/><circle class="f" cx="26" cy="21" r="2"/><circle class="s" cx="20" cy="4" r="2"/>',
    "pill": '<path class="s" d="M7 24L24 7c8-6 15 3 9 9L16 33c-8 6-15-3-9-9z"/><path d="M15 16l9 9"/>',
    "money": '<rect class="s" x="1" y="9" width="38" height="22" rx="2"/><circle cx="20" cy="20" r="6"/><path d="M6 14v1M34 25v1"/>',
    "question": '<path class="a" d="M12 13c0-12 17-11 17-1c0 7-9 7-9 14M20 33v1"/>',
    "arrow": '<path d="M2 20h34M26 10l10 10-10 10"/>',
    "shield": '<path class="s" d="M20 3l15 6c0 14-5 23-15 28C10 32 5 23 5 9z"/>',
    "song": '<path d="M14 30V8l18-4v22"/><ellipse class="f" cx="10" cy="30" rx="5" ry="4"/><ellipse class="f" cx="28" cy="26" rx="5" ry="4"/>',
    "hill": '<path class="s" d="M0 40C20 8 40 8 56 26C70 8 92 12 110 40z"/><path class="a" d="M14 32h18M20 24h14M66 32h24M70 24h16"/>',
    "bowl": '<path class="s" d="M3 18h34c0 12-8 18-17 18S3 30 3 18z"/><path d="M26 18l8-14M30 18l9-12"/>',
    "bust": '<circle class="s" cx="20" cy="16" r="10"/><path class="s" d="M0 46c0-26 40-26 40 0z"/>',
    "dot": '<circle class="bad" cx="11" cy="11" r="11"/>',
    "dark": '<rect class="f" width="64" height="98" rx="3"/>',
    "tower": '<path d="M12 38L20 8l8 30M14 28h12M16 20h8M10 6c-4 6-4 8 0 12M30 6c4 6 4 8 0 12"/>',
}  # fmt: skip
TEXT_SIZE = 15
TEXTS = {"text": "", "light": ' class="light"'}  # dark on light; in the middle of a filled dot


@dataclass(frozen=True)
class Picture:
    """A drawing: the SVG without words for eyes that cannot see it, and those words."""

    svg: str
    alt: str


@cache
def scenes() -> dict[str, dict[str, Any]]:
    """What is drawn for each question of the short mode, by its code."""
    return {row["code"]: row for row in load_yaml("group/pictures.yaml")["pictures"]}


def picture(code: str) -> Picture | None:
    """The drawing of a question, its words in the language of the page; None where it has none."""
    scene = scenes().get(code)
    if scene is None:
        return None
    said = [words(row) for row in scene.get("words", [])]
    body = "".join(_placed(line, said) for line in scene["draw"])
    alt = words(scene, "alt_")
    svg = f'<svg class="picture" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">{body}</svg>'
    return Picture(svg, alt)


def _placed(line: str, said: list[str]) -> str:
    """One line of a scene: `thing x y [scale]`, `box x y width height`, `text` or `light x y which [size]`."""
    name, *rest = line.split()
    x, y, *more = (float(number) for number in rest)
    if name == "box":
        return f'<rect class="s" x="{x:g}" y="{y:g}" width="{more[0]:g}" height="{more[1]:g}" rx="4"/>'
    if name in TEXTS:
        size = more[1] if len(more) > 1 else TEXT_SIZE
        return f'<text{TEXTS[name]} x="{x:g}" y="{y:g}" font-size="{size:g}">{escape(said[int(more[0])])}</text>'
    scale = f" scale({more[0]:g})" if more else ""
    return f'<g transform="translate({x:g} {y:g}){scale}">{THINGS[name]}</g>'
