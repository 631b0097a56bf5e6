"""The frame of a project's pages: its name, the tabs that the member may use, and who looks."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from projects.models import Project, User
from projects.pages.access import signed_in
from projects.policy import Action
from projects.selectors.projects import ProjectCounts, ProjectFacts, describe_projects, get_project


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a project."""

    name: str
    word: str
    path: str
    needs: Action


TABS = (
    Tab("overview", "Overview", "", Action.VIEW),
    Tab("images", "Images", "images/", Action.VIEW),
    Tab("queue", "Queue", "queue/", Action.ANNOTATE),
    Tab("schema", "Labels", "schema/", Action.VIEW),
    Tab("exports", "Exports", "exports/", Action.EXPORT),
    Tab("imports", "Imports", "imports/", Action.IMPORT),
    Tab("jobs", "Jobs", "jobs/", Action.VIEW),
    Tab("people", "People", "people/", Action.VIEW),
    Tab("settings", "Settings", "settings/", Action.EDIT_PROJECT),
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
