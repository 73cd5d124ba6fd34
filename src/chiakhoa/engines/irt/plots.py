"""The simulator's pictures as SVG files: plain text, no library, the figures of each in its title element for screen readers.

One function a picture; `write` puts them all into a folder. Knows what is drawn, not how it was computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from chiakhoa.engines.irt.models import Floats, Ints
from chiakhoa.engines.irt.simulate import ByAbility, Outcome

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 48, 48
INK, GRID, TONE, OTHER = "#1f2a24", "#d5dbd7", "#1f6f4a", "#b4541a"


@dataclass(frozen=True)
class Frame:
    """A plane of data: what lies at its edges, and how its axes are named."""

    title: str
    across: str
    up: str
    low: tuple[float, float]
    high: tuple[float, float]

    def x(self, value: float) -> float:
        """The pixel across."""
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - self.low[0]) / (self.high[0] - self.low[0])

    def y(self, value: float) -> float:
        """The pixel down."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - self.low[1]) / (self.high[1] - self.low[1])

    def drawn(self, marks: Sequence[str], said: str) -> str:
        """The whole picture: axes with ticks, marks, and what it says in words."""
        title = escape(self.title)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
            f'font-size="12" fill="{INK}"><title>{title}. {escape(said)}</title>'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
            f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{title}</text>'
        )
        names = (
            f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(self.across)}</text>'
            f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(self.up)}</text>'
        )
        return "\n".join([head, *self._grid(), *marks, names, "</svg>", ""])

    def _grid(self) -> list[str]:
        out = []
        for value in _ticks(self.low[0], self.high[0]):
            x = self.x(value)
            out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="{GRID}"/>')
            out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:g}</text>')
        for value in _ticks(self.low[1], self.high[1]):
            y = self.y(value)
            out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>')
            out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        return out


def errors(found: ByAbility) -> str:
    """Bias and root mean square error by true ability."""
    seen = found.count > 0
    reach = float(np.nanmax([np.nanmax(found.rmse), np.nanmax(np.abs(found.bias))]))
    frame = Frame("Error by true ability", "true ability, logits", "logits", (-3, min(-0.1, -reach)), (3, reach * 1.1))
    marks = [
        _line(frame, found.at[seen], found.rmse[seen], TONE),
        _line(frame, found.at[seen], found.bias[seen], OTHER, dash="6 4"),
        *_legend([("root mean square error", TONE, ""), ("bias", OTHER, "6 4")]),
    ]
    said = _said(found.at[seen], ("rmse", found.rmse[seen]), ("bias", found.bias[seen]))
    return frame.drawn(marks, said)


def coverage(found: ByAbility) -> str:
    """Share of 95 % intervals that hold the true ability, by true ability, beside the 93 to 97 % that is wanted."""
    seen = found.count > 0
    low = min(0.8, float(np.floor(20 * np.nanmin(found.coverage)) / 20))
    frame = Frame("Coverage of 95 % intervals", "true ability, logits", "share that hold it", (-3, low), (3, 1.0))
    band = (
        f'<rect x="{LEFT}" width="{WIDTH - LEFT - RIGHT}" y="{frame.y(0.97):.1f}" '
        f'height="{frame.y(0.93) - frame.y(0.97):.1f}" fill="{TONE}" opacity="0.15"/>'
    )
    line = _line(frame, found.at[seen], found.coverage[seen], TONE)
    return frame.drawn([band, line], _said(found.at[seen], ("coverage", found.coverage[seen])))


def lengths(length: Ints) -> str:
    """How many people answered how many questions."""
    count = np.bincount(length)
    frame = Frame("Length of tests", "questions", "people", (0, 0), (len(count), max(int(count.max()), 1)))
    marks = [_bar(frame, i, i + 1, float(people)) for i, people in enumerate(count) if people]
    return frame.drawn(marks, f"Mean {length.mean():.1f}, from {length.min()} to {length.max()}.")


def exposures(shown: Floats) -> str:
    """Share of people who saw each item, items in order of it."""
    ordered = np.sort(shown)[::-1]
    top = max(float(ordered[0]), 0.05)
    frame = Frame("Exposure of items", "items, most shown first", "share of people", (0, 0), (len(ordered), top))
    marks = [_bar(frame, i, i + 1, float(share)) for i, share in enumerate(ordered) if share]
    return frame.drawn(
        marks, f"Most {ordered[0]:.2f}, median {np.median(ordered):.2f}, never {int((ordered == 0).sum())}."
    )


def grades(shares: Floats) -> str:
    """The grade given beside the true grade, a square each, its area the share of people."""
    size = len(shares)
    frame = Frame("Grade given and true grade", "grade given", "true grade", (-0.5, -0.5), (size - 0.5, size - 0.5))
    cell = min(frame.x(1) - frame.x(0), frame.y(0) - frame.y(1)) / np.sqrt(max(float(shares.max()), 1e-9))
    marks = []
    for (true, given), share in np.ndenumerate(shares):
        side = cell * np.sqrt(share)
        left, up, tone = frame.x(given) - side / 2, frame.y(true) - side / 2, TONE if true == given else OTHER
        marks.append(f'<rect x="{left:.1f}" y="{up:.1f}" width="{side:.1f}" height="{side:.1f}" fill="{tone}"/>')
    return frame.drawn(marks, f"Right {np.trace(shares):.3f}.")


def write(folder: Path, found: ByAbility, length: Ints, outcome: Outcome, shares: Floats | None = None) -> list[Path]:
    """Write the pictures into the folder, which is made where it is missing, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "error": errors(found),
        "coverage": coverage(found),
        "length": lengths(length),
        "exposure": exposures(outcome.exposure),
    }
    if shares is not None:
        pictures["grades"] = grades(shares)
    paths = []
    for name, picture in pictures.items():
        paths.append(folder / f"{name}.svg")
        paths[-1].write_text(picture, encoding="utf-8")
    return paths


def _ticks(low: float, high: float) -> list[float]:
    """Round values between low and high, five or so."""
    rough = (high - low) / 5
    scale = 10 ** np.floor(np.log10(rough))
    step = float(next(each for each in (1, 2, 5, 10) if each * scale >= rough) * scale)
    first = int(np.ceil(low / step - 1e-9))
    return [float(round(i * step, 10)) for i in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def _line(frame: Frame, x: Floats, y: Floats, tone: str, dash: str = "") -> str:
    points = " ".join(f"{frame.x(a):.1f},{frame.y(b):.1f}" for a, b in zip(x, y, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{tone}" stroke-width="2.5" stroke-dasharray="{dash}"/>'


def _bar(frame: Frame, start: float, end: float, value: float) -> str:
    x, y = frame.x(start), frame.y(value)
    width, height = max(frame.x(end) - x - 0.5, 0.5), frame.y(0) - y
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{TONE}"/>'


def _legend(entries: Sequence[tuple[str, str, str]]) -> list[str]:
    out = []
    for i, (name, tone, dash) in enumerate(entries):
        x = WIDTH - RIGHT - 340 + 190 * i
        line = f'<line x1="{x}" x2="{x + 24}" y1="38" y2="38" stroke="{tone}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
        out.append(f'{line}<text x="{x + 30}" y="42">{escape(name)}</text>')
    return out


def _said(at: Floats, *series: tuple[str, Floats]) -> str:
    rows = [f"at {x:g}: " + ", ".join(f"{name} {values[i]:.2f}" for name, values in series) for i, x in enumerate(at)]
    return "; ".join(rows) + "."
