"""Venues and trainers of the synthetic province, invented, and said to be."""

from collections.abc import Sequence

from chiakhoa.demo.population import Commune
from chiakhoa.foundation.sourced import both
from chiakhoa.ground.catalogue.actions import RoomRow, TrainerRow, VenueRow
from chiakhoa.ground.catalogue.models import Course

WHY = both("Địa điểm tổng hợp của tỉnh trình diễn", "A synthetic venue of the demonstration province")
SESSIONS = 400
TRAINERS = 120


def venues(communes: Sequence[Commune]) -> list[VenueRow]:
    """A hall and a site in each commune, a computer room in every second, expert labs at the universities, a room online."""
    rows = [_commune_venue(commune, has_lab=i % 2 == 0) for i, commune in enumerate(communes)]
    centre = communes[0]
    expert = RoomRow("Phòng chuyên sâu 1", "expert_lab", 30, 30, SESSIONS)
    rows.append(
        VenueRow("demo-ictu", "Trung tâm đào tạo ICTU", "ICTU training centre", centre.id,
                 (expert, RoomRow("Phòng máy A", "computer_lab", 45, 45, SESSIONS),
                  RoomRow("Giảng đường 1", "hall", 150, 0, SESSIONS),
                  RoomRow("Phòng học 1", "classroom", 50, 0, SESSIONS)), body_id="body-ictu", reason=WHY)
    )  # fmt: skip
    rows.append(
        VenueRow("demo-online", "Phòng học trực tuyến của tỉnh", "The province's online room", centre.id,
                 tuple(RoomRow(f"Phòng trực tuyến {i}", "online", 300, 0, SESSIONS) for i in range(1, 5)), reason=WHY)
    )  # fmt: skip
    return rows


def _commune_venue(commune: Commune, *, has_lab: bool) -> VenueRow:
    rooms = [
        RoomRow("Hội trường", "hall", 150, 0, SESSIONS // 2),
        RoomRow("Phòng học", "classroom", 45, 0, SESSIONS // 2),
        RoomRow("Tại vườn, xưởng", "site", 40, 0, SESSIONS // 2),
    ]
    if has_lab:
        rooms.append(RoomRow("Phòng máy", "computer_lab", 40, 40, SESSIONS // 2))
    return VenueRow(
        f"demo-{commune.code}",
        f"Nhà văn hóa {commune.full_name}",
        f"Culture house of {commune.name}",
        commune.id,
        tuple(rooms),
        reason=WHY,
    )


def trainers(person_ids: Sequence[int], providers: Sequence[str]) -> list[TrainerRow]:
    """Trainers among the given people: each with the skills of two courses, so that every course has some."""
    needed = [{skill.pk for skill in course.skills.all()} for course in Course.objects.prefetch_related("skills")]
    rows = []
    for i, person in enumerate(person_ids[:TRAINERS]):
        mine = needed[i % len(needed)] | needed[(i * 7 + 3) % len(needed)]
        rank = "abc"[0 if i % 6 == 0 else 1 if i % 3 else 2]
        rows.append(TrainerRow(person, providers[i % len(providers)], rank, 120, tuple(sorted(mine))))
    return rows
