"""Our own drawings for the short test: a few things drawn with lines, put together into the situation of a question.

`data/group/pictures.yaml` says how each thing is drawn, and of each question what stands where. Only classes and paths:
colours come from the tokens, so that light, dark and print follow.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.html import escape

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.measure.assessment.paper import words

WIDTH, HEIGHT = 320, 150

TEXT_SIZE = 15
TEXTS = {"text": "", "light": ' class="light"'}  # dark on light; in the middle of a filled dot


@dataclass(frozen=True)
class Picture:
    """A drawing: the SVG without words for eyes that cannot see it, and those words."""

    svg: str
    alt: str


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = load_yaml("group/pictures.yaml")
    return found


@cache
def scenes() -> dict[str, dict[str, Any]]:
    """What is drawn for each question of the short mode, by its code."""
    return {row["code"]: row for row in _file()["pictures"]}


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
    scale, things = f" scale({more[0]:g})" if more else "", _file()["things"]
    return f'<g transform="translate({x:g} {y:g}){scale}">{things[name]}</g>'
