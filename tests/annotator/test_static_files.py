"""What browsers get of the front end's large files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

VENDOR = Path(settings.BASE_DIR) / "frontend" / "vendor"
MODULES = sorted(str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*.wasm"))


def test_there_is_web_assembly() -> None:
    assert MODULES


@pytest.mark.parametrize("module", MODULES)
def test_web_assembly_travels_compressed(client: Client, module: str) -> None:
    address = f"{settings.STATIC_URL}vendor/{module}"

    packed = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})

    assert packed["Content-Encoding"] == "gzip"
    assert packed["Content-Type"] == plain["Content-Type"] == "application/wasm"
    assert "Content-Encoding" not in plain
    sent = b"".join(packed.streaming_content)
    assert len(sent) < 0.3 * (VENDOR / module).stat().st_size
    assert gzip.decompress(sent) == b"".join(plain.streaming_content)
