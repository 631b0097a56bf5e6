"""Rules of projects, labels and members that outlive any single page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from projects.errors import ApplicationError, Conflict, Forbidden, InvalidInput
from projects.models import (
    Annotation,
    Image,
    Invitation,
    Job,
    JobItem,
    Label,
    LimitCount,
    LoginLink,
    Membership,
    Project,
    Revision,
)
from projects.selectors.projects import counts_by_project, first_images
from projects.services.labels import LabelDraft, add_label, delete_label, edit_label, move_label
from projects.services.members import change_role, remove_member
from projects.services.names import clean_name, clean_text
from projects.services.palette import PALETTE, color_at, next_color
from projects.services.projects import create_project, purge_expired
from tests.databases import database_for_threads
from tests.factories import (
    add_member,
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("car", "car"),
        ("  car \t", "car"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("{{7*7}}", "{{7*7}}"),
        ("שלום", "שלום"),
        ("🚗", "🚗"),
        ("x" * 100, "x" * 100),
    ],
)
def test_a_name_is_kept_as_text(value, kept):
    assert clean_name(value, what="The name") == kept


@pytest.mark.parametrize(
    "value", ["", " \n ", "x" * 101, "a\x00b", "a\x1bb", "a\nb", "a\u2028b", "a\u202eb", "a\ud800b"]
)
def test_a_name_that_cannot_be_shown_is_refused(value):
    with pytest.raises(InvalidInput):
        clean_name(value, what="The name")


def test_text_keeps_lines_and_refuses_control_characters():
    assert clean_text("a\r\nb\tc ", what="The text", longest=10) == "a\nb\tc"
    with pytest.raises(InvalidInput):
        clean_text("a\x00b", what="The text", longest=10)


def test_the_palette_gives_200_distinct_colours():
    colors = [color_at(index) for index in range(200)]

    assert colors[: len(PALETTE)] == list(PALETTE)
    assert len(set(colors)) == 200
    assert all(len(color) == 7 and color == color.lower() for color in colors)
    assert next_color(PALETTE) == color_at(len(PALETTE))


def test_the_eleventh_label_gets_no_key_of_itself():
    project = create_project(
        user=make_user(), name="p", labels=[LabelDraft(name=f"l{n}") for n in range(11)]
    )

    assert "".join(label.hotkey for label in project.labels.all()) == "1234567890"
    assert project.labels.last().hotkey == ""


def test_archiving_frees_the_key_and_keeps_the_name():
    alice = make_user()
    project = create_project(user=alice, name="p", labels=[LabelDraft(name="car", hotkey="1")])
    car = project.labels.get()

    edit_label(user=alice, label=car, changes={"archived": True})
    bus = add_label(user=alice, project=project, draft=LabelDraft(name="bus", hotkey="1"))

    assert bus.hotkey == "1"
    with pytest.raises(Conflict, match=r"car \(archived\)"):
        add_label(user=alice, project=project, draft=LabelDraft(name="Car"))


def test_a_label_of_an_old_revision_is_in_use():
    alice = make_user()
    project = make_project(lead=alice)
    old, new = make_label(project), make_label(project)
    annotation = make_annotation(make_image(project), label=old)
    Annotation.objects.filter(pk=annotation.pk).update(label=new)

    assert delete_label(user=alice, label=old).archived
    assert Label.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize(
    ("name", "step", "order"),
    [("b", -1, "bac"), ("b", 1, "acb"), ("a", -1, "abc"), ("c", 1, "abc"), ("a", 2, "bca")],
)
def test_labels_move_among_those_that_are_shown(name, step, order):
    alice = make_user()
    project = create_project(user=alice, name="p", labels=[LabelDraft(name=n) for n in "axbc"])
    edit_label(user=alice, label=project.labels.get(name="x"), changes={"archived": True})

    move_label(user=alice, label=project.labels.get(name=name), step=step)

    shown = project.labels.filter(archived=False)
    assert "".join(label.name for label in shown) == order


def test_whoever_leaves_gives_back_what_was_theirs_to_do():
    project = make_project(lead=make_user())
    bob = make_user()
    membership = add_member(project, bob, "annotator")
    make_image(project, assignee=bob, lease_user=bob, lease_until=timezone.now())

    remove_member(user=bob, membership=membership)

    image = Image.objects.get()
    assert (image.assignee, image.lease_user, image.lease_until) == (None, None, None)


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_who_step_down_at_once_one_stays(tmp_path):
    with database_for_threads(tmp_path):
        project = make_project()
        leads = [add_member(project, make_user(), "lead") for _ in range(2)]

        def step_down(membership: Membership) -> str:
            try:
                change_role(user=membership.user, membership=membership, role="annotator")
            except ApplicationError as error:
                return error.code
            finally:
                connection.close()
            return "done"

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(step_down, leads))
        left = Membership.objects.filter(project=project, role="lead").count()

    assert sorted(answers) == ["done", "last_lead"]
    assert left == 1


def test_the_purge_takes_what_was_deleted_more_than_30_days_ago_and_nothing_else():
    long_ago = timezone.now() - timedelta(days=31)
    gone = make_project(lead=make_user(), deleted_at=long_ago)
    kept = make_project(lead=make_user(), deleted_at=timezone.now() - timedelta(days=29))
    for project in (gone, kept):
        image = make_image(project)
        make_annotation(image, label=make_label(project))
        JobItem.objects.create(job=Job.objects.create(project=project, kind="x"), image=image)
    make_annotation(make_image(kept, deleted_at=long_ago))

    assert purge_expired() == 2

    assert list(Project.objects.all()) == [kept]
    assert Image.objects.get().project == kept
    assert (Annotation.objects.count(), Revision.objects.count(), Label.objects.count()) == (
        1,
        1,
        1,
    )
    assert purge_expired() == 0


def test_the_purge_forgets_ways_in_that_ended_long_ago():
    now = timezone.now()
    alice = make_user()
    project = make_project(lead=alice)
    for ended in (now - timedelta(days=31), now - timedelta(days=29)):
        LoginLink.objects.create(
            user=alice, digest=str(ended), purpose="login", expires_at=ended, created_at=ended
        )
        Invitation.objects.create(project=project, role="lead", digest=str(ended), expires_at=ended)
    for hours in (1, 25):
        LimitCount.objects.create(key="k", window_start=now - timedelta(hours=hours))

    purge_expired()

    assert (LoginLink.objects.count(), Invitation.objects.count()) == (1, 1)
    assert LimitCount.objects.count() == 1


def test_counts_of_any_number_of_projects_take_one_statement(django_assert_num_queries):
    projects = [make_project() for _ in range(5)]
    make_annotation(make_image(projects[1], status="submitted"))

    with django_assert_num_queries(1):
        counts = counts_by_project(project_ids=[project.pk for project in projects])

    assert (counts[projects[1].pk].submitted, counts[projects[1].pk].suggestions) == (1, 1)
    assert counts[projects[0].pk].images == 0
    assert (
        sum(
            (
                counts[projects[1].pk].to_do,
                counts[projects[1].pk].in_work,
                counts[projects[1].pk].submitted,
                counts[projects[1].pk].accepted,
            )
        )
        == counts[projects[1].pk].images
    )


def test_a_card_shows_the_first_four_images_that_are_not_deleted(django_assert_num_queries):
    project = make_project()
    images = [make_image(project) for _ in range(6)]
    Image.objects.filter(pk=images[1].pk).update(deleted_at=timezone.now())

    with django_assert_num_queries(1):
        shown = first_images(project_ids=[project.pk])

    assert [image.number for image in shown[project.pk]] == [1, 3, 4, 5]


@pytest.mark.parametrize("role", ["annotator", "reviewer"])
def test_only_leads_change_labels_and_roles(role):
    project = make_project(lead=make_user())
    bob = make_user()
    membership = add_member(project, bob, role)
    label = make_label(project)

    for write in (
        lambda: add_label(user=bob, project=project, draft=LabelDraft(name="x")),
        lambda: edit_label(user=bob, label=label, changes={"name": "x"}),
        lambda: move_label(user=bob, label=label, step=1),
        lambda: delete_label(user=bob, label=label),
        lambda: change_role(user=bob, membership=membership, role="lead"),
    ):
        with pytest.raises(Forbidden):
            write()
