"""What the models say."""

from importlib import import_module

from django.apps import AppConfig

from projects.services import segmenter_names
from projects.services.job_kinds import BULK, INTERACTIVE, JobKind, register

EMBED_JOBS = 500_000  # one for each image; what is open is bounded by the images


class InferenceConfig(AppConfig):
    """Django's entry to this house."""

    name = "inference"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the jobs and segmenters of this house, and listen for new images."""
        import_module("inference.receivers")
        segmenter_names.register("inference.services.segmenters.titles")
        register(JobKind(name="prelabel", queue=BULK, run="inference.services.prelabel.run"))
        register(JobKind(name="score", queue=BULK, run="inference.services.scoring.run"))
        for name, queue in (("embed", BULK), ("embed_now", INTERACTIVE)):
            register(
                JobKind(
                    name=name,
                    queue=queue,
                    run="inference.services.embeddings.run",
                    open_at_once=EMBED_JOBS,
                    is_listed=False,
                )
            )
