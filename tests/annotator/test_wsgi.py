"""The web process's entry, called as a server calls it."""

from __future__ import annotations

from wsgiref.util import setup_testing_defaults

import pytest

from annotator.wsgi import application
from projects.services.tokens import create_token
from tests.factories import make_project, make_user

# The server closes its connections between requests, so no transaction may be open around them.
pytestmark = pytest.mark.django_db(transaction=True)


def asked(method: str, path: str, token: str) -> tuple[str, dict[str, str], bytes]:
    environ: dict[str, object] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_HOST": "127.0.0.1",
    }
    setup_testing_defaults(environ)
    begun: list[tuple[str, dict[str, str]]] = []
    chunks = application(
        environ, lambda status, headers, _=None: begun.append((status, dict(headers)))
    )
    return (*begun[0], b"".join(chunks))


@pytest.mark.parametrize("path", ["/api/v1/projects/", "/api/v1/me/", "/healthz"])
def test_head_has_the_headers_of_get_and_no_body(path: str) -> None:
    alice = make_user("alice")
    make_project(lead=alice)
    _, token = create_token(user=alice, name="script", scope="read")

    status, headers, body = asked("GET", path, token)
    status_of_head, headers_of_head, body_of_head = asked("HEAD", path, token)

    assert (status, status_of_head) == ("200 OK", "200 OK")
    assert len(body) == int(headers["Content-Length"]) > 0
    assert headers_of_head["Content-Length"] == headers["Content-Length"]
    assert body_of_head == b""
