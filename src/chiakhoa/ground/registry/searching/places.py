"""Sets of places in the order of names: few as sorted numbers, many as packed bits. Pure arrays.

A set of numbers is a `uint32` array; a set of bits a `uint8` array, padded to whole words of eight bytes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.uint32] | NDArray[np.uint8]
FEW = 32  # a number takes 32 bits: from one place in 32 on, bits are shorter


def packed(numbers: NDArray[np.uint32], size: int) -> Places:
    """The sorted numbers in the shorter of both ways; `size` is how many places there are."""
    return _bits(numbers, size) if len(numbers) * FEW > size else numbers


def read(data: bytes, dense: bool) -> Places:
    """A set as it is stored."""
    return np.frombuffer(data, np.uint8) if dense else np.frombuffer(data, "<u4").astype(np.uint32, copy=False)


def stored(places: Places) -> tuple[bool, bytes]:
    """Whether the set is one of bits, and its bytes."""
    return (True, places.tobytes()) if is_dense(places) else (False, places.astype("<u4").tobytes())


def is_dense(places: Places) -> bool:
    """Whether the set is one of bits."""
    return places.dtype == np.uint8


def union(sets: Sequence[Places], size: int) -> Places:
    """What is in any of the sets."""
    few = [one for one in sets if not is_dense(one)]
    many = [one for one in sets if is_dense(one)]
    if len(sets) == 1:
        return sets[0]
    numbers = np.concatenate(few) if few else np.empty(0, np.uint32)
    if not many and len(numbers) * FEW <= size:
        return _each_once(numbers)
    found = _bits(numbers, size)
    for one in many:
        found |= one
    return found


def common(sets: Sequence[Places]) -> Places:
    """What is in all of the sets."""
    first, *others = sorted(sets, key=lambda one: (is_dense(one), len(one)))
    found = first
    for one in others:
        if is_dense(found):
            found = found & one
        elif is_dense(one):
            found = found[_holds(one, found)]
        else:
            at = np.minimum(np.searchsorted(one, found), max(len(one) - 1, 0))
            found = found[one[at] == found] if len(one) else one
    return found


def without(places: Places, numbers: NDArray[np.uint32]) -> Places:
    """The set without these."""
    if not len(numbers):
        return places
    if not is_dense(places):
        return places[~np.isin(places, numbers)]
    left = places.copy()
    np.bitwise_and.at(left, numbers >> 3, ~(np.uint8(128) >> (numbers & 7).astype(np.uint8)))
    return left


def count(places: Places) -> int:
    """How many there are."""
    return int(np.bitwise_count(places.view(np.uint64)).sum()) if is_dense(places) else len(places)


def between(places: Places, start: int, stop: int) -> NDArray[np.uint32]:
    """The set's own numbers from the `start`-th to before the `stop`-th."""
    if not is_dense(places):
        return places[start:stop]
    until = np.cumsum(np.bitwise_count(places.view(np.uint64)), dtype=np.int64)
    low, high = (int(np.searchsorted(until, wanted, "right")) for wanted in (start, max(stop - 1, start)))
    before = int(until[low - 1]) if low else 0
    numbers = np.flatnonzero(np.unpackbits(places[low * 8 : (high + 1) * 8])) + low * 64
    return numbers[start - before : stop - before].astype(np.uint32)


def _each_once(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The numbers in order, each once; np.unique hashes them first, which takes several times as long."""
    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=ordered[:1] + np.uint32(1)) != 0]


def _bits(numbers: NDArray[np.uint32], size: int) -> NDArray[np.uint8]:
    flags = np.zeros(-(-size // 64) * 64, np.uint8)
    flags[numbers] = 1
    return np.packbits(flags)


def _holds(bits: Places, numbers: Places) -> NDArray[np.bool_]:
    return (bits[numbers >> 3] >> (7 - (numbers & 7)).astype(np.uint8)) & 1 == 1
