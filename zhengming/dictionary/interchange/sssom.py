"""SSSOM TSV: mappings to other systems, names as literal mappings, and what reviewers decided, one line each.

A concept maps to a code by `skos:exactMatch` where the other system is as fine as the category, else by
`skos:broadMatch`. A name is a literal subject (`subject_type` "rdfs literal") mapped to its concept; `subject_category`
holds its kind, `subject_source` its sender. With a log of decisions (`decisions`), a rejected pair has
`predicate_modifier` Not, and a text that names nothing the object `sssom:NoTermFound`.
Source: https://mapping-commons.github.io/sssom/.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from zhengming.dictionary.decisions import Decision
from zhengming.dictionary.interchange.facts import Facts
from zhengming.dictionary.interchange.systems import by_prefix, system
from zhengming.dictionary.model import Category, Dictionary
from zhengming.dictionary.source import read_text
from zhengming.errors import DictionaryError
from zhengming.files import write_bytes

COLUMNS = (
    "subject_id",
    "subject_label",
    "subject_category",
    "subject_source",
    "subject_type",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "author_label",
    "mapping_source",
    "mapping_date",
    "comment",
)
_LITERAL = "rdfs literal"
_CURATED = "semapv:ManualMappingCuration"
_NO_TERM = "sssom:NoTermFound"
_PREDICATES = {"exact": "skos:exactMatch", "ambiguous": "skos:relatedMatch", "narrow": "skos:broadMatch"}
_PREDICATES["broad"] = "skos:narrowMatch"
_RELATIONS = {predicate: relation for relation, predicate in _PREDICATES.items()}


def dump(
    dictionary: Dictionary, folder: Path, categories: Sequence[str], decisions: Iterable[Decision] = ()
) -> list[Path]:
    """Write `<category>.sssom.tsv` for each category."""
    decided = list(decisions)
    written = []
    for name in categories:
        category = dictionary.category(name)
        rows = sorted([*_mapping_rows(category), *_term_rows(category), *_decision_rows(category, decided)])
        path = folder / f"{name}.sssom.tsv"
        write_bytes(path, (_header(dictionary, category) + _table(rows)).encode())
        written.append(path)
    return written


def load(path: Path) -> list[Facts]:
    """The mappings and names that SSSOM files say; concepts themselves are not theirs to say.

    Raises:
        DictionaryError: no such file, or it lacks a column.
    """
    files = sorted(path.glob("*.sssom.tsv")) if path.is_dir() else [path]
    if not files:
        raise DictionaryError("holds no .sssom.tsv", where=str(path))
    return [_facts(file) for file in files]


def _header(dictionary: Dictionary, category: Category) -> str:
    prefixes = {"zm": f"urn:zhengming:{dictionary.id}:{category.name}:"}
    prefixes |= {system(name).prefix: system(name).prefix_uri for name in category.mappings}
    lines = [
        "curie_map:",
        *(f'  {prefix}: "{uri}"' for prefix, uri in sorted(prefixes.items())),
        f"mapping_set_id: urn:zhengming:{dictionary.id}:{category.name}:mappings",
        f'mapping_set_version: "{dictionary.version}"',
        f"mapping_set_title: {dictionary.id} {category.name}",
        "license: https://www.apache.org/licenses/LICENSE-2.0",
    ]
    return "".join(f"#{line}\n" for line in lines)


def _table(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return out.getvalue()


def _row(**values: str) -> tuple[str, ...]:
    return tuple(values.get(column, "") for column in COLUMNS)


def _mapping_rows(category: Category) -> Iterator[tuple[str, ...]]:
    for concept in category.concepts.values():
        for name, codes in concept.mappings.items():
            exact = name in category.one_to_one
            for code in codes:
                yield _row(
                    subject_id=f"zm:{concept.code}",
                    subject_label=concept.name,
                    predicate_id="skos:exactMatch" if exact else "skos:broadMatch",
                    object_id=f"{system(name).prefix}:{system(name).local(code)}",
                    mapping_justification=_CURATED,
                    mapping_source="",
                    comment=concept.source,
                )


def _term_rows(category: Category) -> Iterator[tuple[str, ...]]:
    for concept in category.concepts.values():
        for term in concept.terms:
            if term.kind == "preferred":
                continue
            yield _row(
                subject_label=term.text,
                subject_category=f"{term.kind}@{term.lang}" if term.lang else term.kind,
                subject_source=term.sender and f"zm:sender/{term.sender}",
                subject_type=_LITERAL,
                predicate_id=_PREDICATES[term.relation],
                object_id=f"zm:{concept.code}",
                object_label=concept.name,
                mapping_justification=_CURATED,
                author_label=term.added_by,
                mapping_date=term.added_on,
                comment=term.source,
            )


def _decision_rows(category: Category, decisions: Iterable[Decision]) -> Iterator[tuple[str, ...]]:
    for one in decisions:
        if one.category != category.name:
            continue
        about = {
            "subject_label": one.text,
            "subject_type": _LITERAL,
            "subject_source": one.sender and f"zm:sender/{one.sender}",
            "predicate_id": "skos:exactMatch",
            "mapping_justification": _CURATED,
            "author_label": one.reviewer,
            "mapping_date": one.time[:10],
            "comment": "decision",
        }
        for code in one.codes:
            yield _row(**about, object_id=f"zm:{code}")
        for code in one.rejected:
            yield _row(**about, object_id=f"zm:{code}", predicate_modifier="Not")
        if one.verdict == "no-match":
            yield _row(**about, object_id=_NO_TERM)


def _facts(path: Path) -> Facts:
    text = read_text(path)
    header = [line[1:] for line in text.splitlines() if line.startswith("#")]
    identity = next((line.split(": ", 1)[1] for line in header if line.startswith("mapping_set_id: ")), "")
    name = identity.split(":")[-2] if identity.startswith("urn:zhengming:") else path.name.split(".")[0]
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    rows = csv.DictReader(io.StringIO(body), delimiter="\t")
    missing = {"subject_id", "subject_label", "predicate_id", "object_id"} - set(rows.fieldnames or ())
    if missing:
        raise DictionaryError(f"lacks the column {', '.join(sorted(missing))}", where=str(path))
    mapped: dict[str, dict[str, list[str]]] = {}
    terms = []
    for row in rows:
        literal = row.get("subject_type") == _LITERAL or not row["subject_id"]
        if row.get("predicate_modifier") or row["object_id"] == _NO_TERM or row.get("comment") == "decision":
            continue
        if literal and row["object_id"].startswith("zm:"):
            terms.append(_term(row))
        elif row["subject_id"].startswith("zm:"):
            prefix, _colon, code = row["object_id"].partition(":")
            known = by_prefix(prefix)
            codes = mapped.setdefault(row["subject_id"][3:], {})
            codes.setdefault(known, []).append(system(known).whole(code))
    systems = tuple(dict.fromkeys(name for codes in mapped.values() for name in codes))
    concepts = [
        {"code": code, **{name: ";".join(found) for name, found in codes.items()}} for code, codes in mapped.items()
    ]
    return Facts(name, concepts, terms, systems, whole_terms=False)


def _term(row: Mapping[str, str]) -> dict[str, str]:
    kind, _at, lang = (row.get("subject_category") or "synonym").partition("@")
    return {
        "code": row["object_id"][3:],
        "term": row["subject_label"],
        "kind": kind,
        "lang": lang,
        "sender": (row.get("subject_source") or "").removeprefix("zm:sender/"),
        "relation": _RELATIONS.get(row["predicate_id"], "ambiguous"),
        "source": row.get("comment") or "",
        "added_by": row.get("author_label") or "",
        "added_on": row.get("mapping_date") or "",
    }
