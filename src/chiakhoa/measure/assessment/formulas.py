"""Whether two formulas of a spreadsheet mean the same: both are worked out on the sheet, and on the sheet with other numbers.

So =B2*C2, =C2*B2 and =PRODUCT(B2:C2) are one answer, and a number typed in by hand is none. Pure: no database, no chance.
Known are numbers, texts, cells, ranges, + - * / ^ & %, comparisons, and the functions of `_FUNCTIONS`; anything else is no
formula here, and is compared as text by `marking`.
"""

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chiakhoa.foundation.text import nfc

Value = float | str | bool
Argument = Value | list[Value]

TRIALS = 12
DEEPEST = 40
_COMPARING: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_FACTORS = (1, 0.5, 3, 0.11, 2, 0.7, 7, 0.31, 1.9, 11, 0.03, 1.3, 0.9)
_TOKEN = re.compile(
    r'\s*(?:(\d+(?:\.\d+)?)|"([^"]*)"|(\$?[A-Z]{1,2}\$?\d{1,3})(?![A-Z(])|([A-Z]+)|(<=|>=|<>|[-+*/^&%=<>(),:]))'
)


class FormulaError(ValueError):
    """What is written cannot be worked out."""


@dataclass(frozen=True)
class Sheet:
    """The cells that hold something ("B2": 5), the formulas that stand in others, and the cell that is being filled in.

    `trials` are cells to try with other values, such as the borders of a condition.
    """

    cells: dict[str, Value]
    own: str
    formulas: dict[str, str] = field(default_factory=dict)
    trials: Sequence[dict[str, Value]] = ()


def agree(written: str, accepted: Sequence[str], sheet: Sheet) -> bool:
    """Whether the formula gives what an accepted one gives, on this sheet and on each of its trials."""
    return any(_same(written, one, sheet) for one in accepted)


def work_out(text: str, sheet: Sheet) -> Value:
    """What the formula gives on the sheet. FormulaError where it cannot be worked out."""
    try:
        return _Reader(text, sheet, 0).result()
    except OverflowError as fault:
        raise FormulaError("a number beyond all counting") from fault


def _same(written: str, accepted: str, sheet: Sheet) -> bool:
    try:
        return all(_alike(work_out(written, one), work_out(accepted, one)) for one in _trials(sheet))
    except FormulaError:
        return False


def _alike(one: Value, other: Value) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold()
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _trials(sheet: Sheet) -> list[Sheet]:
    """The sheet, the sheet with its numbers changed, each by another factor, and the trials that its author asks for."""
    changed = [_changed(sheet.cells, trial) for trial in range(1, TRIALS)] + [sheet.cells | one for one in sheet.trials]
    return [sheet, *(replace(sheet, cells=cells) for cells in changed)]


def _changed(cells: dict[str, Value], trial: int) -> dict[str, Value]:
    return {
        name: value if isinstance(value, str) else value * _FACTORS[(place * 5 + trial * (place + 2)) % len(_FACTORS)]
        for place, (name, value) in enumerate(cells.items())
    }


def plain(text: str) -> str:
    """The formula in one spelling: capitals outside quotes, "," between arguments and "." before decimals, no blanks.

    Where ";" parts the arguments (as in Việt Nam), or where there are none to part, "," stands before decimals.
    """
    pieces = re.split(r'("[^"]*")', nfc(text).replace("“", '"').replace("”", '"'))
    has_quotes = [piece.startswith('"') and len(piece) > 1 for piece in pieces]
    bare = [piece for piece, quoted in zip(pieces, has_quotes, strict=True) if not quoted]
    decimal_commas = any(";" in piece for piece in bare) or not any("(" in piece for piece in bare)
    return "".join(
        piece if quoted else _plain(piece, decimal_commas) for piece, quoted in zip(pieces, has_quotes, strict=True)
    )


def _plain(piece: str, decimal_commas: bool) -> str:
    if decimal_commas:
        piece = re.sub(r"(?<=\d),(?=\d)", ".", piece)
    return "".join(piece.split()).upper().replace(";", ",")


class _Reader:
    """Reads one formula from left to right and works it out on the way."""

    def __init__(self, text: str, sheet: Sheet, depth: int) -> None:
        self.sheet, self.depth = sheet, depth
        self.tokens = _tokens(plain(text))
        self.at = 0

    def result(self) -> Value:
        if not self._take("="):
            raise FormulaError("a formula begins with =")
        value = self._comparison()
        if self.at != len(self.tokens):
            raise FormulaError("something follows the formula")
        return value

    def _take(self, *symbols: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in [("symbol", one) for one in symbols]:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def _next(self, what: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at][0] == what:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def _comparison(self) -> Value:
        left = self._joined()
        while symbol := self._take("=", "<>", "<=", ">=", "<", ">"):
            left = _compare(symbol, left, self._joined())
        return left

    def _joined(self) -> Value:
        left = self._sum()
        while self._take("&"):
            left = _text(left) + _text(self._sum())
        return left

    def _sum(self) -> Value:
        left = self._product()
        while symbol := self._take("+", "-"):
            right = _number(self._product())
            left = _number(left) + (right if symbol == "+" else -right)
        return left

    def _product(self) -> Value:
        left = self._power()
        while symbol := self._take("*", "/"):
            right = _number(self._power())
            left = _number(left) * (right if symbol == "*" else _inverse(right))
        return left

    def _power(self) -> Value:
        left = self._signed()
        while self._take("^"):
            left = _power_of(_number(left), _number(self._signed()))
        return left

    def _signed(self) -> Value:
        self._go_deeper()
        try:
            if symbol := self._take("-", "+"):
                number = _number(self._signed())
                return -number if symbol == "-" else number
            value = self._primary()
            while self._take("%"):
                value = _number(value) / 100
            return value
        finally:
            self.depth -= 1

    def _primary(self) -> Value:
        if self._take("("):
            value = self._comparison()
            self._close()
            return value
        if number := self._next("number"):
            return float(number)
        if text := self._next("text"):
            return text[1:]
        if cell := self._next("cell"):
            return self._cell(cell)
        name = self._next("name")
        if name not in _FUNCTIONS or not self._take("("):
            raise FormulaError("not known here")
        arguments = [self._argument()]
        while self._take(","):
            arguments.append(self._argument())
        self._close()
        return _FUNCTIONS[name](arguments)

    def _argument(self) -> Argument:
        start = self.at
        first = self._next("cell")
        if first and self._take(":"):
            return [self._cell(name) for name in _cells_between(first, self._next("cell"))]
        self.at = start
        return self._comparison()

    def _close(self) -> None:
        if not self._take(")"):
            raise FormulaError("a parenthesis stays open")

    def _cell(self, name: str) -> Value:
        name = name.replace("$", "")
        if name == self.sheet.own:
            raise FormulaError("the formula stands in a cell that it counts")
        if name in self.sheet.formulas:
            return _Reader(self.sheet.formulas[name], self.sheet, self.depth + 1).result()
        return self.sheet.cells.get(name, 0.0)

    def _go_deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError("too deep")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormulaError("a sign that is not known here")
        number, quoted, cell, name, symbol = match.groups()
        kinds = [("number", number), ("cell", cell), ("name", name), ("symbol", symbol)]
        # The mark before a text keeps an empty one apart from none.
        found.append(("text", "'" + quoted) if quoted is not None else next(one for one in kinds if one[1]))
        at = match.end()
    return found


def _cells_between(first: str, last: str) -> list[str]:
    """The cells of a range. FormulaError where it does not end, or is larger than any sheet here."""
    parted = [re.fullmatch(r"([A-Z])(\d{1,2})", name.replace("$", "")) for name in (first, last)]
    if None in parted:
        raise FormulaError("a range of cells that is not on the sheet")
    (left, top), (right, bottom) = ((ord(one[1]), int(one[2])) for one in parted if one)
    columns, rows = sorted((left, right)), sorted((top, bottom))
    return [f"{chr(c)}{r}" for r in range(rows[0], rows[1] + 1) for c in range(columns[0], columns[1] + 1)]


def _number(value: Argument) -> float:
    if isinstance(value, str | list):
        raise FormulaError("a number was wanted")
    return float(value)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _inverse(value: float) -> float:
    if value == 0:
        raise FormulaError("a division by zero")
    return 1 / value


def _power_of(base: float, exponent: float) -> float:
    try:
        value: float | complex = base**exponent
    except (OverflowError, ZeroDivisionError) as fault:
        raise FormulaError("a power that cannot be worked out") from fault
    if isinstance(value, complex):
        raise FormulaError("a power that is no number")
    return value


def _compare(symbol: str, left: Value, right: Value) -> bool:
    if isinstance(left, str) != isinstance(right, str):
        return {"=": False, "<>": True}.get(symbol, isinstance(right, str) == symbol.startswith("<"))
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(symbol, left.casefold(), right.casefold())
    return _ordered(symbol, float(left), float(right))


def _ordered(symbol: str, left: Any, right: Any) -> bool:
    return bool(_COMPARING[symbol](left, right))


def _numbers(arguments: Sequence[Argument]) -> list[float]:
    """The numbers of all arguments: texts in a range are passed over, as spreadsheets do."""
    found: list[float] = []
    for one in arguments:
        found += [float(v) for v in one if not isinstance(v, str)] if isinstance(one, list) else [_number(one)]
    return found


def _meets(value: Value, wanted: Value) -> bool:
    """Whether a cell meets a condition of COUNTIF: "Rồi", 5, ">=100"."""
    if not isinstance(wanted, str):
        return _compare("=", value, wanted)
    parted = re.fullmatch(r"(<=|>=|<>|<|>|=)?(.*)", wanted, re.DOTALL)
    symbol, rest = (parted[1] or "=", parted[2]) if parted else ("=", wanted)
    right: Value = float(rest) if re.fullmatch(r"-?\d+(?:\.\d+)?", rest) else rest
    if isinstance(value, str) != isinstance(right, str):
        return symbol == "<>"
    return _compare(symbol, value, right)


def _range(arguments: Sequence[Argument], place: int) -> list[Value]:
    if place >= len(arguments):
        raise FormulaError("a range is missing")
    one = arguments[place]
    return one if isinstance(one, list) else [one]


def _one(arguments: Sequence[Argument], place: int) -> Value:
    if place >= len(arguments) or isinstance(arguments[place], list):
        raise FormulaError("one value was wanted")
    value = arguments[place]
    assert not isinstance(value, list)
    return value


def _mean(arguments: Sequence[Argument]) -> float:
    found = _numbers(arguments)
    return sum(found) * _inverse(len(found))


def _if(arguments: Sequence[Argument]) -> Value:
    if len(arguments) not in (2, 3):
        raise FormulaError("IF has a condition and what then")
    if _number(_one(arguments, 0)):
        return _one(arguments, 1)
    return _one(arguments, 2) if len(arguments) > 2 else False


def _round(arguments: Sequence[Argument]) -> float:
    shift = math.pow(10, min(max(_number(_one(arguments, 1)), -9), 9))
    value = _number(_one(arguments, 0)) * shift
    return math.copysign(math.floor(abs(value) + 0.5), value) / shift


def _count_if(arguments: Sequence[Argument]) -> float:
    wanted = _one(arguments, 1)
    return float(sum(_meets(value, wanted) for value in _range(arguments, 0)))


def _sum_if(arguments: Sequence[Argument]) -> float:
    wanted, judged = _one(arguments, 1), _range(arguments, 0)
    added = _range(arguments, 2) if len(arguments) > 2 else judged
    return sum(
        float(value)
        for value, one in zip(added, judged, strict=False)
        if _meets(one, wanted) and not isinstance(value, str)
    )


_FUNCTIONS: dict[str, Callable[[list[Argument]], Value]] = {
    "SUM": lambda a: sum(_numbers(a)),
    "AVERAGE": _mean,
    "MIN": lambda a: min(_numbers(a), default=0.0),
    "MAX": lambda a: max(_numbers(a), default=0.0),
    "PRODUCT": lambda a: math.prod(_numbers(a)),
    "COUNT": lambda a: float(len(_numbers(a))),
    "COUNTA": lambda a: float(sum(len(one) if isinstance(one, list) else 1 for one in a)),
    "COUNTIF": _count_if,
    "SUMIF": _sum_if,
    "IF": _if,
    "ROUND": _round,
    "AND": lambda a: all(_numbers(a)),
    "OR": lambda a: any(_numbers(a)),
    "ABS": lambda a: abs(_number(_one(a, 0))),
}
