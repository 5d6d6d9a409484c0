"""Any code list as a dictionary: a CSV file whose columns are named, held in memory as one category."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.model import Category, Concept, Dictionary, Policy, Term
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
    text = source.read_text(path)
    concepts = dict(_concepts(text, columns, path))
    made = Category(
        name=category,
        titles={"zh": category, "en": category},
        concepts=concepts,
        policy=Policy(cell="value" if cell == "value" else "mentions", review=0.55),
    )
    return Dictionary(
        id=path.stem,
        version="0",
        categories=(category,),
        read=lambda _name: made,
        digest=lambda: hashlib.sha256(f"{category}\0{columns}\0{text}".encode()).hexdigest(),
    )


def _concepts(text: str, columns: Columns, path: Path) -> Iterator[tuple[str, Concept]]:
    rows = csv.DictReader(io.StringIO(text))
    named = {"code": columns.code, "name": columns.name, "name_en": columns.name_en}
    named |= {"parents": columns.parents, "synonyms": columns.synonyms}
    missing = [column for column in named.values() if column and column not in (rows.fieldnames or ())]
    if missing:
        raise DictionaryError(f"lacks the column {', '.join(missing)}", where=str(path), remedy="name its columns")
    for row in rows:
        cells = {part: (row[column] or "").strip() if column else "" for part, column in named.items()}
        code, name = cells["code"], cells["name"]
        if not code or not name:
            continue
        terms = [Term(name, "preferred", source=path.name)]
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
