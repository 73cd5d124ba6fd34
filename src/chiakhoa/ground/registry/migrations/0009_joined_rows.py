"""What a merge led from one record to the other, so that parting them leads it back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_people_index")]
    operations = [
        migrations.CreateModel(
            name="JoinedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=60)),
                ("merge", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="joined", to="registry.merge")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("merge", "what", "key"), name="joined_row_once")],
            },
        ),
    ]
