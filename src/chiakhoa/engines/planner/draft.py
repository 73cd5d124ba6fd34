"""A plan in the making: which classes stand, and what people, money, rooms and trainers are left.

Classes are numbered; a number is never used twice.
"""

from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from chiakhoa.engines.planner.arrays import Arrays, Bools, Floats, Ints
from chiakhoa.engines.planner.prices import Prices
from chiakhoa.engines.planner.roster import Roster
from chiakhoa.engines.planner.scenario import Scenario

CENT = 1e-9
LIKE = 0.05
# Money that is plenty still costs something here, or else the first to choose would take dear venues until it is plenty no more.
LEAST_PRICE = 0.05


class Opened(NamedTuple):
    """A class of a draft: its offer and line, its learners, and how many of which demands sit in it."""

    offer: int
    line: int
    size: int
    demands: Ints
    seated: Ints
    worth: float


class Choice(NamedTuple):
    """A class that could be opened: what it brings for its price, learners, how many of each demand."""

    score: float
    size: int
    seated: Ints  # in the order of the offer's demands on the menu


NO_CHOICE = Choice(-1.0, 0, np.zeros(0, np.int64))


@dataclass(frozen=True)
class Menu:
    """The offers as the prices show them. Of each offer: its demands, dearest people first, their groups, what they bring."""

    a: Arrays
    demands: list[Ints]
    groups: list[Ints]
    weights: list[Floats]
    values: list[Floats]
    money_price: list[float]  # of a million đồng, by line
    class_price: list[float]  # of the sessions of a class, by offer
    lines: list[list[int]]  # that may pay the offer, cheapest first
    fixed: list[float]
    each: list[float]
    capacity: list[int]
    least: list[int]
    sessions: list[int]
    room: list[int]
    course: list[int]
    cheapest: list[float]  # million đồng of the smallest class
    liked: list[int]  # how many of the offer's demands bring anything
    flat: tuple[Ints, Ints, Floats, Ints]  # offer, demand, weight of each pair; where each offer begins


def menu(a: Arrays, prices: Prices, weight: Floats) -> Menu:
    """The offers at these prices. `weight` is what a person of each demand is worth beyond the price of the group's seat."""
    width = a.sites.shape[1]
    offers, demands = a.sites.ravel(), np.repeat(np.arange(len(a.sites)), width)
    kept = offers < a.offers
    offers, demands = offers[kept], demands[kept]
    order = np.lexsort((demands, -weight[demands], offers))
    offers, demands = offers[order], demands[order]
    begins = np.searchsorted(offers, np.arange(a.offers + 1))
    parts = np.split(demands, begins[1:-1])
    money = np.maximum(prices.money, LEAST_PRICE * prices.money.max(initial=0.0))
    staff = np.where(a.teaches, prices.staff, np.inf).min(1, initial=np.inf)[a.offer_course]
    lines = [[line for line in _by_price(a, prices.money) if paid[line]] for paid in a.pays]
    return Menu(
        a=a,
        demands=parts,
        groups=[a.group[part] for part in parts],
        weights=[weight[part] for part in parts],
        values=[a.value[part] for part in parts],
        money_price=money.tolist(),
        class_price=(a.sessions * (staff + prices.rooms[a.room])).tolist(),
        lines=[lines[c] for c in a.offer_course.tolist()],
        fixed=a.fixed.tolist(),
        each=a.each.tolist(),
        capacity=a.capacity.tolist(),
        least=a.least.tolist(),
        sessions=a.sessions.tolist(),
        room=a.room.tolist(),
        course=a.offer_course.tolist(),
        cheapest=(a.fixed + a.each * a.least).tolist(),
        liked=[int((weight[part] > 0).sum()) for part in parts],
        flat=(offers, demands, weight[demands], begins),
    )


def _payable(a: Arrays, money: Floats) -> Floats:
    """How many learners of a class of each offer so much money pays."""
    left, free = money - a.fixed, a.each == 0
    return np.where(free, np.where(left >= 0, np.inf, 0.0), left / np.where(free, 1.0, a.each) + CENT)


def _by_price(a: Arrays, prices: Floats) -> list[int]:
    """Lines, cheapest first; of lines about as dear the one that pays the fewest courses, for it has no other use."""
    steps = np.round(prices / max(LIKE * float(prices.max(initial=0.0)), CENT))
    return [int(line) for line in np.lexsort((a.pays.sum(0), steps))]


class Draft:
    """Classes, and what is left for more of them."""

    def __init__(self, scenario: Scenario, a: Arrays) -> None:
        self.left, self.seats = a.people.copy(), a.seats.copy()
        self.money, self.rooms = a.amount.tolist(), a.room_sessions.tolist()
        self.roster = Roster(scenario)
        self.classes: dict[int, Opened] = {}
        # Of a class whose room and half days stand: learners at most, and which groups can come then.
        self.bounds: dict[int, tuple[int, Bools]] = {}
        self.worth = 0.0
        self.next_number = 0
        self._codes = [course.code for course in scenario.courses]

    def copy(self) -> "Draft":
        """A draft of its own that begins alike."""
        twin = copy(self)
        twin.left, twin.seats = self.left.copy(), self.seats.copy()
        twin.money, twin.rooms, twin.classes = list(self.money), list(self.rooms), dict(self.classes)
        twin.roster = self.roster.copy()
        return twin

    def _payer(self, on: Menu, o: int, cost: float) -> int:
        """The cheapest line that can pay so much for a class of the offer."""
        return next(line for line in on.lines[o] if self.money[line] >= cost - CENT)

    def most_money(self, on: Menu, o: int) -> float:
        """Million đồng left on the richest line that may pay the offer."""
        return max([self.money[line] for line in on.lines[o]], default=-1.0)

    def choice(self, on: Menu, o: int, most: int | None = None) -> Choice:
        """The best class (of `most` learners) that the offer could still hold, as far as one line's money pays it.

        People who bring nothing beyond the price of their seat only fill a class up to its least size.
        """
        free = np.minimum(self.left[on.demands[o]], self.seats[on.groups[o]])
        reached = free.cumsum()
        if reached.size == 0 or reached[-1] < on.least[o]:
            return NO_CHOICE
        liked = int(reached[on.liked[o] - 1]) if on.liked[o] else 0
        size = max(min(on.capacity[o], liked), on.least[o]) if most is None else min(most, on.capacity[o])
        fixed, each = on.fixed[o], on.each[o]
        money = self.most_money(on, o)
        if money < fixed + each * size:
            size = int((money - fixed) / each + CENT) if each > 0 and money > fixed else 0
            if size < on.least[o]:
                return NO_CHOICE
        np.minimum(reached, size, out=reached)
        reached[1:] -= reached[:-1].copy()
        cost = fixed + each * size
        price = on.money_price[self._payer(on, o, cost)] * cost + on.class_price[o]
        return Choice(float(on.weights[o] @ reached) / max(price, CENT), size, reached)

    def scores(self, on: Menu) -> Floats:
        """What a class of each offer would bring for its price, all offers at once, -1 where none can be opened."""
        offers, demands, weights, begins = on.flat
        a = on.a
        if not demands.size:
            return np.zeros(a.offers)
        free = np.minimum(self.left[demands], self.seats[a.group[demands]])
        reached = np.append(0, free.cumsum())
        start, end = reached[begins[:-1]], reached[begins[1:]]
        liked = reached[begins[:-1] + np.array(on.liked)] - start
        size = np.maximum(np.minimum(liked, a.capacity), a.least)
        money = np.where(a.pays, self.money, -1.0).max(1, initial=-1.0)[a.offer_course]
        size = np.maximum(np.minimum(size, _payable(a, money)), a.least).astype(np.int64)
        upto = np.minimum(reached[1:] - start[offers], size[offers])
        before = np.minimum(reached[:-1] - start[offers], size[offers])
        brought = np.bincount(offers, weights * (upto - before), a.offers)
        price = self._money_price(on) * (a.fixed + a.each * size) + np.array(on.class_price)
        score = brought / np.maximum(np.where(a.open, price, 1.0), CENT)
        able = (
            a.open & (end - start >= a.least) & (np.array(self.rooms)[a.room] >= a.sessions)
            & (money >= np.array(on.cheapest))
        )  # fmt: skip
        return np.where(able, score, -1.0)

    def _money_price(self, on: Menu) -> Floats:
        """The price of the cheapest line that could still pay a class, by offer; nought where there is none."""
        a, money = on.a, np.array(self.money)
        able = a.pays[a.offer_course] & (money >= np.array(on.cheapest)[:, None])
        price = np.where(able, np.array(on.money_price), np.inf).min(1, initial=np.inf)
        return np.where(np.isfinite(price), price, 0.0)

    def open(self, on: Menu, o: int, choice: Choice) -> int | None:
        """Open the class on the cheapest line that can pay it and return its number; None where nobody can teach it."""
        cost = on.fixed[o] + on.each[o] * choice.size
        line = self._payer(on, o, cost)
        taken = choice.seated.nonzero()[0]
        seated = choice.seated[taken]
        worth = float(on.values[o][taken] @ seated)
        return self.book(on, Opened(o, line, choice.size, on.demands[o][taken], seated, worth))

    def book(self, on: Menu, row: Opened, trainer: str = "") -> int | None:
        """Put the class in, with this trainer where possible; None where nobody can teach it. Other limits are not looked at."""
        number = self.next_number
        if not self.roster.take(number, self._codes[on.course[row.offer]], trainer):
            return None
        self.next_number += 1
        self._count(on, row, 1)
        self.classes[number] = row
        return number

    def close(self, on: Menu, number: int) -> None:
        """Take the class out; its people, money, room and trainer are free again."""
        self._count(on, self.classes.pop(number), -1)
        self.roster.give_back(number)

    def add(self, on: Menu, number: int, more: Ints) -> None:
        """Seat more people in a class that stands; `more` is in the order of the offer's demands on the menu."""
        row = self.classes[number]
        taken = more.nonzero()[0]
        demands, where = np.unique(np.concatenate([row.demands, on.demands[row.offer][taken]]), return_inverse=True)
        seated = np.bincount(where, np.concatenate([row.seated, more[taken]])).astype(np.int64)
        self._count(on, row, -1)
        brings = float(on.values[row.offer][taken] @ more[taken])
        row = Opened(row.offer, row.line, row.size + int(more.sum()), demands, seated, row.worth + brings)
        self._count(on, row, 1)
        self.classes[number] = row

    def _count(self, on: Menu, row: Opened, sign: int) -> None:
        o = row.offer
        self.left[row.demands] -= sign * row.seated
        self.seats[on.a.group[row.demands]] -= sign * row.seated
        self.money[row.line] -= sign * (on.fixed[o] + on.each[o] * row.size)
        self.rooms[on.room[o]] -= sign * on.sessions[o]
        self.worth += sign * row.worth
