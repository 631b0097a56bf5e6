"""The frame of a project's pages: its name, the tabs that the member may use, and who looks."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from projects.models import Project, User
from projects.policy import Action
from projects.selectors.projects import ProjectCounts, ProjectFacts, describe_projects, get_project
from projects.visitors import signed_in


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a project."""

    name: str
    word: str | Promise
    path: str
    needs: Action


TABS = (
    Tab("overview", gettext_lazy("Overview"), "", Action.VIEW),
    Tab("images", gettext_lazy("Images"), "images/", Action.VIEW),
    Tab("queue", gettext_lazy("Queue"), "queue/", Action.ANNOTATE),
    Tab("schema", gettext_lazy("Labels"), "schema/", Action.VIEW),
    Tab("exports", gettext_lazy("Exports"), "exports/", Action.EXPORT),
    Tab("imports", gettext_lazy("Imports"), "imports/", Action.IMPORT),
    Tab("jobs", gettext_lazy("Jobs"), "jobs/", Action.VIEW),
    Tab("people", gettext_lazy("People"), "people/", Action.VIEW),
    Tab("effort", gettext_lazy("Effort"), "effort/", Action.SEE_EFFORT),
    Tab("settings", gettext_lazy("Settings"), "settings/", Action.EDIT_PROJECT),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A project as the member who looks at its page sees it."""

    user: User
    facts: ProjectFacts

    @property
    def project(self) -> Project:
        """The project itself."""
        return self.facts.project

    @property
    def counts(self) -> ProjectCounts:
        """How much there is in it."""
        return self.facts.counts

    def context(self, tab: str, **more: object) -> dict[str, object]:
        """What ``projects/frame.html`` needs, and what the page adds."""
        can = self.facts.can
        return {
            "nav": "projects",
            "tab": tab,
            "tabs": [one for one in TABS if one.needs.value in can],
            "project": self.project,
            "facts": self.facts,
            "counts": self.counts,
            "labels": self.facts.labels,
            "role": self.facts.role.value,
            "can": can,
            **more,
        }


def frame(request: HttpRequest, project_id: int) -> Frame:
    """The frame of one of the user's projects.

    Raises:
        NotFound: If there is none that the user is a member of.
    """
    user = signed_in(request)
    project = get_project(user=user, project_id=project_id)
    return Frame(user, describe_projects(user=user, projects=[project])[0])
