"""The life of an item: its states, history, reviews and remarks; and a trigger that keeps the text of what was answered."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TEXT = ("kind", "stem_vi", "stem_en", "content", "key")
SAID = "an answered item keeps its text: write a new version"
SQLITE = [
    f"""CREATE TRIGGER item_answered_keeps_its_text BEFORE UPDATE OF {", ".join(f'"{name}"' for name in TEXT)} ON assessment_item
    WHEN ({" OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in TEXT)})
        AND EXISTS (SELECT 1 FROM assessment_answer WHERE item_id = OLD.code)
    BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION item_answered_keeps_its_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF ({" OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in TEXT)})
            AND EXISTS (SELECT 1 FROM assessment_answer WHERE item_id = OLD.code) THEN
            RAISE EXCEPTION '{SAID}';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER item_answered_keeps_its_text BEFORE UPDATE ON assessment_item
    FOR EACH ROW EXECUTE FUNCTION item_answered_keeps_its_text()""",
]


def keep_texts(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def born_in_the_files(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now every item came from the item files, live or retired; when, nobody wrote down."""
    apps.get_model("assessment", "Item").objects.update(shipped=True)


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0004_more_kinds_of_items'),
        ('frameworks', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('text', models.CharField(max_length=1000)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ItemReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('written_by', models.BigIntegerField(null=True)),
                ('reviewer', models.BigIntegerField()),
                ('reviewer_name', models.CharField(blank=True, max_length=200)),
                ('agrees', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ItemStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('before', models.CharField(blank=True, choices=[('draft', 'Draft'), ('review', 'Waiting for a reviewer'), ('pilot', 'Being tried out'), ('live', 'Live'), ('retired', 'Retired')], max_length=8)),
                ('after', models.CharField(choices=[('draft', 'Draft'), ('review', 'Waiting for a reviewer'), ('pilot', 'Being tried out'), ('live', 'Live'), ('retired', 'Retired')], max_length=8)),
                ('note', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='answer',
            name='pilot',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='item',
            name='calibrated_on',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='se_a',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='se_b',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='shipped',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='item',
            name='supersedes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='assessment.item'),
        ),
        migrations.AddField(
            model_name='item',
            name='writer',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='item',
            name='written_by',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='item',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('review', 'Waiting for a reviewer'), ('pilot', 'Being tried out'), ('live', 'Live'), ('retired', 'Retired')], default='draft', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('supersedes__isnull', True), models.Q(('supersedes', models.F('code')), _negated=True), _connector='OR'), name='item_supersedes_another'),
        ),
        migrations.AddField(
            model_name='itemcomment',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='assessment.item'),
        ),
        migrations.AddField(
            model_name='itemreview',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='assessment.item'),
        ),
        migrations.AddField(
            model_name='itemstep',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='assessment.item'),
        ),
        migrations.AddConstraint(
            model_name='itemreview',
            constraint=models.CheckConstraint(condition=models.Q(('written_by__isnull', True), models.Q(('reviewer', models.F('written_by')), _negated=True), _connector='OR'), name='item_reviewed_by_a_second_person'),
        ),
        migrations.RunPython(keep_texts, migrations.RunPython.noop),
        migrations.RunPython(born_in_the_files, migrations.RunPython.noop),
    ]
