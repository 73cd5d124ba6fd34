"""What the files said of bodies that ended stood at the body alone until now: it becomes a succession. May run twice."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def record_successors(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    body, succession = apps.get_model("registry", "Body"), apps.get_model("registry", "BodySuccession")
    for ended in body.objects.filter(valid_to__isnull=False, heirs__isnull=True).iterator():
        whole = ended.successor_id is not None
        succession.objects.create(
            old=ended,
            new_id=ended.successor_id,
            date=ended.valid_to,  # type: ignore[misc]  # filtered
            share=1 if whole else None,
            basis="whole" if whole else "abolished",
        )


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_body_reforms")]
    operations = [migrations.RunPython(record_successors, migrations.RunPython.noop)]
