"""Starting: a fresh dictionary folder, a fresh category, and one more code system in a category that exists."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.manifest import CategoryManifest
from zhengming.errors import DictionaryError, UnwritableFile, UsageError
from zhengming.files import write_bytes

LONGEST_NAME = 60  # characters of a category's name: it is the name of a folder
_NAME = re.compile(r"\w[\w-]*")
_MAPPINGS = re.compile(r"^mappings\s*=\s*\[[^\]]*\]", re.MULTILINE)
_TABLE = re.compile(r"^\[", re.MULTILINE)


def new(root: Path, *, id: str = "", category: str = "", title_zh: str = "", title_en: str = "") -> list[str]:
    """Make a dictionary in the folder `root`, which must be empty or missing; gives the files made.

    With `category` it has that one category, still without concepts, and the titles are the category's; else they are
    the dictionary's. `id` is the folder's name unless given.

    Raises:
        UsageError: the category's name cannot be the name of a folder.
        UnwritableFile: the folder holds something, or cannot be written.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UnwritableFile("is there already", where=str(root), remedy="name a new folder")
    files = {"dictionary.toml": _filled("dictionary.toml", id=id or root.resolve().name, title=title_zh or title_en)}
    if category:
        folder = f"categories/{checked_name(category)}"
        files[f"{folder}/concepts.csv"] = source.dump_table((*source.CONCEPT_HEAD, *source.CONCEPT_TAIL), [])
        files[f"{folder}/terms.csv"] = source.dump_table(source.TERM_COLUMNS, [])
        files[f"{folder}/category.toml"] = category_toml(category, title_zh, title_en)
    for name, text in files.items():
        write(root / name, text.encode())
    return list(files)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, its folder made first.

    Raises:
        UnwritableFile: the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableFile("the folder cannot be made", where=str(path.parent), remedy=error.strerror or "") from None
    write_bytes(path, data)


def checked_name(category: str) -> str:
    """The category's name, if it can be the name of a folder anywhere.

    >>> checked_name("icd10"), checked_name("学校")
    ('icd10', '学校')

    Raises:
        UsageError: it cannot.
    """
    if len(category) > LONGEST_NAME or not _NAME.fullmatch(category):
        raise UsageError(
            "a category's name is made of letters, digits, - and _", remedy=f"choose one of up to {LONGEST_NAME}"
        )
    return category


def category_toml(name: str, title_zh: str = "", title_en: str = "", mappings: Sequence[str] = ()) -> str:
    """The text of a new category's `category.toml`; titles that are not given are its name."""
    text = _filled("category.toml", title_zh=title_zh or name, title_en=title_en or name)
    return with_mappings(text, mappings, where=name) if mappings else text


def with_mappings(text: str, mappings: Sequence[str], *, where: str) -> str:
    r"""The text of a `category.toml` in which `mappings` are declared, all else as it was.

    >>> with_mappings('title = { zh = "校" }\n', ["moe"], where="")
    'title = { zh = "校" }\nmappings = ["moe"]\n'

    Raises:
        DictionaryError: the text is so unusual that it must be changed by hand.
    """
    declared = f"mappings = {json.dumps(list(mappings), ensure_ascii=False)}"
    table = _TABLE.search(text)
    top = text[: table.start()] if table else text
    if _MAPPINGS.search(top):
        changed = _MAPPINGS.sub(lambda _old: declared, top, count=1)
    else:
        changed = f"{top.rstrip()}\n{declared}\n" + ("\n" if table else "")
    whole = changed + text[len(top) :]
    about = CategoryManifest.from_data(source.parse_toml(text, where), where=where)
    try:
        read_back = CategoryManifest.from_data(source.parse_toml(whole, where), where=where)
    except DictionaryError:
        read_back = about
    if read_back != about.model_copy(update={"mappings": list(mappings)}):
        raise DictionaryError("the mappings cannot be declared here", where=where, remedy=f"write {declared} yourself")
    return whole


def _filled(name: str, **words: str) -> str:
    template = (resources.files("zhengming") / "data" / "new" / name).read_text(encoding="utf-8")
    return template.format(**{key: json.dumps(word, ensure_ascii=False) for key, word in words.items()})
