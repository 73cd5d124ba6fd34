"""Notices of one class of no plan; to whoever moves up from the waiting list, to trainers of a changed class, to providers."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0005_mailed"),
        ("planning", "0007_a_least_for_every_commune"),
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
                    ("provides", "Classes that you give"), ("people", "Classes for your people"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="plan",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="planning.plan"
            ),
        ),
        migrations.RemoveConstraint(model_name="notice", name="notice_of_a_venue_names_it"),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=~Q(kind="hosts") | Q(venue__isnull=False, plan__isnull=False),
                name="notice_of_a_venue_names_it",
            ),
        ),
    ]
