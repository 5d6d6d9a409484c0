"""Frictionless: the source tables of a dictionary as a Data Package with Table Schemas, for any tool that reads those.

`datapackage.json` beside one `concepts` and one `terms` CSV a category: types, required cells, patterns of codes,
words allowed, primary and foreign keys. Source: https://datapackage.org/standard/table-schema/.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zhengming.dictionary.model import CONCEPT_STATUSES, RELATIONS, TERM_KINDS, Category, Dictionary
from zhengming.dictionary.source import CONCEPT_HEAD, CONCEPT_TAIL, TERM_COLUMNS, dump_table
from zhengming.files import write_bytes

_REQUIRED = {"code", "name", "term", "status", "kind", "relation"}
_WORDS = {"status": CONCEPT_STATUSES, "kind": TERM_KINDS, "relation": RELATIONS}


def dump(dictionary: Dictionary, folder: Path, categories: Sequence[str]) -> list[Path]:
    """Write the tables and `datapackage.json`."""
    written: list[Path] = []
    resources: list[dict[str, Any]] = []
    for name in categories:
        category = dictionary.category(name)
        for table, columns, rows in tables(category):
            path = folder / f"{name}.{table}.csv"
            write_bytes(path, dump_table(columns, rows).encode())
            written.append(path)
            resources.append(_resource(category, table, columns, path.name))
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": dictionary.id.lower(),
        "title": dictionary.title or dictionary.id,
        "version": dictionary.version,
        "resources": resources,
    }
    about = folder / "datapackage.json"
    write_bytes(about, (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode())
    return [*written, about]


def tables(category: Category) -> list[tuple[str, tuple[str, ...], list[list[str]]]]:
    """The tables of a category in source form: name, columns, rows."""
    columns = (*CONCEPT_HEAD, *category.mappings, *category.attributes, *CONCEPT_TAIL)
    concepts = [
        [
            *(one.code, one.name, one.name_en, ";".join(one.parents), one.status, ";".join(one.replaced_by)),
            *(";".join(one.mappings.get(name, ())) for name in category.mappings),
            *(one.attributes.get(name, "") for name in category.attributes),
            *(one.source, one.note),
        ]
        for one in category.concepts.values()
    ]
    terms = [
        [
            one.code,
            *(term.text, term.kind, term.lang, term.sender, term.relation, term.source),
            term.added_by,
            term.added_on,
        ]
        for one in category.concepts.values()
        for term in one.terms
        if term.kind != "preferred"
    ]
    return [("concepts", columns, concepts), ("terms", TERM_COLUMNS, terms)]


def _resource(category: Category, table: str, columns: Sequence[str], path: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(name, category) for name in columns]}
    if table == "concepts":
        schema["primaryKey"] = ["code"]
    else:
        reference = {"resource": f"{category.name}-concepts".replace("_", "-"), "fields": ["code"]}
        schema["foreignKeys"] = [{"fields": ["code"], "reference": reference}]
    return {
        "name": f"{category.name}-{table}".replace("_", "-"),
        "type": "table",
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "title": category.titles.get("zh") or category.name,
        "schema": schema,
    }


def _field(name: str, category: Category) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "type": "date" if name == "added_on" else "string"}
    constraints: dict[str, Any] = {"required": True} if name in _REQUIRED else {}
    if name in _WORDS:
        constraints["enum"] = list(_WORDS[name])
    if name == "code" and category.code_pattern:
        constraints["pattern"] = category.code_pattern
    if constraints:
        made["constraints"] = constraints
    return made
