"""Each row of the trail is bound to the one before. Rows that are there already are bound in the order of their coming."""

import hashlib
import hmac
import json
from datetime import UTC
from importlib import import_module
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SEALED = [
    "number", "at", "account_id", "actor_name", "role", "address", "verb", "thing_kind", "thing_key", "person_id",
    "before", "after",
]
TRIGGERS = import_module("chiakhoa.foundation.migrations.0002_trail_is_append_only")
DROP = {
    "sqlite": [
        "DROP TRIGGER foundation_auditentry_no_update",
        "DROP TRIGGER foundation_auditentry_no_delete",
    ],
    "postgresql": ["DROP TRIGGER foundation_auditentry_no_change ON foundation_auditentry"],
}


def allow(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def bind(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    entries = apps.get_model("foundation", "AuditEntry")
    length, seal = 0, ""
    for entry in entries.objects.order_by("id").iterator(chunk_size=2000):
        length += 1
        entry.number = length
        entry.person_id = _person(entry)
        entry.seal = seal = _seal(seal, entry)
        entry.save(update_fields=["number", "seal", "person_id"])
    apps.get_model("foundation", "TrailHead").objects.create(
        pk=1, length=length, seal=seal, proof=_mac(f"head {length} {seal}")
    )


def forbid(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # SQLite loses nothing by asking again: altering the table has already dropped its triggers there.
    statements = TRIGGERS.SQLITE if schema_editor.connection.vendor == "sqlite" else TRIGGERS.POSTGRESQL[1:]
    for statement in statements:
        schema_editor.execute(statement)


def _person(entry: Any) -> int | None:
    if entry.thing_kind == "registry.person" and entry.thing_key.isdigit():
        return int(entry.thing_key)
    return None


def _seal(previous: str, entry: Any) -> str:
    content = {name: getattr(entry, name) for name in SEALED}
    content["at"] = entry.at.astimezone(UTC).isoformat()
    text = json.dumps(_plain(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return _mac(f"{previous}\n{text}")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _mac(text: str) -> str:
    key = hmac.new(settings.SECRET_KEY.encode(), b"chiakhoa:trail:mac", hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_trail_is_append_only")]
    operations = [
        migrations.RunPython(allow, migrations.RunPython.noop),
        migrations.CreateModel(
            name="TrailHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("length", models.BigIntegerField(default=0)),
                ("seal", models.CharField(blank=True, max_length=64)),
                ("proof", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="trail_has_one_end")],
            },
        ),
        migrations.AddField("auditentry", "number", models.BigIntegerField(null=True)),
        migrations.AddField("auditentry", "seal", models.CharField(max_length=64, null=True)),
        migrations.AddField("auditentry", "person_id", models.BigIntegerField(null=True)),
        migrations.RunPython(bind, migrations.RunPython.noop),
        migrations.AlterField("auditentry", "number", models.BigIntegerField(unique=True)),
        migrations.AlterField("auditentry", "seal", models.CharField(max_length=64)),
        migrations.AddIndex(
            "auditentry", models.Index(fields=["person_id", "number"], name="audit_by_person")
        ),
        migrations.RunPython(forbid, migrations.RunPython.noop),
    ]
