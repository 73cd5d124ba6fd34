"""`chiakhoa items`: the bank to and from other tools. The same reading, judging and writing as the pages."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import Refusal

FORMS = ("moodle", "gift", "qti2", "qti3")
STATES = ("draft", "review", "pilot", "live", "retired")
data_option = click.option("--data", type=click.Path(file_okay=False), help="Folder of the database, files and secret.")


@click.group("items")
def items_() -> None:
    """Questions of the bank to and from Moodle XML, GIFT, QTI 2.2 and QTI 3."""


@items_.command("export")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--form", type=click.Choice(FORMS), required=True)
@click.option("--competence", help="Only of this competence, or of a domain: 1.2, or 1.")
@click.option("--state", type=click.Choice(STATES), default="live", show_default=True)
@data_option
def export_(out: Path, form: str, competence: str | None, state: str, data: str | None) -> None:
    """Write the items of a state to OUT, keys and all."""
    from chiakhoa.measure.assessment.actions import hand_out_items
    from chiakhoa.measure.assessment.models import Item

    rows = Item.objects.filter(state=state)
    if competence:
        domain = "." not in competence
        rows = rows.filter(**{"competence__domain__code" if domain else "competence__code": competence})
    codes = list(rows.values_list("code", flat=True))
    if not codes:
        click.echo("No such items.", err=True)
        sys.exit(2)
    written = hand_out_items(SYSTEM, codes, form, at=clock.now())
    out.write_bytes(written.content)
    click.echo(f"{len(codes) - len(written.left_out)} items in {out}")
    for code, reason in written.left_out:
        click.echo(f"left out: {code}: {reason}", err=True)


@items_.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True,
              help="Of texts that do not say theirs.")  # fmt: skip
@click.option("--competence", default="", help="For questions that name none.")
@click.option("--grade", type=click.IntRange(1, 8), help="For questions that name none.")
@click.option("--dry-run", is_flag=True, help="Only say what each question would become.")
@click.option("--json", "as_json", is_flag=True)
@data_option
def import_(
    file: Path, language: str, competence: str, grade: int | None, dry_run: bool, as_json: bool, data: str | None
) -> None:
    """Take the questions of FILE in as drafts. What cannot be read is listed with its reason; then the exit code is 1."""
    from chiakhoa.ground.frameworks import queries as frameworks
    from chiakhoa.measure.assessment import interchange, offers
    from chiakhoa.measure.assessment.actions import take_in_items

    known = [one.code for one in frameworks.scale().competences]
    try:
        entries = interchange.read(
            file.read_bytes(), language=language, competence=competence, grade=grade or 0, known=known
        )
        found = offers.offers(SYSTEM, entries)
        wanted = [offer.row for offer in found if offer.takes]
        made = take_in_items(SYSTEM, wanted, at=clock.now()) if wanted and not dry_run else []
    except Refusal as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(2)
    _tell(found, [item.code for item in made], as_json)
    sys.exit(1 if any(offer.becomes == offers.Becomes.NOTHING for offer in found) else 0)


def _tell(found: list[Any], made: list[str], as_json: bool) -> None:
    if as_json:
        rows = [
            {"number": one.number, "name": one.name, "becomes": str(one.becomes), "of": one.of, "reason": one.reason}
            for one in found
        ]
        click.echo(json.dumps({"questions": rows, "made": made}, ensure_ascii=False))
        return
    for one in found:
        about = ": ".join(filter(None, [f"{one.number}. {one.name}", str(one.becomes), one.of, one.reason]))
        click.echo(about)
    if made:
        click.echo(f"{len(made)} drafts: {', '.join(made)}")
