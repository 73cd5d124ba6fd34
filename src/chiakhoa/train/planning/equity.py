"""How evenly something is spread. Pure: numbers in, a number out."""

from collections.abc import Sequence


def gini(values: Sequence[float]) -> float | None:
    """The Gini index of values that are not negative: 0 where all are equal, towards 1 where one has everything.

    G = 2 * sum(i * x_i) / (n * sum(x)) - (n + 1) / n over the values in ascending order, i from 1 (Gini 1912, in the form
    for sorted data). None where there is nothing to share. ValueError for a negative value.
    """
    ordered = sorted(values)
    if ordered and ordered[0] < 0:
        raise ValueError(f"need values that are not negative, got {ordered[0]}")
    count, total = len(ordered), sum(ordered)
    if not total:
        return None
    ranked = sum(place * value for place, value in enumerate(ordered, 1))
    return max(0.0, 2 * ranked / (count * total) - (count + 1) / count)
