"""The domain's tables; this face re-exports them."""

from projects.models.access import Invitation, LimitCount, LoginLink, Token
from projects.models.annotations import Annotation, Revision
from projects.models.exports import Export
from projects.models.images import Image
from projects.models.jobs import Job, JobItem
from projects.models.people import Membership, Role, User
from projects.models.projects import Label, Project
from projects.models.skips import ImageSkip
from projects.models.states import AnnotationState, ImageStatus, JobState, Source, Split

__all__ = [
    "Annotation",
    "AnnotationState",
    "Export",
    "Image",
    "ImageSkip",
    "ImageStatus",
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
    "Token",
    "User",
]
