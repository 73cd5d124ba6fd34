"""A notice to who manages a provider, of the classes that it gives."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0007_trainers_of_a_changed_class"),
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
                    ("teaches_no_more", "You no longer teach a class"), ("hosts", "Classes at your venue"), ("provides", "Classes that you give"),
                    ("people", "Classes for your people"),
                ],
                max_length=16,
            ),
        ),
    ]
