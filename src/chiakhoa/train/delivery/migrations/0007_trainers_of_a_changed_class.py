"""A notice to the trainer of a class that is held otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0006_notices_of_a_class"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("seat_kept", "A seat is kept for you"), ("seated", "You have a seat in another class"),
                    ("waits", "You wait for another class"), ("called_off", "Your class is not held"),
                    ("moved_up", "You have a seat now"), ("changed", "Your class is held otherwise"),
                    ("teaches", "You teach a class"), ("teaches_changed", "A class that you teach is held otherwise"),
                    ("teaches_no_more", "You no longer teach a class"), ("hosts", "Classes at your venue"),
                    ("people", "Classes for your people"),
                ],
                max_length=16,
            ),
        ),
    ]
