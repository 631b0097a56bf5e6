"""What the domain tells to whoever looks down on it."""

from django.dispatch import Signal

image_stored = Signal()  # image_id: int; sent after the commit that made the image
job_opened = Signal()  # job_id: int; sent after the commit that opened it, to ring for it
images_coming_up = Signal()  # image_ids: list[int] of a project, the one just opened first
