import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0006_boundary_entropy"),
    ]

    operations = [
        migrations.CreateModel(
            name="EffortEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("change_id", models.UUIDField()),
                ("clicks", models.PositiveIntegerField(default=0)),
                ("strokes", models.PositiveIntegerField(default=0)),
                ("undos", models.PositiveIntegerField(default=0)),
                ("redos", models.PositiveIntegerField(default=0)),
                ("prompts", models.PositiveIntegerField(default=0)),
                ("active_ms", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "annotation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="effort",
                        to="projects.annotation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("annotation", "change_id"), name="effort_once")
                ],
            },
        ),
    ]
