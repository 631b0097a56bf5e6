"""What the models say."""

from importlib import import_module

from django.apps import AppConfig

from projects.services import segmenter_names
from projects.services.chores import register_chore
from projects.services.job_kinds import BULK, INTERACTIVE, JobKind, register
from projects.services.skills import register_skill

PROMPT_JOBS = 20  # more people than a worker answers while they have patience: the next hear "busy"
EMBED_JOBS = 100  # of many images each: one for each segmenter that a project ever had
EMBED_NOW_JOBS = 10_000  # of one image each, for those who wait in front of it


class InferenceConfig(AppConfig):
    """Django's entry to this house."""

    name = "inference"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the jobs and segmenters of this house, and listen for new images."""
        import_module("inference.receivers")
        segmenter_names.register("inference.services.segmenters.titles")
        needs = "inference.services.skill.needs"
        register_skill("inference.services.skill.MODELS")
        register(
            JobKind(name="prelabel", queue=BULK, run="inference.services.prelabel.run", needs=needs)
        )
        register(JobKind(name="score", queue=BULK, run="inference.services.scoring.run"))
        register(
            JobKind(
                name="measure_model",
                queue=BULK,
                run="inference.services.model_checks.run",
                needs=needs,
            )
        )
        register(
            JobKind(
                name="prompt",
                queue=INTERACTIVE,
                run="inference.services.worker_prompts.run",
                open_at_once=PROMPT_JOBS,
                is_listed=False,
                needs=needs,
                action="annotate",
            )
        )
        for name, queue, most in (
            ("embed", BULK, EMBED_JOBS),
            ("embed_next", INTERACTIVE, EMBED_JOBS),
            ("embed_now", INTERACTIVE, EMBED_NOW_JOBS),
        ):
            register(
                JobKind(
                    name=name,
                    queue=queue,
                    run="inference.services.embedding_together.run",
                    open_at_once=most,
                    is_listed=False,
                    is_ahead=name != "embed_now",
                    needs=needs,
                )
            )
        register_chore("inference.services.feature_store.sweep")
