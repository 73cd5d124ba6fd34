"""An index of people by name, and triggers that write down whoever was touched since it was made.

SQLite loses triggers when a table is made anew: a later migration that alters registry_person must make them again (`watch`).
On PostgreSQL names are compared letter by letter, so that lists stand in the same order on both databases.
"""

import uuid

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WATCHED = ["search_key", "unit_id", "merged_into_id"]
SQLITE = [
    """CREATE TRIGGER registry_person_added AFTER INSERT ON registry_person
    BEGIN INSERT INTO registry_touched (person_id) VALUES (NEW.id); END""",
    """CREATE TRIGGER registry_person_gone AFTER DELETE ON registry_person
    BEGIN INSERT INTO registry_touched (person_id) VALUES (OLD.id); END""",
    f"""CREATE TRIGGER registry_person_changed AFTER UPDATE OF {", ".join(WATCHED)} ON registry_person
    WHEN {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in WATCHED)}
    BEGIN INSERT INTO registry_touched (person_id) VALUES (NEW.id); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION registry_touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO registry_touched (person_id) VALUES (COALESCE(NEW.id, OLD.id)); RETURN NULL; END $$""",
    """CREATE TRIGGER registry_person_came_or_went AFTER INSERT OR DELETE ON registry_person
    FOR EACH ROW EXECUTE FUNCTION registry_touch()""",
    f"""CREATE TRIGGER registry_person_changed AFTER UPDATE OF {", ".join(WATCHED)} ON registry_person FOR EACH ROW
    WHEN ({" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in WATCHED)})
    EXECUTE FUNCTION registry_touch()""",
]
LETTER_BY_LETTER = [
    'ALTER TABLE registry_person ALTER COLUMN search_key TYPE varchar(200) COLLATE "C"',
    'ALTER TABLE registry_indexterm ALTER COLUMN text TYPE varchar(200) COLLATE "C"',
]
EVERYBODY = "INSERT INTO registry_touched (person_id) SELECT id FROM registry_person"


def watch(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if is_sqlite else [*LETTER_BY_LETTER, *POSTGRESQL]:
        schema_editor.execute(statement)
    schema_editor.execute(EVERYBODY)


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_handed_in")]
    operations = [
        migrations.CreateModel(
            name="PeopleIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("made_at", models.DateTimeField()),
                ("people", models.PositiveIntegerField()),
                ("only", models.BooleanField(default=True, unique=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("only", True)), name="people_index_stands_alone")],
            },
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="IndexTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=1)),
                ("text", models.CharField(max_length=200)),
                ("count", models.PositiveIntegerField()),
                ("dense", models.BooleanField()),
                ("places", models.BinaryField()),
                ("index", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="registry.peopleindex")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("index", "kind", "text"), name="index_term_once")],
            },
        ),
        migrations.CreateModel(
            name="IndexBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=1)),
                ("number", models.PositiveIntegerField()),
                ("entries", models.BinaryField()),
                ("index", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="blocks", to="registry.peopleindex")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("index", "kind", "number"), name="index_block_once")],
            },
        ),
        migrations.RunPython(watch, migrations.RunPython.noop),
    ]
