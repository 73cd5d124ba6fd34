"""Who can reach what: the groups of each offer, from places and a greatest distance. Great-circle distance in km."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines.planner.scenario import Scenario

EARTH_KM = 6371.0088


def within_reach(scenario: Scenario, *, nearest: int = 3) -> Scenario:
    """The scenario with `groups` of every offer filled in.

    A group may come to the `nearest` venues that offer a course that brings it a gain, as far as `max_km` (no limit where
    None). Raises ValueError naming the first venue or group without a place.
    """
    spots = {venue.id: (venue.lat, venue.lon) for venue in scenario.venues}
    homes = {group.id: group for group in scenario.groups}
    helped = defaultdict(list)
    for gain in scenario.gains:
        if gain.value > 0 and gain.people > 0:
            helped[gain.course].append(gain.group)
    coming: dict[tuple[str, str], list[str]] = defaultdict(list)
    for course, groups in helped.items():
        venues = [offer.venue for offer in scenario.offers if offer.course == course]
        if venues:
            here = np.array([_place(homes[name].lat, homes[name].lon, f"group {name}") for name in groups])
            there = np.array([_place(*spots.get(name, (None, None)), f"venue {name}") for name in venues])
            for row, v in _nearest(km_between(here, there), nearest, scenario.max_km):
                coming[course, venues[v]].append(groups[row])
    return replace(
        scenario, offers=tuple(replace(o, groups=tuple(coming[o.course, o.venue])) for o in scenario.offers)
    )


def km_between(here: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, M) km between places (N, 2) and (M, 2) in degrees, on the sphere (haversine)."""
    a, b = np.radians(here)[:, None, :], np.radians(there)[None, :, :]
    half = (a - b) / 2
    chord = np.sin(half[..., 0]) ** 2 + np.cos(a[..., 0]) * np.cos(b[..., 0]) * np.sin(half[..., 1]) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1))), dtype=np.float64)


def _nearest(km: NDArray[np.float64], count: int, most: float | None) -> list[tuple[int, int]]:
    """(row, column) pairs of the nearest columns of each row that are not too far."""
    order = np.argsort(km, axis=1, kind="stable")[:, :count]
    return [(i, int(j)) for i in range(len(km)) for j in order[i] if most is None or km[i, j] <= most]


def _place(lat: float | None, lon: float | None, whose: str) -> tuple[float, float]:
    if lat is None or lon is None:
        raise ValueError(f"{whose}: has no place, so nobody knows how far it is; give lat and lon")
    return lat, lon
