"""How often an item may be chosen, and which items give one another's answer away."""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

life = import_module("chiakhoa.measure.assessment.migrations.0005_life_of_items")
group_tests = import_module("chiakhoa.measure.assessment.migrations.0007_group_tests")


def watch_again(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite makes the table of items anew for a new column, without its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in [*life.SQLITE, *group_tests.SQLITE]:
            schema_editor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS", 1))


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0008_calibrations'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, watch_again),
        migrations.AddField(
            model_name='item',
            name='eligibility',
            field=models.FloatField(db_default=1.0, default=1.0),
        ),
        migrations.AddField(
            model_name='item',
            name='enemy_set',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('eligibility__gt', 0), ('eligibility__lte', 1)), name='item_eligibility_is_chance'),
        ),
        migrations.RunPython(watch_again, migrations.RunPython.noop),
    ]
