"""The database itself refuses a unit that passes on in parts which do not make a whole, once the transaction ends.

Parts come one by one, so the question can only be asked at the end: on PostgreSQL by a deferred constraint trigger. SQLite has
none, but it has deferred foreign keys: triggers keep for each unit and day whether its parts make a whole, as a key into a table
that holds the answer yes alone. Shares are kept to six places, and a thousandth too much or too little is let pass, as everywhere here.
SQLite loses triggers when a table is rebuilt: a later migration that alters this table must make them again.
"""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WHOLE = """SELECT CASE WHEN COUNT(new_id) = 0 OR ABS(SUM(share) - 1) <= 0.001 THEN 1 ELSE 0 END
    FROM {table} WHERE old_id = {row}.old_id AND date = {row}.date"""


def sqlite(table: str, key: str) -> list[str]:
    """The tables and triggers for a table of successions, whose things have keys of this type."""
    keep = f"""INSERT INTO {table}_whole (old_id, date, whole) VALUES ({{row}}.old_id, {{row}}.date, ({WHOLE}))
    ON CONFLICT (old_id, date) DO UPDATE SET whole = excluded.whole;"""
    acts = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}
    return [
        f"CREATE TABLE {table}_yes (id integer PRIMARY KEY CHECK (id = 1))",
        f"INSERT INTO {table}_yes VALUES (1)",
        f"""CREATE TABLE {table}_whole (old_id {key} NOT NULL, date date NOT NULL,
    whole integer NOT NULL REFERENCES {table}_yes (id) DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY (old_id, date))""",
        *[
            f"CREATE TRIGGER {table}_{act}_whole AFTER {act.upper()} ON {table} BEGIN "
            + " ".join(keep.format(table=table, row=row) for row in rows) + " END"
            for act, rows in acts.items()
        ],
    ]  # fmt: skip


def postgresql(table: str) -> list[str]:
    """The function and the deferred trigger for a table of successions."""
    refuse = f"""IF ({WHOLE}) = 0 THEN RAISE EXCEPTION 'the parts into which % passes on % do not make a whole',
    {{row}}.old_id, {{row}}.date USING ERRCODE = 'check_violation'; END IF;"""
    old, new = (refuse.format(table=table, row=row) for row in ("OLD", "NEW"))
    return [
        f"""CREATE FUNCTION {table}_makes_a_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN {old} END IF; IF TG_OP <> 'DELETE' THEN {new} END IF; RETURN NULL; END $$""",
        f"""CREATE CONSTRAINT TRIGGER {table}_makes_a_whole AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {table}_makes_a_whole()""",
    ]


def forbid(table: str, key: str) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """What a migration runs for a table of successions."""

    def run(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        on_sqlite = schema_editor.connection.vendor == "sqlite"
        for statement in sqlite(table, key) if on_sqlite else postgresql(table):
            schema_editor.execute(statement, None)

    return run


def allow(table: str) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """What takes it back."""

    def run(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "sqlite":
            # Altering the table may have dropped its triggers already.
            drop = [f"DROP TRIGGER IF EXISTS {table}_{act}_whole" for act in ("insert", "update", "delete")]
            drop += [f"DROP TABLE {table}_whole", f"DROP TABLE {table}_yes"]
        else:
            drop = [f"DROP TRIGGER {table}_makes_a_whole ON {table}", f"DROP FUNCTION {table}_makes_a_whole"]
        for statement in drop:
            schema_editor.execute(statement, None)

    return run


class Migration(migrations.Migration):
    dependencies = [("territory", "0006_figure_sets")]
    operations = [migrations.RunPython(forbid("territory_succession", "varchar(20)"), allow("territory_succession"))]
