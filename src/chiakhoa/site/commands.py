"""The site's commands. Each is a thin frame around an action or a query; `start` is what `./run` calls without a command."""

import json
import sys
import time
from datetime import date
from pathlib import Path

import click
from django.conf import settings

from chiakhoa.foundation import beats, clock, jobs
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.site import backups, messages, rotation, serving, storage, upgrading
from chiakhoa.site.item_commands import items_ as items_

data_option = click.option("--data", type=click.Path(file_okay=False), help="Folder of the database, files and secret.")


@click.command("start")
@click.option("--empty", is_flag=True, help="Begin with a province of one's own instead of the demonstration.")
@click.option("--port", default=8000, show_default=True)
@data_option
def start_(empty: bool, port: int, data: str | None) -> None:
    """Prepare, load the demonstration province once (unless --empty), and serve."""
    from chiakhoa.demo import province
    from chiakhoa.ground.territory import queries as territory

    with serving.sole_use():
        serving.prepare()
        if territory.home() is None and not empty:
            province.make(report=_tell)
        click.echo(f"\n  Chìa Khóa: http://127.0.0.1:{port}\n  Ctrl-C ends it.\n")
        sys.exit(serving.run(port))


@click.command("serve")
@click.option("--port", default=8000, show_default=True)
@data_option
def serve_(port: int, data: str | None) -> None:
    """Serve what the data folder holds, with one worker."""
    with serving.sole_use():
        serving.prepare()
        click.echo(f"\n  Chìa Khóa: http://127.0.0.1:{port}\n")
        sys.exit(serving.run(port))


@click.command("worker")
@click.option("--once", is_flag=True, help="Run what waits, then end.")
@data_option
def worker_(once: bool, data: str | None) -> None:
    """Run background jobs."""
    upgrading.refuse_unready()
    try:
        count = jobs.work(once=once)
    except KeyboardInterrupt:
        return
    if once:
        click.echo(f"{count} jobs run")


@click.command("demo")
@click.option("--people", default=24_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@data_option
def demo_(people: int, seed: int, data: str | None) -> None:
    """Load the synthetic province into an empty data folder."""
    from chiakhoa.demo import province
    from chiakhoa.ground.territory import queries as territory

    with serving.sole_use():
        serving.prepare()
        if territory.home() is not None:
            raise click.ClickException("This data folder already serves a province. Choose another with --data.")
        started = time.monotonic()
        province.make(people=people, seed=seed, report=_tell)
        click.echo(f"{people} people in {time.monotonic() - started:.0f} s")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", default="people", show_default=True, help="What the list holds.")
@click.option("--sender", default="", help="Whose list it is: it is read by their last recipe.")
@click.option("--json", "as_json", is_flag=True)
@data_option
def import_(file: Path, kind: str, sender: str, as_json: bool, data: str | None) -> None:
    """Take over a list as people send it (.xlsx, .xls, .ods, .csv). All rows or none: refused rows are named."""
    from chiakhoa.ground.registry.importing import files

    serving.prepare()
    try:
        counts, refused = files.take_over(file, kind, sender, at=clock.now())
    except Refusal as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(2)
    for said in refused:
        click.echo(said, err=True)
    if refused:
        sys.exit(2)
    click.echo(json.dumps(counts) if as_json else ", ".join(f"{number} {state}" for state, number in counts.items()))


@click.command("report")
@click.option("--document", default="doc-kh-80", show_default=True)
@click.option("--from", "period_from", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--to", "period_to", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@data_option
def report_(document: str, period_from: date, period_to: date, out: Path, data: str | None) -> None:
    """Write the official Word report on a document."""
    from chiakhoa.ground.mandates.models import Document
    from chiakhoa.outcome.reporting import actions, word

    row = Document.objects.filter(pk=document).first()
    if row is None:
        raise click.UsageError(f"there is no document {document}")
    report = actions.draft(SYSTEM, row, period_from.date(), period_to.date(), at=clock.now())  # type: ignore[attr-defined]
    out.write_bytes(word.render(report))
    click.echo(f"{out}: {report.figures.count()} figures")


@click.command("verify")
@click.argument("token")
@click.option("--json", "as_json", is_flag=True)
@data_option
def verify_(token: str, as_json: bool, data: str | None) -> None:
    """Check a certificate by the text of its QR code or its number. Exit 1 where it does not hold."""
    from chiakhoa.train.credentials import verification

    verdict = verification.verify(token, on=clock.today())
    click.echo(json.dumps(verdict.as_dict(), ensure_ascii=False) if as_json else str(verdict))
    sys.exit(0 if verdict.holds else 1)


@click.command("check")
@click.option("--json", "as_json", is_flag=True)
@data_option
def check_(as_json: bool, data: str | None) -> None:
    """Check the installation: settings, tables, the database's integrity, waiting jobs. Exit 1 where something is wrong."""
    given = settings.CONFIGURATION.found.values()
    findings = [storage.Finding(f"setting {one.name.lower()}", True, str(one)) for one in given] + storage.check()
    if as_json:
        click.echo(json.dumps([finding.__dict__ for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.good else 'BAD '} {finding.what}: {finding.says}")
    sys.exit(0 if all(finding.good for finding in findings) else 1)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
def backup_(file: Path, data: str | None) -> None:
    """Write the database and the secret into one file, and prove it by restoring it once and counting."""
    held = backups.backup(file)
    beats.beat(beats.BACKUP)
    click.echo(f"{file}: {held}, {file.stat().st_size // 1024} kB, restored once and found the same")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def restore_(file: Path, data: str | None) -> None:
    """Put a backup into an empty data folder."""
    with serving.sole_use():
        click.echo(f"restored {backups.restore(file)} into {settings.DATA}")


@click.command("upgrade")
@data_option
def upgrade_(data: str | None) -> None:
    """Bring the database to this version: a backup first, then the changes; where they fail all is put back."""
    with serving.sole_use():
        serving.prepare()
        click.echo("the database is of this version")


@click.command("rotate-keys")
@data_option
def rotate_keys_(data: str | None) -> None:
    """Seal citizen numbers, signing keys and second steps under a new key; the old one opens nothing afterwards."""
    with serving.sole_use():
        click.echo(", ".join(f"{count} {what}" for what, count in rotation.rotate().items()))


@click.command("retain")
@click.option("--dry-run", is_flag=True, help="Count what is due, change nothing.")
@data_option
def retain_(dry_run: bool, data: str | None) -> None:
    """Remove what was kept long enough: old slips and requests, people of whom nothing was heard for years."""
    from chiakhoa.ground.access import actions

    serving.prepare()
    due = actions.retain(SYSTEM, dry_run=dry_run, at=clock.now())
    click.echo("\n".join(f"{count:>7}  {what}" for what, count in due.items()))


@click.command("messages")
def messages_() -> None:
    """Bring the message catalogues in step with code and templates (for developers)."""
    lacking = messages.update()
    click.echo(f"{lacking} messages lack a Vietnamese text")
    sys.exit(1 if lacking else 0)


def _tell(text: str) -> None:
    click.echo(text, err=True)
