"""The database itself refuses a succession that is not on the old unit's last day and the new one's first.

So the days along any line of descent rise, and no unit can come back to itself. SQLite loses triggers when a table is rebuilt:
a later migration that alters these two tables must drop them first and make them again.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WORDS = "a succession falls on the day on which the old unit ends and the new one begins"
FITS = """EXISTS (SELECT 1 FROM territory_unit WHERE id = NEW.old_id AND valid_to = NEW.date)
    AND (NEW.new_id IS NULL OR EXISTS (SELECT 1 FROM territory_unit WHERE id = NEW.new_id AND valid_from = NEW.date))"""
ENDS_OTHERWISE = (
    "SELECT 1 FROM territory_succession WHERE old_id = NEW.id AND (NEW.valid_to IS NULL OR date <> NEW.valid_to)"
)
BEGINS_OTHERWISE = (
    "SELECT 1 FROM territory_succession WHERE new_id = NEW.id AND (NEW.valid_from IS NULL OR date <> NEW.valid_from)"
)
SQLITE = [
    *[
        f"""CREATE TRIGGER territory_succession_{act.lower()}_fits BEFORE {act} ON territory_succession WHEN NOT ({FITS})
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""
        for act in ("INSERT", "UPDATE")
    ],
    f"""CREATE TRIGGER territory_unit_days_fit BEFORE UPDATE OF valid_from, valid_to ON territory_unit
    WHEN EXISTS ({ENDS_OTHERWISE}) OR EXISTS ({BEGINS_OTHERWISE})
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION territory_succession_fits() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NOT ({FITS}) THEN RAISE EXCEPTION '{WORDS}'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER territory_succession_fits BEFORE INSERT OR UPDATE ON territory_succession
    FOR EACH ROW EXECUTE FUNCTION territory_succession_fits()""",
    f"""CREATE FUNCTION territory_unit_days_fit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF EXISTS ({ENDS_OTHERWISE}) OR EXISTS ({BEGINS_OTHERWISE})
    THEN RAISE EXCEPTION '{WORDS}'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER territory_unit_days_fit BEFORE UPDATE OF valid_from, valid_to ON territory_unit
    FOR EACH ROW EXECUTE FUNCTION territory_unit_days_fit()""",
]


def forbid(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("territory", "0002_reforms")]
    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]
