"""Synthetic names: common family, middle and given names of the north, with the Tày and Nùng names of the region.

Nobody real is meant. Weights are rough; they only make lists look like lists of this province.
"""

import numpy as np

FAMILY = {
    "Nguyễn": 28, "Trần": 9, "Lê": 7, "Phạm": 6, "Hoàng": 8, "Vũ": 4, "Đặng": 4, "Bùi": 3, "Đỗ": 4, "Ngô": 3, "Dương": 5,
    "Lý": 3, "Nông": 5, "Ma": 4, "Triệu": 4, "Lường": 1, "Hà": 3, "Đinh": 2, "Lương": 2, "Chu": 2, "La": 1, "Bàn": 1, "Lục": 1,
}  # fmt: skip
MIDDLE = {
    "f": ["Thị", "Thị", "Thị Thu", "Thị Thanh", "Ngọc", "Thị Minh", "Thùy", "Thị Hồng"],
    "m": ["Văn", "Văn", "Đức", "Minh", "Quang", "Xuân", "Hữu", "Công"],
}
GIVEN = {
    "f": ["Hoa", "Lan", "Hương", "Hằng", "Thủy", "Nga", "Linh", "Trang", "Mai", "Hà", "Yến", "Ngân", "Loan", "Huyền",
          "Dung", "Phượng", "Thảo", "Nhung", "Hạnh", "Oanh", "Tuyết", "Liên", "Quyên", "Vân"],
    "m": ["Hùng", "Dũng", "Tuấn", "Nam", "Sơn", "Minh", "Hải", "Long", "Bình", "Thắng", "Quân", "Cường", "Đạt", "Khánh",
          "Hiếu", "Trung", "Kiên", "Phong", "Toàn", "Thành", "Huy", "Tùng", "Việt", "Giang"],
}  # fmt: skip


def names(sexes: list[str], rng: np.random.Generator) -> list[str]:
    """A full name for each sex ("f" or "m")."""
    weights = np.array(list(FAMILY.values()), dtype=float)
    family = rng.choice(list(FAMILY), size=len(sexes), p=weights / weights.sum())
    picks = rng.random((len(sexes), 2))
    return [
        f"{last} {_pick(MIDDLE[sex], middle)} {_pick(GIVEN[sex], given)}"
        for sex, last, (middle, given) in zip(sexes, family, picks, strict=True)
    ]


def _pick(words: list[str], chance: float) -> str:
    return words[int(chance * len(words))]
