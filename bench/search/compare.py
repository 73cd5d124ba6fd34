"""1,000,000 people searched by name: ours beside SQLite's FTS5 and PostgreSQL's pg_trgm, on the same names, in one run.

    PYTHONPATH=src .venv/bin/python bench/search/compare.py [--people 1000000] [--rounds 2]

200 queries of four kinds (full name; two words in any order; beginnings; one slip); each answers the exact total and the first
20 in the order of names. See README.md for what each way does. Exits with 1 where totals that must be equal are not.
"""

import argparse
import json
import os
import platform
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[2] / "src"
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
KINDS = ("full name", "two words", "beginnings", "one slip")
EACH = 50
WAYS = ("ours, SQLite", "ours, PostgreSQL", "FTS5", "FTS5 in order", "pg_trgm")
FAMILIES = {
    "Nguyễn": 38, "Trần": 11, "Lê": 9, "Phạm": 7, "Hoàng": 5, "Phan": 4, "Vũ": 4, "Võ": 3, "Đặng": 2, "Bùi": 2, "Đỗ": 1.5,
    "Hồ": 1.3, "Ngô": 1.3, "Dương": 1, "Lý": 0.5, "Nông": 0.5, "Ma": 0.4, "Triệu": 0.4, "Đinh": 0.6, "Lương": 0.6, "Chu": 0.3,
}  # fmt: skip
MIDDLES = (
    ["Thị"] * 8
    + ["Văn"] * 8
    + [
        "Thị Thu",
        "Thị Thanh",
        "Ngọc",
        "Minh",
        "Thùy",
        "Thị Hồng",
        "Đức",
        "Quang",
        "Xuân",
        "Hữu",
        "Công",
        "Đình",
        "Thị Kim",
    ]
)
ONSETS = "b c ch d đ g gi h k kh l m n ng nh ph qu s t th tr v x".split()  # noqa: SIM905 - shorter to read
RIMES = (
    "a ai an ang anh ao au ăn âm ân e en ê inh iên iêu o oa oan ong ô ông ơn u ung uy uyên ươm ương ưu y yên".split()  # noqa: SIM905
)


def names(count: int) -> list[str]:
    """Names like Vietnamese ones: few families, a long tail of given names; some 700 words in all without diacritics."""
    chance = random.Random(7)
    given = [f"{a}{b}".title() for a in ONSETS for b in RIMES]
    chance.shuffle(given)
    weights = [1 / (rank + 3) for rank in range(len(given))]
    families = chance.choices(list(FAMILIES), list(FAMILIES.values()), k=count)
    middles, lasts = chance.choices(MIDDLES, k=count), chance.choices(given, weights, k=count)
    between = [f" {one}" if chance.random() < 0.3 else "" for one in chance.choices(given, weights, k=count)]
    return [f"{a} {b}{c} {d}" for a, b, c, d in zip(families, middles, between, lasts, strict=True)]


def queries(of: list[str]) -> list[tuple[str, str]]:
    """Kind and text, the same for every way."""
    from chiakhoa.foundation.text import fold

    chance = random.Random(8)
    made = []
    for kind in KINDS:
        for _ in range(EACH):
            name = chance.choice(of)
            words = name.split()
            if kind == "two words":
                first, second = sorted(chance.sample(range(len(words)), 2))
                name = f"{words[second]} {words[first]}"
            elif kind == "beginnings":
                name = f"{words[0]} {fold(words[-1])[:2]}"
            elif kind == "one slip":
                name = _slipped(fold(name), chance)
            made.append((kind, name))
    return made


def _slipped(name: str, chance: random.Random) -> str:
    words = name.split()
    place = chance.choice([i for i, word in enumerate(words) if len(word) >= 3] or [0])
    word, at = words[place], chance.randrange(max(1, len(words[place]) - 1))
    ways = [word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + word[at + 1 :],
            word[:at] + chance.choice("qwjfz") + word[at + 1 :], word[:at] + chance.choice("qwjfz") + word[at:]]  # fmt: skip
    words[place] = chance.choice(ways)
    return " ".join(words)


# Each way: prepare once, answer a text by (total, ids of the first 20).

Answer = Callable[[str], tuple[int, list[int]]]


def ours(people: list[str], ready: bool) -> Answer:
    """The project's own list of people as a coordinator of the province sees it, through Django."""
    import django

    django.setup()
    from django.db import connection, transaction

    from chiakhoa.foundation import bulk
    from chiakhoa.foundation.readers import SYSTEM, Reader, Role
    from chiakhoa.foundation.text import fold
    from chiakhoa.ground.registry import actions
    from chiakhoa.ground.registry import queries as registry
    from chiakhoa.ground.registry.models import Person
    from chiakhoa.ground.registry.searching import snapshot

    if not ready:
        import uuid

        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        communes = _province()
        columns = ["reference", "full_name", "search_key", "unit", "registered_at", "sex", "phone", "email"]
        rows = [(uuid.UUID(int=i), name, fold(name), communes[i % len(communes)], AT, "", "", "")
                for i, name in enumerate(people)]  # fmt: skip
        with transaction.atomic():
            if connection.vendor == "sqlite":
                bulk.insert_values(Person, columns, rows)
            else:
                _copy(connection, columns, rows)
        began = time.perf_counter()
        actions.store_index(SYSTEM, snapshot.take(), at=AT)
        _say(f"  the index took {time.perf_counter() - began:.1f} s to make")
        if connection.vendor != "sqlite":
            connection.cursor().execute("VACUUM ANALYZE")
    reader = Reader(account_id=1, role=Role.COORDINATOR, unit_id="VN-19@2025")

    def answer(text: str) -> tuple[int, list[int]]:
        rows = registry.people(reader).found(registry.find_people(reader, text))
        return rows.count(), [person.pk for person in rows[:20]]

    return answer


def _copy(connection: Any, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    columns = ["unit_id" if name == "unit" else name for name in columns]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY registry_person ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _province() -> list[str]:
    from chiakhoa.ground.territory.models import Home, Unit, UnitAncestry

    def unit(code: str, level: int, parent: Any = None) -> Any:
        made = Unit.objects.create(
            id=f"VN-{code}@2025", code=code, edition="2025", name=code, kind="commune", kind_vi="Xã", level=level,
            parent=parent, search_key=code,
        )  # fmt: skip
        for above in (made, parent):
            if above:
                UnitAncestry.objects.create(unit=made, ancestor=above)
        return made

    place = unit("19", 1)
    Home.objects.create(unit=place, synthetic=True)
    return [unit(f"{5000 + i:05}", 3, place).pk for i in range(92)]


def fts5(people: list[str], ready: bool, *, in_order: bool, file: Path) -> Answer:
    """Full-text search of SQLite over the folded names, with prefix indexes, every word as a beginning.

    In order: rows were put in by name once, so that the row's number is its place; nothing could be added later.
    """
    from chiakhoa.foundation.text import fold

    base = sqlite3.connect(file)
    if not ready:
        rows = [(i, name, fold(name)) for i, name in enumerate(people, 1)]
        if in_order:
            rows = [
                (i, name, key) for i, (_old, name, key) in enumerate(sorted(rows, key=lambda row: (row[2], row[0])), 1)
            ]
        base.executescript("""CREATE TABLE person (id INTEGER PRIMARY KEY, full_name TEXT, search_key TEXT);
            CREATE VIRTUAL TABLE word USING fts5(search_key, content='person', content_rowid='id', prefix='1 2 3');""")
        base.executemany("INSERT INTO person VALUES (?, ?, ?)", rows)
        base.execute("CREATE INDEX by_name ON person (search_key, id)")
        base.execute("INSERT INTO word (word) VALUES ('rebuild')")
        base.execute("INSERT INTO word (word) VALUES ('optimize')")
        base.execute("ANALYZE")
        base.commit()
    order = "word.rowid" if in_order else "person.search_key, person.id"

    def answer(text: str) -> tuple[int, list[int]]:
        asked = " AND ".join(f'"{word}"*' for word in fold(text).split())
        total = base.execute("SELECT count(*) FROM word WHERE word MATCH ?", [asked]).fetchone()[0]
        part = base.execute(
            "SELECT person.id, full_name FROM word JOIN person ON person.id = word.rowid"
            f" WHERE word MATCH ? ORDER BY {order} LIMIT 20", [asked]
        )  # fmt: skip
        return total, [row[0] for row in part]

    return answer


def trigrams(people: list[str], ready: bool) -> Answer:
    """pg_trgm with a GIN index over the folded names; where nobody agrees, by likeness of words (its own limit, 0.6)."""
    import psycopg

    from chiakhoa.foundation.text import fold

    base = psycopg.connect(os.environ["CHIAKHOA_DATABASE"], autocommit=True)
    if not ready:
        base.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        base.execute('CREATE TABLE rival (id bigint PRIMARY KEY, full_name text, search_key text COLLATE "C")')
        with base.cursor() as cursor, cursor.copy("COPY rival FROM STDIN") as copy:
            for i, name in enumerate(people, 1):
                copy.write_row((i, name, fold(name)))
        base.execute("CREATE INDEX rival_words ON rival USING gin ((' ' || search_key) gin_trgm_ops)")
        base.execute("CREATE INDEX rival_by_name ON rival (search_key, id)")
        base.execute("VACUUM ANALYZE rival")

    def ask(where: str, values: list[str]) -> tuple[int, list[int]]:
        total = base.execute(f"SELECT count(*) FROM rival WHERE {where}", values).fetchone()[0]
        if not total:
            return 0, []
        part = base.execute(f"SELECT id, full_name FROM rival WHERE {where} ORDER BY search_key, id LIMIT 20", values)
        return total, [row[0] for row in part]

    def answer(text: str) -> tuple[int, list[int]]:
        words = fold(text).split()
        found = ask(" AND ".join(["(' ' || search_key) LIKE %s"] * len(words)), [f"% {word}%" for word in words])
        return found if found[0] else ask("(' ' || search_key) %%> %s", [" ".join(words)])

    return answer


def run_way(way: str, count: int, folder: Path, ready: bool) -> None:
    """In a process of its own: answer all queries, after a few to warm up; times and answers as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "chiakhoa.site.settings"
    people = names(count)
    if way.startswith("ours"):
        answer = ours(people, ready)
    elif way == "pg_trgm":
        answer = trigrams(people, ready)
    else:
        answer = fts5(people, ready, in_order=way.endswith("order"), file=folder / f"{way.replace(' ', '-')}.sqlite3")
    asked = queries(people)
    for _kind, text in asked[:: len(asked) // 20]:
        answer(text)
    servers = server_of_postgres(way)
    found = []
    for _kind, text in asked:
        began, used = time.perf_counter(), processor(servers)
        total, part = answer(text)
        took = {"wall": time.perf_counter() - began, "processor": processor(servers) - used}
        found.append({**{clock: 1000 * value for clock, value in took.items()}, "total": total, "part": part})
    (folder / "found.json").write_text(json.dumps(found))


def server_of_postgres(way: str) -> list[str]:
    """Where Linux tells what the server's process for this connection has used of a processor."""
    if way not in ("ours, PostgreSQL", "pg_trgm"):
        return []
    import psycopg

    with psycopg.connect(os.environ["CHIAKHOA_DATABASE"]) as base:
        rows = base.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
    return [f"/proc/{pid}/schedstat" for (pid,) in rows]


def processor(servers: list[str]) -> float:
    """Seconds that this process and the server's have used of a processor."""
    return time.process_time() + sum(int(Path(server).read_text().split()[0]) / 1e9 for server in servers)


def start_postgres(folder: Path) -> tuple[list[str], str, Callable[[], object]]:
    """A server of our own as `./test` starts one. Returns its version, its address, and what stops it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))[-1]
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    place = folder / "postgres"
    place.mkdir(mode=0o700)
    if as_postgres:
        folder.chmod(0o711)
        shutil.chown(place, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*words: str) -> None:
        subprocess.run([*as_postgres, *words], check=True, stdout=subprocess.DEVNULL, cwd="/")

    run(str(programs / "initdb"), "-D", f"{place}/data", "-A", "trust", "-U", "chiakhoa", "-E", "UTF8", "--locale=C")
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c fsync=off"
        " -c shared_buffers=1GB -c work_mem=64MB -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0"
    )
    control = (str(programs / "pg_ctl"), "-D", f"{place}/data", "-w", "-s")
    run(*control, "-l", f"{place}/log", "-o", options, "start")
    said = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True)
    return (
        [said.stdout.strip()],
        f"postgresql://chiakhoa@127.0.0.1:{port}/postgres",
        lambda: run(*control, "-m", "immediate", "stop"),
    )


def main() -> None:
    """Prepare, run each way in processes of its own by turns, compare, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--way", choices=WAYS)
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--ready", action="store_true")
    given = arguments.parse_args()
    sys.path.insert(0, str(SOURCE))
    if given.way:
        run_way(given.way, given.people, given.folder, given.ready)
        return
    folder = Path(tempfile.mkdtemp(prefix="bench-search-"))
    about, address, stop = start_postgres(folder)
    try:
        results = {way: [] for way in WAYS}
        for number in range(given.rounds):
            for way in WAYS:
                results[way].append(_round(way, given.people, folder, address, ready=number > 0))
        asked = queries(names(given.people))
    finally:
        stop()
        shutil.rmtree(folder, ignore_errors=True)
    _say(f"\n{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[1]:.1f} in the last five minutes; "
         f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {about[0]}")  # fmt: skip
    sys.exit(0 if report(asked, results, given.people) else 1)


def _round(way: str, people: int, folder: Path, address: str, *, ready: bool) -> list[dict[str, Any]]:
    _say(f"{way}{' again' if ready else ''} …")
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "CHIAKHOA_DATA": str(folder)}
    if way in ("ours, PostgreSQL", "pg_trgm"):
        environment["CHIAKHOA_DATABASE"] = address
    words = [sys.executable, __file__, "--way", way, "--people", str(people), "--folder", str(folder)]
    subprocess.run([*words, *(["--ready"] if ready else [])], check=True, env=environment)
    return json.loads((folder / "found.json").read_text())


def report(asked: list[tuple[str, str]], results: dict[str, list[list[dict[str, Any]]]], people: int) -> bool:
    """Print percentiles as milliseconds and as multiples of ours on SQLite. Returns whether the answers agree."""
    answers = {way: rounds[0] for way, rounds in results.items()}
    for clock in ("processor", "wall"):
        best = {
            way: [min(one[i][clock] for one in rounds) for i in range(len(asked))] for way, rounds in results.items()
        }
        _say(f"\n{people:,} people, best of {len(results[WAYS[0]])} rounds: {clock}'s ms (times ours on SQLite)")
        for kind in (*KINDS, "all"):
            mine = [i for i, (said, _text) in enumerate(asked) if kind in (said, "all")]
            _say(f"{kind} ({len(mine)} queries)")
            base = [best[WAYS[0]][i] for i in mine]
            for way in WAYS:
                times = [best[way][i] for i in mine]
                said = "".join(
                    f"  p{at} {_at(times, at):8.2f} ({_at(times, at) / _at(base, at):6.1f})" for at in (50, 95)
                )
                _say(f"  {way:18}{said}   somebody found {sum(answers[way][i]['total'] > 0 for i in mine):3}")
    return _agree(asked, answers)


def _agree(asked: list[tuple[str, str]], answers: dict[str, list[dict[str, Any]]]) -> bool:
    """Totals and first 20 must be equal where all ask the same: everywhere but where only near names are found."""
    wrong = 0
    for i, (kind, text) in enumerate(asked):
        mine = answers["ours, SQLite"][i]
        same = [answers["ours, PostgreSQL"][i]]
        if answers["FTS5"][i]["total"] or kind != "one slip":
            same += [answers["FTS5"][i], answers["pg_trgm"][i]]
            wrong += answers["FTS5 in order"][i]["total"] != mine["total"]
        for other in same:
            if (other["total"], other["part"]) != (mine["total"], mine["part"]):
                wrong += 1
                _say(f"differs: {kind} “{text}”: {mine['total']} and {other['total']}")
    _say(f"\nTotals and first 20: {'all equal' if not wrong else f'{wrong} differ'} where the question is the same.")
    return not wrong


def _at(times: list[float], share: int) -> float:
    return sorted(times)[min(len(times) - 1, len(times) * share // 100)]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
