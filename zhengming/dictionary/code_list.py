"""Any code list as a dictionary: a CSV file whose columns are named, held in memory as one category."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhengming.dictionary import compiled, source
from zhengming.dictionary.model import Category, CellKind, Concept, Dictionary, Policy, Term
from zhengming.errors import DictionaryError


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the list holds what; empty where the list has no such column."""

    code: str
    name: str
    name_en: str = ""
    parents: str = ""
    synonyms: str = ""


def load(path: Path, category: str, columns: Columns, *, cell: str = "mentions") -> Dictionary:
    """The dictionary of one category that the list at `path` (CSV, UTF-8) makes; its id is the file's stem.

    Raises:
        DictionaryError: the file cannot be read, or lacks a column that is named.
    """
    kind: CellKind = "value" if cell == "value" else "mentions"
    _check_header(path, columns)
    text = "" if compiled.many_rows([path]) else source.read_text(path)  # a large one is not held

    def content() -> str:
        return text or source.read_text(path)

    def read() -> Category:
        return Category(
            name=category,
            titles={"zh": category, "en": category},
            concepts=dict(_concepts(content(), columns, path)),
            policy=Policy(cell=kind, review=0.55),
        )

    def digest() -> str:
        return hashlib.sha256(f"{category}\0{columns}\0{content()}".encode()).hexdigest()

    made = read() if text else compiled.category_of_list(path, category, f"{columns}\0{kind}", read)
    return Dictionary(id=path.stem, version="0", categories=(category,), read=lambda _name: made, digest=digest)


def _named(columns: Columns) -> dict[str, str]:
    """The columns by what they hold."""
    named = {"code": columns.code, "name": columns.name, "name_en": columns.name_en}
    return {**named, "parents": columns.parents, "synonyms": columns.synonyms}


def _check_header(path: Path, columns: Columns) -> None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            header = next(csv.reader(handle), [])
    except OSError as error:
        raise DictionaryError("cannot be read", where=str(path), remedy=error.strerror or "") from None
    except UnicodeDecodeError:
        raise DictionaryError("is not UTF-8", where=str(path), remedy="save it as CSV UTF-8") from None
    missing = [column for column in _named(columns).values() if column and column not in header]
    if missing:
        raise DictionaryError(f"lacks the column {', '.join(missing)}", where=str(path), remedy="name its columns")


def _concepts(text: str, columns: Columns, path: Path) -> Iterator[tuple[str, Concept]]:
    rows = csv.DictReader(io.StringIO(text))
    named = _named(columns)
    for row in rows:
        cells = {part: (row[column] or "").strip() if column else "" for part, column in named.items()}
        code, name = cells["code"], cells["name"]
        if not code or not name:
            continue
        terms = [Term(name, "preferred", "zh", source=path.name)]
        terms += [Term(one, "preferred", "en", source=path.name) for one in (cells["name_en"],) if one]
        terms += [Term(one, source=path.name) for one in source.split(cells["synonyms"])]
        yield (
            code,
            Concept(
                code,
                name,
                cells["name_en"],
                parents=source.split(cells["parents"]),
                terms=tuple(terms),
                source=path.name,
            ),
        )
