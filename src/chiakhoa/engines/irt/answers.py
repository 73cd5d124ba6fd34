"""Answers of P persons to I items, stored as the products of calibration need them: dense for BLAS, or sparse.

Owns the shapes and the check of the cells; knows nothing of models. NaN, or a cell that is not stored, is an item not shown.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse

from chiakhoa.engines.irt.models import Bools, Floats, Ints

DENSE_FROM = 0.25


class Answers(Protocol):
    """What calibration asks of answers. Q is the number of quadrature nodes."""

    persons: int
    items: int
    cells: int

    def log_likelihood(self, right: Floats, wrong: Floats) -> Floats:
        """Log-likelihood (P, Q) of each person at each node from the log-probabilities (I, Q) of right and wrong."""

    def counts(self, weight: Floats) -> tuple[Floats, Floats]:
        """Expected right and wrong answers (I, Q) when persons weigh (P, Q) at the nodes."""

    def sides(self, item: int) -> tuple[Ints, Ints]:
        """The persons who had the item right, and those who had it wrong."""

    def table(self) -> tuple[Bools, Bools]:
        """Where (P, I) an answer was right, and where an item was shown."""

    def some(self, persons: Ints) -> "Answers":
        """The answers of some of the persons."""


def store(responses: Floats | sparse.csr_array) -> Answers:
    """Responses (P, I) of 1, 0 and NaN, or sparse with every shown cell stored (zeros too), in the form that suits them.

    Raises ValueError naming the first cell that is neither.
    """
    if sparse.issparse(responses):
        return _from_cells(sparse.csr_array(responses))
    table = np.asarray(responses, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"responses must be (persons, items), got shape {table.shape}")
    shown = ~np.isnan(table)
    bad = np.argwhere(shown & (table != 0) & (table != 1))
    if bad.size:
        raise ValueError(f"person {bad[0][0]}, item {bad[0][1]}: need 0, 1 or NaN, got {table[tuple(bad[0])]}")
    if table.size and shown.mean() < DENSE_FROM:
        person, item = np.nonzero(shown)
        return Sparse(_one_hot(table.shape, person, item, table[person, item]))
    return Dense(np.where(shown, table, 0.0), None if shown.all() else shown.astype(np.float64))


def _from_cells(table: sparse.csr_array) -> "Sparse":
    person = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    bad = np.flatnonzero((table.data != 0) & (table.data != 1))
    if bad.size:
        at = bad[0]
        raise ValueError(f"person {person[at]}, item {table.indices[at]}: need 0 or 1, got {table.data[at]}")
    return Sparse(_one_hot(table.shape, person, table.indices.astype(np.intp), table.data))


def _one_hot(shape: tuple[int, ...], person: Ints, item: Ints, score: Floats) -> sparse.csr_array:
    """(P, 2 I): a one in column i for a wrong answer to item i, in column I + i for a right one."""
    column = item + shape[1] * (score > 0.5)
    return sparse.csr_array((np.ones(len(person)), (person, column)), shape=(shape[0], 2 * shape[1]))


@dataclass
class Dense:
    """Every cell stored: right (P, I) is 1 for a right answer; shown (P, I) is 1 for a shown item, None where all were."""

    right: Floats
    shown: Floats | None

    def __post_init__(self) -> None:
        self.persons, self.items = self.right.shape
        self.cells = self.right.size if self.shown is None else int(self.shown.sum())

    def log_likelihood(self, right: Floats, wrong: Floats) -> Floats:
        """As the protocol says."""
        base = wrong.sum(axis=0) if self.shown is None else self.shown @ wrong
        return np.asarray(self.right @ (right - wrong) + base)

    def counts(self, weight: Floats) -> tuple[Floats, Floats]:
        """As the protocol says."""
        right = self.right.T @ weight
        return right, (weight.sum(axis=0) if self.shown is None else self.shown.T @ weight) - right

    def sides(self, item: int) -> tuple[Ints, Ints]:
        """As the protocol says."""
        right = self.right[:, item] > 0.5
        wrong = ~right if self.shown is None else ~right & (self.shown[:, item] > 0.5)
        return np.flatnonzero(right), np.flatnonzero(wrong)

    def table(self) -> tuple[Bools, Bools]:
        """As the protocol says."""
        right = self.right > 0.5
        return right, np.ones_like(right) if self.shown is None else self.shown > 0.5

    def some(self, persons: Ints) -> "Dense":
        """As the protocol says."""
        return Dense(self.right[persons], None if self.shown is None else self.shown[persons])


@dataclass
class Sparse:
    """Only shown cells stored, one-hot (P, 2 I): wrong answers in the first I columns, right ones in the others."""

    hot: sparse.csr_array

    def __post_init__(self) -> None:
        self.persons, self.items = self.hot.shape[0], self.hot.shape[1] // 2
        self.cells = self.hot.nnz
        self._columns: sparse.csc_array | None = None

    def log_likelihood(self, right: Floats, wrong: Floats) -> Floats:
        """As the protocol says."""
        return np.asarray(self.hot @ np.vstack([wrong, right]))

    def counts(self, weight: Floats) -> tuple[Floats, Floats]:
        """As the protocol says."""
        both = np.asarray(self.hot.T @ weight)
        return both[self.items :], both[: self.items]

    def sides(self, item: int) -> tuple[Ints, Ints]:
        """As the protocol says."""
        if self._columns is None:
            self._columns = sparse.csc_array(self.hot)
        rows, start = self._columns.indices, self._columns.indptr
        right, wrong = (rows[start[j] : start[j + 1]] for j in (item + self.items, item))
        return right.astype(np.intp), wrong.astype(np.intp)

    def table(self) -> tuple[Bools, Bools]:
        """As the protocol says."""
        both = self.hot.toarray() > 0.5
        right = both[:, self.items :]
        return right, right | both[:, : self.items]

    def some(self, persons: Ints) -> "Sparse":
        """As the protocol says."""
        return Sparse(self.hot[persons])
