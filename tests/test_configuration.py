"""Configuration is found upwards, and what is wrong in it is named without its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhengming import configuration
from zhengming.errors import UsageError


def test_without_a_file_every_part_has_its_default(tmp_path: Path) -> None:
    assert configuration.find(tmp_path) == configuration.Configuration()


def test_the_nearest_folder_upwards_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "zhengming.toml").write_text('dictionary = "chd@1.0.0"\n', encoding="utf-8")
    found = configuration.find(inner)
    assert (found.dictionary, found.folder) == ("chd@1.0.0", tmp_path.resolve())


@pytest.mark.parametrize("key", ["beyond", "portion"])
def test_a_portion_has_rows(tmp_path: Path, key: str) -> None:
    (tmp_path / "zhengming.toml").write_text(f"[large]\n{key} = 0\n", encoding="utf-8")
    with pytest.raises(UsageError, match=key):
        configuration.find(tmp_path)


def test_a_pyproject_counts_only_with_a_table_of_ours(tmp_path: Path) -> None:
    inner = tmp_path / "a"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.other]\nx = 1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.zhengming]\ndictionary = "d"\n', encoding="utf-8")
    assert configuration.find(inner).dictionary == "d"


@pytest.mark.parametrize(
    "text", ["dictionary = 张小明", "dictionary = 3", "strange = '张小明'", "[sender]\na = '张小明'"]
)
def test_what_is_wrong_is_named_without_its_value(text: str, tmp_path: Path) -> None:
    (tmp_path / "zhengming.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        configuration.find(tmp_path)
    assert "zhengming.toml" in str(caught.value)
    assert "张小明" not in str(caught.value)
