"""A drawn screen: a grid of sixteen columns with blocks of words and places to point at, in the order in which it is read.

Authors give places in units: the screen is 320 wide, so a column is 20; a row is 24 high, and grows where words need more.
The page sets plain elements into the grid by class names, so that the drawing grows with large print and needs no script.
"""

COLUMNS = 16
COLUMN = 20
ROW = 24

# Lines in a square of 24 by 24, drawn for this bank.
ICONS = {
    "back": "M15 5l-7 7 7 7",
    "bell": "M6 17h12l-2-3v-4a4 4 0 0 0-8 0v4zM10 20h4",
    "bin": "M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v6M14 11v6",
    "camera": "M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
    "clip": "M8 12l6-6a3 3 0 0 1 4 4l-8 8a5 5 0 0 1-7-7l8-8",
    "cloud": "M7 18h10a4 4 0 0 0 0-8 6 6 0 0 0-11-1 4.5 4.5 0 0 0 1 9zM12 16v-5M10 13l2-2 2 2",
    "gear": "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.600l2.2 2.200M16.2 16.200l2.2 2.2"
    "M18.4 5.600l-2.2 2.200M7.8 16.200l-2.2 2.2",
    "lens": "M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5",
    "lock": "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3M12 14v3",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "more": "M12 5v.5M12 12v.5M12 19v.5",
    "people": "M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M3 20v-2a6 6 0 0 1 12 0v2M16 6a3 3 0 0 1 0 5M18 14a6 6 0 0 1 3 6",
    "pen": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "phone": "M6 4h4l2 5-3 2a10 10 0 0 0 4 4l2-3 5 2v4c-8 2-16-6-14-14",
    "picture": "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 4M15 9h.5",
    "pin": "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11M12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
    "plus": "M12 5v14M5 12h14",
    "reply": "M10 6l-6 6 6 6M4 12h9a7 7 0 0 1 7 6",
    "send": "M4 12l16-8-5 16-4-6zM11 14l9-10",
    "share": "M12 15V4M8 8l4-4 4 4M6 12v8h12v-8",
    "star": "M12 4l2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8z",
    "warning": "M12 4l9 16H3zM12 10v5M12 17.500v.5",
}  # fmt: skip


def place(at: tuple[int, int, int, int]) -> str:
    """The class names that put (x, y, width, height) into the grid."""
    x, y, width, height = at
    column, row = round(x / COLUMN), round(y / ROW)
    return f"x{column} y{row} w{max(1, round(width / COLUMN))} h{max(1, round(height / ROW))}"


def read_order(at: tuple[int, int, int, int]) -> tuple[int, int]:
    """From the top, and in a row from the left."""
    return round(at[1] / ROW), round(at[0] / COLUMN)
