"""The editor's page asks for all of its modules at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from annotator.module_graph import modules_of
from tests.factories import make_image, make_project, make_user
from tests.processes import ROOT


def test_every_module_that_an_import_names_is_there_once() -> None:
    modules = modules_of("src/pages/editor.js")

    assert len(modules) == len(set(modules)) > 100
    assert {"src/model/store.js", "vendor/lit-html/lit-html.js"} <= set(modules)
    assert all((ROOT / "frontend" / module).is_file() for module in modules)
    assert "src/types.js" not in modules  # named in comments only


def test_imports_of_all_kinds_are_found(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR, settings.DEBUG = tmp_path, True
    files = {
        "src/a.js": 'import { b } from "./deep/b.js";\nimport "./c.js";\n',
        "src/deep/b.js": 'import {\n  c,\n} from "../c.js";\n/** @type {import("../no.js").X} */\n',
        "src/c.js": 'export * from "./d.js";\nconst far = () => import("./lazy.js");\n',
        "src/d.js": "",
    }
    for name, text in files.items():
        path = tmp_path / "frontend" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    assert modules_of("src/a.js") == ("src/a.js", "src/deep/b.js", "src/c.js", "src/d.js")


@pytest.mark.django_db
def test_the_editors_page_preloads_them(client: Any) -> None:
    alice = make_user("alice")
    image = make_image(make_project(lead=alice))
    client.force_login(alice)

    page = client.get(f"/images/{image.pk}/").content.decode()

    links = re.findall(r'<link rel="modulepreload" href="/static/[^/]+/([^"]+)">', page)
    assert tuple(links) == modules_of("src/pages/editor.js")
