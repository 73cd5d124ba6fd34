"""The database refuses to change evidence. Only forgetting whose it was is allowed, so that erasure leaves statistics."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEPT = ["id", "framework_id", "kind", "occurred_at", "recorded_at", "content", "supersedes_id"]
SQLITE = [
    f"""CREATE TRIGGER evidence_no_update BEFORE UPDATE OF {", ".join(KEPT)} ON evidence_evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only: supersede it'); END""",
    """CREATE TRIGGER evidence_no_new_owner BEFORE UPDATE OF person_id ON evidence_evidence WHEN NEW.person_id IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only: supersede it'); END""",
    """CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence_evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only: supersede it'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.person_id IS NULL AND to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'evidence is append-only: supersede it';
    END $$""",
    """CREATE TRIGGER evidence_no_change BEFORE UPDATE OR DELETE ON evidence_evidence
    FOR EACH ROW EXECUTE FUNCTION evidence_is_append_only()""",
]


def forbid(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]
