"""FHIR R5: each category as a CodeSystem, a ValueSet of its active concepts, and a ConceptMap to other systems.

One JSON file a resource. Further names are designations; what FHIR has no place for (kind, sender, relation, source of
a term) stands in extensions with `urn:zhengming:` addresses, so that reading back loses no term. The `relationship` of
a ConceptMap is checked here: `equivalent` where the other system is as fine as the category, else
`source-is-narrower-than-target`. Source: https://hl7.org/fhir/R5/codesystem.html, valueset.html, conceptmap.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zhengming.dictionary.interchange.facts import Facts, Row
from zhengming.dictionary.interchange.systems import by_uri, system
from zhengming.dictionary.model import Category, Concept, Dictionary, Term
from zhengming.errors import DictionaryError
from zhengming.files import opened, write_bytes

RELATIONSHIPS = frozenset(
    {
        "related-to",
        "equivalent",
        "source-is-narrower-than-target",
        "source-is-broader-than-target",
        "not-related-to",
    }
)
_PROPERTIES = (("parent", "code"), ("status", "code"), ("replacedBy", "code"), ("source", "string"), ("note", "string"))
_TERM_EXTENSIONS = ("kind", "sender", "relation", "source", "added_by", "added_on")
_PREFERRED = {"system": "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra", "code": "preferredForLanguage"}


def dump(dictionary: Dictionary, folder: Path, categories: Sequence[str]) -> list[Path]:
    """Write `CodeSystem-…json`, `ValueSet-…json` and, where there are mappings, `ConceptMap-…json` of each category."""
    written = []
    for name in categories:
        category = dictionary.category(name)
        resources = [_code_system(dictionary, category), _value_set(dictionary, category)]
        if category.mappings:
            resources.append(_concept_map(dictionary, category))
        for resource in resources:
            path = folder / f"{resource['resourceType']}-{resource['id']}.json"
            write_bytes(path, (json.dumps(resource, ensure_ascii=False, indent=1) + "\n").encode())
            written.append(path)
    return written


def load(path: Path) -> list[Facts]:
    """What the CodeSystems and ConceptMaps say that `path` is or holds.

    Raises:
        DictionaryError: no resource of ours there, or one that is malformed.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    resources = [resource for file in files for resource in _read(file)]
    maps = [_mapped(one) for one in resources if one["resourceType"] == "ConceptMap"]
    found = [_facts(one, maps) for one in resources if one["resourceType"] == "CodeSystem"]
    if not found:
        raise DictionaryError(
            "holds no CodeSystem", where=str(path), remedy="name a FHIR R5 JSON file or a folder of them"
        )
    return found


def _header(dictionary: Dictionary, category: Category, kind: str) -> dict[str, Any]:
    identity = f"{dictionary.id}-{category.name}".replace("_", "-")[:64]
    words = f"{dictionary.id} {category.name} {kind}".replace("_", " ").replace("-", " ").title()
    return {
        "resourceType": kind,
        "id": identity,
        "url": f"urn:zhengming:{dictionary.id}:{category.name}:{kind}",
        "version": dictionary.version,
        "name": words.replace(" ", "")[:255],
        "title": category.titles.get("zh") or category.name,
        "status": "active",
        "experimental": False,
    }


def _system_url(dictionary: Dictionary, category: Category) -> str:
    return f"urn:zhengming:{dictionary.id}:{category.name}:CodeSystem"


def _code_system(dictionary: Dictionary, category: Category) -> dict[str, Any]:
    attributes = [(name, "string") for name in category.attributes]
    return {
        **_header(dictionary, category, "CodeSystem"),
        "language": "zh",
        "caseSensitive": True,
        "valueSet": f"urn:zhengming:{dictionary.id}:{category.name}:ValueSet",
        "content": "complete",
        "count": len(category.concepts),
        "property": [{"code": code, "type": kind} for code, kind in (*_PROPERTIES, *attributes)],
        "concept": [_concept(one) for _code, one in sorted(category.concepts.items())],
    }


def _concept(concept: Concept) -> dict[str, Any]:
    said: list[tuple[str, str, str]] = [("parent", "valueCode", code) for code in concept.parents]
    said.append(("status", "valueCode", concept.status))
    said += [("replacedBy", "valueCode", code) for code in concept.replaced_by]
    texts = {"source": concept.source, "note": concept.note, **concept.attributes}
    said += [(name, "valueString", text) for name, text in texts.items() if text]
    made: dict[str, Any] = {"code": concept.code, "display": concept.name}
    names = [_designation(term) for term in concept.terms[1:]]
    if names:
        made["designation"] = names
    made["property"] = [{"code": code, key: value} for code, key, value in said]
    return made


def _designation(term: Term) -> dict[str, Any]:
    made: dict[str, Any] = {}
    values = {name: getattr(term, name) for name in _TERM_EXTENSIONS}
    if term.kind != "preferred":
        made["extension"] = [
            {"url": f"urn:zhengming:term-{name.replace('_', '-')}", "valueString": value}
            for name, value in values.items()
            if value
        ]
    if term.lang:
        made["language"] = term.lang
    made["use"] = _PREFERRED if term.kind == "preferred" else {"system": "urn:zhengming:term-kind", "code": term.kind}
    made["value"] = term.text
    return made


def _value_set(dictionary: Dictionary, category: Category) -> dict[str, Any]:
    include = {
        "system": _system_url(dictionary, category),
        "version": dictionary.version,
        "filter": [{"property": "status", "op": "=", "value": "active"}],
    }
    return {**_header(dictionary, category, "ValueSet"), "compose": {"include": [include]}}


def _concept_map(dictionary: Dictionary, category: Category) -> dict[str, Any]:
    groups = []
    for name in category.mappings:
        relationship = "equivalent" if name in category.one_to_one else "source-is-narrower-than-target"
        elements = [
            {
                "code": code,
                "display": concept.name,
                "target": [{"code": target, "relationship": relationship} for target in concept.mappings[name]],
            }
            for code, concept in sorted(category.concepts.items())
            if concept.mappings.get(name)
        ]
        if elements:
            uri = system(name).uri
            groups.append({"source": _system_url(dictionary, category), "target": uri, "element": elements})
    return {**_header(dictionary, category, "ConceptMap"), "group": groups}


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with opened(path) as handle:
        data = handle.read()
    try:
        resource = json.loads(data)
    except ValueError:
        raise DictionaryError("is not JSON", where=str(path)) from None
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise DictionaryError("is no FHIR resource", where=str(path), remedy="it needs a resourceType")
    if resource["resourceType"] == "Bundle":
        yield from (entry["resource"] for entry in resource.get("entry", ()) if "resource" in entry)
    else:
        yield resource


def _facts(resource: Mapping[str, Any], maps: Sequence[tuple[str, dict[str, dict[str, list[str]]]]]) -> Facts:
    url = str(resource.get("url", ""))
    name = url.split(":")[-2] if url.startswith("urn:zhengming:") else str(resource.get("id", ""))
    mapped: dict[str, dict[str, list[str]]] = {}
    for source_url, targets in maps:
        if source_url == url:
            for target, codes in targets.items():
                mapped.setdefault(target, {}).update(codes)
    try:
        listed = list(_listed(resource.get("concept", ()), ""))
        concepts = [_concept_row(one, parent, mapped) for one, parent in listed]
        terms = [row for one, _parent in listed for row in _term_rows(one)]
    except (KeyError, TypeError, AttributeError):
        raise DictionaryError("has a malformed concept", where=f"CodeSystem {name}") from None
    return Facts(name, concepts, terms, tuple(mapped), {"zh": str(resource.get("title", ""))})


def _listed(concepts: Sequence[Mapping[str, Any]], parent: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Every concept with the one it is nested in."""
    for concept in concepts:
        yield concept, parent
        yield from _listed(concept.get("concept", ()), str(concept["code"]))


def _concept_row(concept: Mapping[str, Any], parent: str, mapped: Mapping[str, Mapping[str, list[str]]]) -> Row:
    said: dict[str, list[str]] = {}
    for one in concept.get("property", ()):
        value = next((str(one[key]) for key in one if key.startswith("value")), "")
        said.setdefault(one["code"], []).append(value)
    english = [one["value"] for one in concept.get("designation", ()) if _is_preferred(one)]
    code = str(concept["code"])
    row = {
        "code": code,
        "name": str(concept["display"]),
        "name_en": english[0] if english else "",
        "parents": ";".join([*([parent] if parent else []), *said.pop("parent", ())]),
        "status": "".join(said.pop("status", ["active"])[:1]),
        "replaced_by": ";".join(said.pop("replacedBy", ())),
        "source": "",
        "note": "",
    }
    row.update({name: values[0] for name, values in said.items()})
    row.update({name: ";".join(codes.get(code, ())) for name, codes in mapped.items()})
    return row


def _is_preferred(designation: Mapping[str, Any]) -> bool:
    return bool(designation.get("use", {}).get("code") == _PREFERRED["code"])


def _term_rows(concept: Mapping[str, Any]) -> Iterator[Row]:
    for one in concept.get("designation", ()):
        if _is_preferred(one):
            continue
        row = {"code": str(concept["code"]), "term": one["value"], "lang": one.get("language", ""), "kind": "synonym"}
        row.update(dict.fromkeys(("sender", "source", "added_by", "added_on"), ""), relation="exact")
        for extension in one.get("extension", ()):
            name = extension["url"].removeprefix("urn:zhengming:term-").replace("-", "_")
            if name in _TERM_EXTENSIONS:
                row[name] = extension["valueString"]
        yield row


def _mapped(resource: Mapping[str, Any]) -> tuple[str, dict[str, dict[str, list[str]]]]:
    """The source system of a ConceptMap, and for each target system the codes of each code.

    Raises:
        DictionaryError: a relationship that FHIR does not have.
    """
    found: dict[str, dict[str, list[str]]] = {}
    source_url = ""
    for group in resource.get("group", ()):
        source_url = str(group.get("source", ""))
        codes = found.setdefault(by_uri(str(group["target"])), {})
        for element in group.get("element", ()):
            for target in element.get("target", ()):
                if target.get("relationship") not in RELATIONSHIPS:
                    raise DictionaryError(
                        "has a relationship that FHIR does not have",
                        where=f"ConceptMap {resource.get('id', '')}, code {element.get('code', '')}",
                        remedy=f"there are {', '.join(sorted(RELATIONSHIPS))}",
                    )
                if target["relationship"] in ("equivalent", "source-is-narrower-than-target"):
                    codes.setdefault(str(element["code"]), []).append(str(target["code"]))
    return source_url, found
