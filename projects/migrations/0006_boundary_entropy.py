from django.db import migrations, models


class Migration(migrations.Migration):
    """A place for one more doubt of a model; a nullable column is added in place, nothing is rewritten."""

    dependencies = [("projects", "0005_workers")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="boundary_entropy",
            field=models.FloatField(null=True),
        ),
    ]
