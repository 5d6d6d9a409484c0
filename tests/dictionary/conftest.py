"""A small dictionary to change and to release, and a store of its own for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from zhengming.dictionary import local, source


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A source folder with the category of the sexes."""
    root = tmp_path / "mine"
    shutil.copytree(source.bundled() / "categories" / "sex", root / "categories" / "sex")
    (root / "dictionary.toml").write_text('id = "mine"\nversion = "1.0.0"\n', encoding="utf-8")
    return root


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty store of releases."""
    folder = tmp_path / "store"
    monkeypatch.setenv(local.VARIABLE, str(folder))
    return folder
