"""The page of a project's images: a grid with filters, sorting, selection and upload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from projects.errors import ApplicationError, InvalidInput
from projects.models import Image, ImageStatus, Split
from projects.pages.project_frame import Frame, frame
from projects.pages.sent import sent_ids, whole_number
from projects.policy import Action, require
from projects.selectors.images import ImageFilters, count_objects, images_of
from projects.selectors.people import members_of
from projects.selectors.tags import tags_by_image
from projects.sentences import said
from projects.services.images import delete_image, restore_image, store_image, update_image
from projects.visitors import page

PER_PAGE = 60
MAX_SELECTED = 1000
SORT_WORDS = {"number": gettext_lazy("by number"), "uncertainty": gettext_lazy("by uncertainty")}
SORTS = {"number": ("number", "id"), "uncertainty": ("-priority", "id")}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is a link."""

    word: str
    address: str
    is_on: bool
    count: int | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks to see."""

    status: str = ""
    split: str | None = None
    label: int | None = None
    tag: int | None = None
    search: str = ""
    deleted: bool = False
    sort: str = "number"
    overlay: bool = True

    @classmethod
    def of(cls, query: Mapping[str, str]) -> View:
        """Read the address; words that it does not know are left out."""
        split = query.get("split")
        return cls(
            status=query.get("status", "") if query.get("status") in ImageStatus.values else "",
            split="" if split == "none" else split if split in Split.values else None,
            label=whole_number(query.get("label", "")),
            tag=whole_number(query.get("tag", "")),
            search=query.get("q", "").replace("\x00", "").strip()[:255],
            deleted=query.get("deleted") == "1",
            sort=query.get("sort", "number") if query.get("sort") in SORTS else "number",
            overlay=query.get("overlay") != "0",
        )

    def address(self, **changes: object) -> str:
        """This view with changes, as the end of an address; from its first page."""
        wanted = {name: getattr(self, name) for name in self.__slots__} | changes
        query = {
            "status": wanted["status"],
            "split": "none" if wanted["split"] == "" else wanted["split"],
            "label": wanted["label"],
            "tag": wanted["tag"],
            "q": wanted["search"],
            "deleted": "1" if wanted["deleted"] else "",
            "sort": "" if wanted["sort"] == "number" else wanted["sort"],
            "overlay": "" if wanted["overlay"] else "0",
        }
        return "?" + urlencode({name: value for name, value in query.items() if value})

    def filters(self) -> ImageFilters:
        """The same as selectors say it."""
        return ImageFilters(
            statuses=(self.status,) if self.status else (),
            split=self.split,
            label_id=self.label,
            tag_id=self.tag,
            search=self.search,
            deleted=self.deleted,
        )


@require_http_methods(["GET", "POST"])
@page
def gallery(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show the images; a lead uploads, deletes, restores, splits and assigns."""
    shown = frame(request, project_id)
    if request.method == "POST":
        return _write(request, shown)
    view = View.of(request.GET.dict())
    rows = images_of(user=shown.user, project=shown.project, filters=view.filters())
    paginator = Paginator(rows.order_by(*SORTS[view.sort]), PER_PAGE)
    images = paginator.get_page(request.GET.get("page"))
    ids = [image.pk for image in images]
    objects, tags = count_objects(image_ids=ids), tags_by_image(image_ids=ids)
    context = shown.context(
        "images",
        view=view,
        page_of=images,
        thumbs=[
            {"image": image, "objects": objects[image.pk], "tags": tags[image.pk]}
            for image in images
        ],
        **_controls(shown, view),
    )
    return render(request, "projects/images.html", context)


def _controls(shown: Frame, view: View) -> dict[str, Any]:
    leads = Action.DELETE_IMAGES.value in shown.facts.can
    gone = ImageFilters(deleted=True)
    members = members_of(user=shown.user, project=shown.project)
    return {
        "statuses": _status_chips(shown, view),
        "splits": _split_chips(view),
        "tags": [
            Chip(tag.name, view.address(tag=None if on else tag.pk), on)
            for tag in shown.facts.tags
            if (on := tag.pk == view.tag) or not tag.archived
        ],
        "label": next((one for one in shown.facts.labels if one.pk == view.label), None),
        "deleted_count": (
            images_of(user=shown.user, project=shown.project, filters=gone).count() if leads else 0
        ),
        "sorts": [
            Chip(str(words), view.address(sort=name), view.sort == name)
            for name, words in SORT_WORDS.items()
        ],
        "overlay_address": view.address(overlay=not view.overlay),
        "deleted_address": view.address(deleted=not view.deleted, status=""),
        "unlabel_address": view.address(label=None),
        "page_address": view.address(),
        "split_words": [
            ("", gettext("no split")),
            *((word, word) for word in Split.values if word),
        ],
        "members": members if leads else [],
    }


def _status_chips(shown: Frame, view: View) -> list[Chip]:
    counts = shown.counts
    everything = Chip(gettext("All"), view.address(status=""), not view.status, counts.images)
    return [
        everything,
        *(
            Chip(
                status.label,
                view.address(status=status.value),
                view.status == status.value,
                getattr(counts, status.value),
                status.value,
            )
            for status in ImageStatus
        ),
    ]


def _split_chips(view: View) -> list[Chip]:
    words: list[tuple[str | None, str]] = [
        (None, gettext("any split")),
        *((word, word) for word in Split.values if word),
        ("", gettext("no split")),
    ]
    return [Chip(word, view.address(split=split), view.split == split) for split, word in words]


def _write(request: HttpRequest, shown: Frame) -> HttpResponse:
    require(user=shown.user, project=shown.project, action=Action.EDIT_IMAGES)
    do = request.POST.get("do", "")
    if do == "upload":
        _upload(request, shown)
    elif do in _DEEDS:
        _apply(request, shown, do)
    else:
        raise InvalidInput(
            gettext("There is nothing called “%(do)s” to do with images.") % {"do": do[:40]}
        )
    return redirect(request.get_full_path())


def _upload(request: HttpRequest, shown: Frame) -> None:
    stored = 0
    for file in request.FILES.getlist("files"):
        try:
            store_image(
                project=shown.project, file=file, name=file.name or "image", user=shown.user
            )
        except ApplicationError as error:
            messages.error(request, said(error))
        else:
            stored += 1
    messages.success(request, gettext("%(stored)s stored.") % {"stored": stored})


def _apply(request: HttpRequest, shown: Frame, do: str) -> None:
    wanted = sent_ids(request, "image")
    if not wanted:
        raise InvalidInput(gettext("Select images first."))
    filters = ImageFilters(deleted=do == "restore")
    rows = images_of(user=shown.user, project=shown.project, filters=filters)
    images = list(rows.filter(pk__in=wanted[:MAX_SELECTED]))
    for image in images:
        _DEEDS[do](request, shown, image)
    messages.success(
        request,
        _DEED_WORDS[do] % {"count": len(images)},
    )


def _delete(_request: HttpRequest, shown: Frame, image: Image) -> None:
    delete_image(user=shown.user, image=image)


def _restore(_request: HttpRequest, shown: Frame, image: Image) -> None:
    restore_image(user=shown.user, image=image)


def _split(request: HttpRequest, shown: Frame, image: Image) -> None:
    changes = {"split": request.POST.get("split", "")}
    update_image(user=shown.user, image=image, changes=changes)


def _assign(request: HttpRequest, shown: Frame, image: Image) -> None:
    name = request.POST.get("assignee", "")
    members = members_of(user=shown.user, project=shown.project)
    membership = members.filter(user__username=name).first()
    if name and membership is None:
        raise InvalidInput(gettext("%(name)s is no member.") % {"name": name[:150]})
    changes = {"assignee": membership.user if membership else None}
    update_image(user=shown.user, image=image, changes=changes)


_DEEDS: Mapping[str, Callable[[HttpRequest, Frame, Image], None]] = {
    "delete": _delete,
    "restore": _restore,
    "split": _split,
    "assign": _assign,
}
_DEED_WORDS = {
    "delete": gettext_lazy("%(count)s deleted; restore them within 30 days from “Deleted”."),
    "restore": gettext_lazy("%(count)s restored."),
    "split": gettext_lazy("%(count)s moved to another split."),
    "assign": gettext_lazy("%(count)s assigned."),
}
