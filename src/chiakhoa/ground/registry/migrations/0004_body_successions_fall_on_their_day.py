"""The database itself refuses a succession unless the old body ends on its day and the heir goes on beyond it.

So the ends along any line of descent rise, and no body can come back to itself. SQLite loses triggers when a table is rebuilt:
a later migration that alters these two tables must drop them first and make them again.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WORDS = "a succession falls on the day on which the old body ends, and its heir goes on beyond it"
FITS = """EXISTS (SELECT 1 FROM registry_body WHERE id = NEW.old_id AND valid_to = NEW.date)
    AND (NEW.new_id IS NULL OR EXISTS (SELECT 1 FROM registry_body WHERE id = NEW.new_id
    AND (valid_from IS NULL OR valid_from <= NEW.date) AND (valid_to IS NULL OR valid_to > NEW.date)))"""
ENDS_OTHERWISE = (
    "SELECT 1 FROM registry_bodysuccession WHERE old_id = NEW.id AND (NEW.valid_to IS NULL OR date <> NEW.valid_to)"
)
BEGINS_OTHERWISE = "SELECT 1 FROM registry_bodysuccession WHERE new_id = NEW.id AND (NEW.valid_from > date OR NEW.valid_to <= date)"
SQLITE = [
    *[
        f"""CREATE TRIGGER registry_bodysuccession_{act.lower()}_fits BEFORE {act} ON registry_bodysuccession WHEN NOT ({FITS})
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""
        for act in ("INSERT", "UPDATE")
    ],
    f"""CREATE TRIGGER registry_body_days_fit BEFORE UPDATE OF valid_from, valid_to ON registry_body
    WHEN EXISTS ({ENDS_OTHERWISE}) OR EXISTS ({BEGINS_OTHERWISE})
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION registry_bodysuccession_fits() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NOT ({FITS}) THEN RAISE EXCEPTION '{WORDS}'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER registry_bodysuccession_fits BEFORE INSERT OR UPDATE ON registry_bodysuccession
    FOR EACH ROW EXECUTE FUNCTION registry_bodysuccession_fits()""",
    f"""CREATE FUNCTION registry_body_days_fit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF EXISTS ({ENDS_OTHERWISE}) OR EXISTS ({BEGINS_OTHERWISE})
    THEN RAISE EXCEPTION '{WORDS}'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER registry_body_days_fit BEFORE UPDATE OF valid_from, valid_to ON registry_body
    FOR EACH ROW EXECUTE FUNCTION registry_body_days_fit()""",
]


def forbid(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_record_body_successions")]
    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]
