"""A row of the trail may lose its words, never its place: only what is vouched for in `Emptied`, only words, never back."""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BEFORE = import_module("chiakhoa.foundation.migrations.0003_trail_is_a_chain")
KEPT = ["id", "number", "seal", "at", "account_id", "role", "verb", "thing_kind", "thing_key", "person_id"]
SQLITE = [
    f"""CREATE TRIGGER foundation_auditentry_no_update BEFORE UPDATE ON foundation_auditentry
    WHEN NEW.salt <> '' OR NOT ({" AND ".join(f"NEW.{name} IS OLD.{name}" for name in KEPT)})
    OR NOT EXISTS (SELECT 1 FROM foundation_emptied WHERE number = OLD.number)
    BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER foundation_auditentry_no_delete BEFORE DELETE ON foundation_auditentry
    BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER foundation_emptied_no_update BEFORE UPDATE ON foundation_emptied
    BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER foundation_emptied_no_delete BEFORE DELETE ON foundation_emptied
    BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION foundation_trail_is_only_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.salt <> '' OR ({", ".join(f"NEW.{name}" for name in KEPT)}) IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in KEPT)})
    OR NOT EXISTS (SELECT 1 FROM foundation_emptied WHERE number = OLD.number)
    THEN RAISE EXCEPTION 'the trail is append-only'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER foundation_auditentry_no_change BEFORE DELETE ON foundation_auditentry
    FOR EACH ROW EXECUTE FUNCTION foundation_trail_is_append_only()""",
    """CREATE TRIGGER foundation_auditentry_only_emptied BEFORE UPDATE ON foundation_auditentry
    FOR EACH ROW EXECUTE FUNCTION foundation_trail_is_only_emptied()""",
    """CREATE TRIGGER foundation_emptied_no_change BEFORE UPDATE OR DELETE ON foundation_emptied
    FOR EACH ROW EXECUTE FUNCTION foundation_trail_is_append_only()""",
]


def forbid(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    if sqlite:  # altering the table may have dropped its triggers already
        drop = [statement.replace("DROP TRIGGER", "DROP TRIGGER IF EXISTS") for statement in BEFORE.DROP["sqlite"]]
    else:
        drop = BEFORE.DROP["postgresql"]
    for statement in [*drop, *(SQLITE if sqlite else POSTGRESQL)]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("foundation", "0004_doors")]
    operations = [
        migrations.AddField("auditentry", "salt", models.CharField(blank=True, default="", max_length=16), preserve_default=False),
        migrations.CreateModel(
            name="Emptied",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(db_index=True)),
                ("remains", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(forbid, migrations.RunPython.noop),
    ]
