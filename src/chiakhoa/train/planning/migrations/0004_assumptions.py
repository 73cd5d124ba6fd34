import django.db.models.deletion
from django.db import migrations, models


def forget_words(apps, schema_editor):
    """Plans kept what limits them in the words of one language; a plan computed from now on keeps kinds, names and numbers.

    What was kept in words cannot be told in another language: these parts of older plans are emptied.
    """
    apps.get_model("planning", "Plan").objects.update(marginal=[], unmet=[], shortfalls=[])


class Migration(migrations.Migration):

    dependencies = [
        ('planning', '0003_calendar_and_gains'),
    ]

    operations = [
        migrations.CreateModel(
            name='Assumptions',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trainers_percent', models.PositiveSmallIntegerField(default=100)),
                ('targets_percent', models.PositiveSmallIntegerField(default=100)),
                ('money', models.JSONField(default=dict)),
                ('floors', models.JSONField(default=dict)),
                ('priorities', models.JSONField(default=dict)),
                ('seasons', models.JSONField(null=True)),
                ('copied_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='copies', to='planning.plan')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('trainers_percent__lte', 300)), name='assumed_trainers_are_a_share'), models.CheckConstraint(condition=models.Q(('targets_percent__lte', 300)), name='assumed_targets_are_a_share')],
            },
        ),
        migrations.AddField(
            model_name='plan',
            name='assumptions',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan', to='planning.assumptions'),
        ),
        migrations.AddField(
            model_name='plan',
            name='search',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='plan',
            name='stop_asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(forget_words, migrations.RunPython.noop),
    ]
