"""Looking through the installation without changing anything: settings, tables, the trail, the disk, the last backup."""

from collections.abc import Callable
from dataclasses import dataclass

import requests
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import translation

from chiakhoa.foundation import beats, chain, clock, outgoing
from chiakhoa.foundation.models import AuditEntry, Job, JobState
from chiakhoa.ground.registry.models import PeopleIndex, Touched
from chiakhoa.ground.registry.searching import snapshot
from chiakhoa.site import health, upgrading

FULL = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what, whether it is well, what it says."""

    what: str
    good: bool
    says: str


def check() -> list[Finding]:
    """Everything that can be looked at without changing anything."""
    try:
        steps, beyond = upgrading.waiting(), upgrading.unknown()
    except DatabaseError as fault:
        return [_damaged("integrity", fault)]
    findings = [
        Finding("data folder", True, str(settings.DATA)),
        Finding("database", True, f"{connection.vendor} {settings.DATABASES['default']['NAME']}"),
        Finding("migrations", not steps and not beyond, _migrations(steps, beyond)),
        Finding(
            "secret", _secret_is_private(), "readable by its owner alone" if _secret_is_private() else "chmod 600 it"
        ),
        Finding(
            "keys",
            not settings.ROTATION_PENDING,
            "a rotation was cut off: run rotate-keys again"
            if settings.ROTATION_PENDING
            else f"{len(settings.SEALING_KEYS)} in use",
        ),
    ]
    if steps or beyond:
        return findings
    looks = {"integrity": _integrity, "jobs": _jobs, "trail": _trail, "index of people": _people_index,
             "power loss": _durability}  # fmt: skip
    return [*findings, *(_seen(name, look) for name, look in looks.items()), *_identity_provider(), *_signs()]


def _seen(name: str, look: Callable[[], Finding]) -> Finding:
    """What a look finds. Where the database is damaged just there, that is what it finds."""
    try:
        return look()
    except DatabaseError as fault:
        return _damaged(name, fault)


def _damaged(name: str, fault: DatabaseError) -> Finding:
    return Finding(name, False, f"cannot be read ({fault}): restore a backup")


def _jobs() -> Finding:
    failed = Job.objects.filter(state=JobState.FAILED).count()
    return Finding("jobs", failed == 0, f"{failed} failed" if failed else "none failed")


def _migrations(steps: list[str], beyond: list[str]) -> str:
    if beyond:
        return f"a newer version wrote to it ({beyond[0]}): start that version"
    return f"{len(steps)} changes wait: run chiakhoa upgrade" if steps else "up to date"


def _durability() -> Finding:
    """Whether what was answered is on the disk, so that a power cut cannot take it back."""
    asked = ["fsync", "synchronous_commit", "full_page_writes"]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            off = [] if cursor.fetchone()[0] >= FULL else ["synchronous"]
        else:
            cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'", [asked])
            off = [name for (name,) in cursor.fetchall()]
    says = f"a power cut may lose what was saved: turn on {', '.join(off)}" if off else "what is saved is on the disk"
    return Finding("power loss", not off, says)


def _signs() -> list[Finding]:
    """The disk and the backup as the page of signs sees them; that none was made yet is said, and is no fault of a new folder."""
    try:
        with translation.override("en"):
            seen = {sign.name: sign for sign in health.signs(clock.now())}
    except DatabaseError as fault:
        return [_damaged("signs", fault)]
    backup, disk = seen["backup"], seen["disk"]
    fresh = backup.good or beats.last(beats.BACKUP) is None
    return [Finding("disk", disk.good, seen["disk has room"].says), Finding("backup", fresh, backup.says)]


def _identity_provider() -> list[Finding]:
    """Whether the provider of identities can be asked, where one is set."""
    if not settings.OIDC_ISSUER:
        return []
    try:
        with outgoing.session() as session:
            session.get(f"{settings.OIDC_ISSUER}/.well-known/openid-configuration").raise_for_status()
    except requests.RequestException as fault:
        return [Finding("identity provider", False, outgoing.why(fault))]
    return [Finding("identity provider", True, "answers")]


def _trail() -> Finding:
    with translation.override("en"):
        broken = chain.first_break()
        says = f"the chain breaks at {broken}" if broken else f"{AuditEntry.objects.count()} rows, chain whole"
    return Finding("trail", broken is None, says)


def _people_index() -> Finding:
    index, wrong = PeopleIndex.objects.first(), snapshot.faults()
    if index is None:
        return Finding("index of people", True, "none yet: names are searched without one")
    says = f"{index.people} people, {Touched.objects.count()} changes since, all of it so"
    return Finding("index of people", not wrong, "; ".join(wrong[:3]) or says)


def _integrity() -> Finding:
    if connection.vendor != "sqlite":
        return Finding("integrity", True, "ok")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        said = str(cursor.fetchone()[0])
    return Finding("integrity", said == "ok", said)


def _secret_is_private() -> bool:
    return int(settings.SECRET_FILE.stat().st_mode) & 0o077 == 0
