"""The database itself refuses a body that passes on in parts which do not make a whole: see the same of units."""

from importlib import import_module

from django.db import migrations

UNITS = import_module("chiakhoa.ground.territory.migrations.0007_shares_make_a_whole")


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_joined_rows"), ("territory", "0007_shares_make_a_whole")]
    operations = [
        migrations.RunPython(
            UNITS.forbid("registry_bodysuccession", "varchar(60)"), UNITS.allow("registry_bodysuccession")
        )
    ]
