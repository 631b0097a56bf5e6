"""The words that a state column may hold; the database checks them too."""

from django.db.models import Q, TextChoices


class ImageStatus(TextChoices):
    """Where an image is on its way: new -> ... -> accepted or sent back."""

    NEW = "new"
    PRELABELLED = "prelabelled"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"


class AnnotationState(TextChoices):
    """What an annotation is: a model's word, a person's word, or gone."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    DELETED = "deleted"


class Source(TextChoices):
    """Where a mask came from first."""

    MANUAL = "manual"
    MODEL = "model"
    IMPORT = "import"


class Split(TextChoices):
    """The part of a dataset that an image belongs to."""

    NONE = ""
    TRAIN = "train"
    VAL = "val"
    TEST = "test"


class JobState(TextChoices):
    """Where a job or one of its items is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_JOB_STATES = (JobState.QUEUED, JobState.RUNNING)


def one_of(column: str, choices: type[TextChoices]) -> Q:
    """The database condition that ``column`` holds one of the words."""
    return Q(**{f"{column}__in": choices.values})
