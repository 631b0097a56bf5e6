"""The domain's tables; this face re-exports them."""

from projects.models.access import Invitation, LimitCount, LoginLink, Token
from projects.models.annotations import Annotation, Revision
from projects.models.comments import Comment
from projects.models.effort import EffortEvent
from projects.models.exports import Export
from projects.models.images import Image, ImageTag
from projects.models.jobs import Job, JobItem
from projects.models.people import Membership, Role, User
from projects.models.projects import Label, Project, Tag
from projects.models.skips import ImageSkip
from projects.models.states import AnnotationState, ImageStatus, JobState, Source, Split
from projects.models.workers import Tally, Worker

__all__ = [
    "Annotation",
    "AnnotationState",
    "Comment",
    "EffortEvent",
    "Export",
    "Image",
    "ImageSkip",
    "ImageStatus",
    "ImageTag",
    "Invitation",
    "Job",
    "JobItem",
    "JobState",
    "Label",
    "LimitCount",
    "LoginLink",
    "Membership",
    "Project",
    "Revision",
    "Role",
    "Source",
    "Split",
    "Tag",
    "Tally",
    "Token",
    "User",
    "Worker",
]
