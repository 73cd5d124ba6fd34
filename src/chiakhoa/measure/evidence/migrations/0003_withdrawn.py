"""Evidence may be withdrawn. SQLite makes the table anew for a constraint and forgets its triggers, so they are made again."""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forbid_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        import_module("chiakhoa.measure.evidence.migrations.0002_evidence_is_append_only").forbid(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_evidence_is_append_only")]
    operations = [
        migrations.AlterField(
            model_name="evidence",
            name="kind",
            field=models.CharField(
                choices=[("sitting", "Test sitting"), ("rating", "Supervisor's rating"), ("withdrawn", "Withdrawn")],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("kind", "withdrawn"), _negated=True), ("supersedes__isnull", False), _connector="OR"),
                name="evidence_withdraws_something",
            ),
        ),
        migrations.RunPython(forbid_again, migrations.RunPython.noop),
    ]
