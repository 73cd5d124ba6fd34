"""`chiakhoa irt dif`: items of one domain that favour a group, from a file that says which group each row is of. No database.

For what is kept nowhere else: people who volunteer say in a trial of questions what they are, and the file names nobody.
"""

from pathlib import Path
from typing import Any

import click
import numpy as np

from chiakhoa.engines.irt.files import read_grouped, write_table
from chiakhoa.engines.irt.group_dif import GroupDif, group_dif
from chiakhoa.engines.irt.models import Floats
from chiakhoa.engines.terminal import say, stop

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
COLUMNS = ["item", "group", "against", "shift", "se", "class"]


@click.command("dif")
@click.argument("responses", type=FILE)
@click.option("--group", "column", required=True, help="The column that says the group of each row.")
@click.option("--least", type=click.IntRange(30), default=100, show_default=True,
              help="Rows of the smallest group that is compared; smaller ones are left out.")  # fmt: skip
@click.option("--out", type=OUT, required=True, help="Written: item,group,against,shift,se,class.")
@click.option("--json", "as_json", is_flag=True)
def dif_(responses: Path, column: str, least: int, out: Path, as_json: bool) -> None:
    """Compare groups at equal ability: RESPONSES as for calibrate, one domain, with one more column for the group.

    The largest group is the one that the others are held against. Rows without a group are left out.
    """
    try:
        names, answers, said = read_grouped(responses, column)
        counts = {one: said.count(one) for one in sorted(set(said) - {""})}
        kept = sorted((one for one in counts if counts[one] >= least), key=lambda one: (-counts[one], one))
        if len(kept) < 2:
            raise ValueError(f"{responses}, column {column}: need two groups of {least} rows or more, got {counts}")
        rows = np.array([one in kept for one in said])
        number = np.array([kept.index(one) for one in said if one in kept], dtype=np.intp)
        found = group_dif(answers[rows], number)
        write_table(out, COLUMNS, _lines(names, kept, found))
    except (ValueError, OSError) as fault:
        stop(str(fault))
    say(_told(answers[rows], kept, counts, found), as_json)


def _lines(names: list[str], groups: list[str], found: GroupDif) -> list[list[str]]:
    return [
        [name, group, groups[0], f"{found.shift[i, g]:.3f}", f"{found.se[i, g]:.3f}", str(found.letter[i, g])]
        for i, name in enumerate(names)
        for g, group in enumerate(groups[1:])
        if np.isfinite(found.shift[i, g])
    ]


def _told(answers: Floats, groups: list[str], counts: dict[str, int], found: GroupDif) -> dict[str, Any]:
    return {
        "persons": len(answers),
        "items": answers.shape[1],
        "compared": groups,
        "left_out": sorted(set(counts) - set(groups)),
        "named": int((found.letter != "A").any(axis=1).sum()),
    }
