"""100,000 people from one .xlsx into a register that holds half of them: ours beside django-import-export, in one run.

    python -m venv .venv-bench
    .venv-bench/bin/pip install -r requirements/runtime.txt
    .venv-bench/bin/pip install -r bench/import/requirements.txt  # apart: the first checks hashes
    .venv-bench/bin/python bench/import/compare.py [--rows 100000]

Each way runs in a process of its own on a copy of the same SQLite folder, twice by turns; the run that took less of the
processor counts. Measured is from
the file to the commit, peak memory included: ours as the worker does it (reading, matching, checking, writing, the rows needed
to undo it, the receipt), theirs as `create_dataset` and `import_data`, as it comes and in bulk mode with every look-up held in
memory. All must end with the same people and refuse the same lines. 12 columns; 1 row in 100 is wrong; of the others half is new,
two fifths changed, a tenth the same. Memberships are left out, since bulk mode has no hook that could write them.
"""

import argparse
import hashlib
import json
import os
import platform
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
WAYS = ("ours", "bulk mode", "as it comes")
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
HEADINGS = (
    "STT", "Mã", "Họ và tên", "Ngày sinh", "Giới tính", "Xã/phường", "Đối tượng", "SĐT", "Email", "Số CCCD", "Ghi chú", "Chữ ký",
)  # fmt: skip
FAMILIES, MIDDLES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Dương", "Bùi"), ("Văn", "Thị", "Minh", "Thu", "Đức")
GIVEN = (
    "An",
    "Bình",
    "Cúc",
    "Dũng",
    "Hà",
    "Hòa",
    "Hùng",
    "Lan",
    "Mai",
    "Nam",
    "Phương",
    "Quân",
    "Sơn",
    "Thảo",
    "Tuấn",
    "Yến",
)


def main() -> None:
    """Prepare, run each way in processes of their own, compare, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--runs", type=int, default=2)
    arguments.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    arguments.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.way:
        print(json.dumps(_measure(chosen.way, chosen.file)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder), chosen.rows, chosen.runs)


def _compare(folder: Path, rows: int, runs: int) -> None:
    base, file = folder / "base", folder / "people.xlsx"
    subprocess.run([sys.executable, __file__, "--rows", str(rows)], env=_environment(base, prepare=file), check=True)
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        end=", ",
    )
    print(
        ", ".join(
            f"{name} {version(name)}" for name in ("Django", "django-import-export", "openpyxl", "python-calamine")
        )
    )
    best: dict[str, dict[str, float | str]] = {}
    for _turn in range(runs):
        for way in WAYS:
            copy = shutil.copytree(base, folder / "copy")
            command = [sys.executable, __file__, "--way", way, "--file", str(file)]
            said = subprocess.run(command, env=_environment(copy), check=True, capture_output=True, text=True).stdout
            found = json.loads(said.splitlines()[-1])
            if way not in best or found["cpu"] < best[way]["cpu"]:
                best[way] = found
            shutil.rmtree(copy)
            print(f"{way}: {found['seconds']:.2f} s, {found['cpu']:.2f} s of processor", file=sys.stderr, flush=True)
    ours = best["ours"]
    for way, found in best.items():
        slower = {name: float(found[name]) / float(ours[name]) for name in ("seconds", "cpu")}
        print(
            f"{way:<12} {found['seconds']:7.2f} s ({slower['seconds']:5.1f} ×)  {found['cpu']:7.2f} s of processor "
            f"({slower['cpu']:5.1f} ×)  {found['megabytes']:4.0f} MB ({float(found['begun']):.0f} before)  "
            f"{found['people']} people, {found['refused']} rows refused"
        )
    assert len({(found["digest"], found["lines"]) for found in best.values()}) == 1, "the ways do not end alike"
    print("all end with the same people and refuse the same lines")


def _environment(data: Path, prepare: Path | None = None) -> dict[str, str]:
    more = {"PREPARE": str(prepare)} if prepare else {}
    return os.environ | {
        "CHIAKHOA_DATA": str(data), "DJANGO_SETTINGS_MODULE": "chiakhoa.site.settings", "PYTHONPATH": str(SOURCE), **more,
    }  # fmt: skip


def prepare(file: Path, rows: int) -> None:
    """A province of 92 communes with half of the people, and the list that brings the rest and the changes."""
    import ours
    import xlsxwriter
    from django.core.management import call_command

    from chiakhoa.foundation.readers import SYSTEM
    from chiakhoa.ground.registry import actions
    from chiakhoa.ground.territory import actions as territory_actions
    from chiakhoa.ground.territory import queries as territory
    from chiakhoa.ground.territory.models import Unit

    call_command("migrate", verbosity=0)
    territory_actions.load_units(SYSTEM, at=AT)
    territory_actions.settle(SYSTEM, Unit.objects.get(pk="VN-19@2025"), synthetic=True, at=AT)
    actions.load_audiences(SYSTEM, at=AT)
    units = list(territory.communes(SYSTEM, on=AT.date()))
    names = [str(unit) for unit in units]
    units = [unit for unit in units if names.count(str(unit)) == 1]  # a list cannot name the others without their code
    chance = random.Random(1)
    people = [_person(chance, number, units) for number in range(rows)]
    known = people[: rows // 2]
    actions.register_people(SYSTEM, [_registered(row, number, rows) for number, row in enumerate(known)], at=AT)
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for number, row in enumerate(people):
            cells = [row["key"], row["name"], f"{row['born']:%d/%m/%Y}", row["sex"], str(row["unit"]), "Công chức cấp xã",
                     row["phone"], row["email"], row["citizen"]]  # fmt: skip
            if number % 100 == 99:
                _spoil(cells, number // 100)
            sheet.write_row(number + 1, 0, [number + 1, *cells, "", ""])
    ours.send(file)


def _person(chance: random.Random, number: int, units: list) -> dict:  # type: ignore[type-arg]
    born = date(1960, 1, 1) + timedelta(days=chance.randrange(17_000))
    woman = chance.random() < 0.5
    name = f"{chance.choice(FAMILIES)} {chance.choice(MIDDLES)} {chance.choice(GIVEN)} {chance.choice(GIVEN)}"
    return {
        "key": f"k-{number}", "name": name, "born": born, "sex": "Nữ" if woman else "Nam", "unit": chance.choice(units),
        "phone": f"09{number:08d}", "email": f"k{number}@example.vn",
        "citizen": f"019{int(woman)}{born.year % 100:02d}{number:06d}",
    }  # fmt: skip


def _registered(row: dict, number: int, rows: int):  # type: ignore[no-untyped-def,type-arg]
    """The person as registered before: four in five have another telephone by now."""
    from chiakhoa.ground.registry.actions import PersonRow

    phone = row["phone"] if number % 5 == 0 else f"08{number:08d}"
    return PersonRow(
        row["key"], row["name"], row["unit"].pk, born_on=row["born"], sex="f" if row["sex"] == "Nữ" else "m",
        audience_code="commune_official", phone=phone, email=row["email"], citizen_number=row["citizen"],
    )  # fmt: skip


def _spoil(cells: list, kind: int) -> None:  # type: ignore[type-arg]
    """One of five faults that all ways must see."""
    place, wrong = ((2, "31/02/1990"), (3, "?"), (4, "Xã Không Có"), (6, "12"), (7, "không có"))[kind % 5]
    cells[place] = wrong


def _measure(way: str, file: Path) -> dict[str, float | str | int]:
    """One way in this process: seconds, peak memory, and a digest of how the register ended."""
    import django

    django.setup()
    from django.urls import reverse

    if way == "ours":
        import ours

        run = ours.ours(file)
    else:
        import rival

        run = {"bulk mode": rival.bulk, "as it comes": rival.plain}[way](file)
    reverse("registry:imports")  # a running server or worker has read the addresses
    begun_with = _megabytes()
    started, busy = time.perf_counter(), time.process_time()
    refused = run()
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    megabytes = _megabytes()
    people, digest = _ended()
    lines = hashlib.sha256(json.dumps(sorted(refused)).encode()).hexdigest()
    return {
        "seconds": seconds, "cpu": cpu, "megabytes": megabytes, "begun": begun_with, "people": people, "digest": digest,
        "refused": len(refused), "lines": lines,
    }  # fmt: skip


def _megabytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _ended() -> tuple[int, str]:
    from chiakhoa.ground.registry import citizen_number
    from chiakhoa.ground.registry.models import Person

    fields = ("external_key", "full_name", "search_key", "born_on", "sex", "unit", "audience", "phone", "email")
    rows = list(
        Person.objects.order_by("external_key").values_list(*fields, "citizen_number_index", "citizen_number_sealed")
    )
    opened = [citizen_number.masked(row[-1]) for row in rows[:200]]
    return len(rows), hashlib.sha256(repr(([row[:-1] for row in rows], opened)).encode()).hexdigest()


if __name__ == "__main__":
    if "PREPARE" in os.environ:
        import django

        django.setup()
        prepare(Path(os.environ["PREPARE"]), int(sys.argv[sys.argv.index("--rows") + 1]))
    else:
        main()
