"""SKOS in Turtle: each category a concept scheme, for triple stores and vocabulary browsers.

Preferred names are `skos:prefLabel`, names one may say `skos:altLabel`, names only to be found by (misspellings,
former and ambiguous ones) `skos:hiddenLabel`; parents `skos:broader`; retired concepts `owl:deprecated` with
`dcterms:isReplacedBy`; codes of other systems `skos:exactMatch` or `skos:broadMatch`. Written by hand in one fixed
order, so that the same dictionary gives the same bytes; read with rdflib (extra `rdf`).
Source: https://www.w3.org/TR/skos-reference/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from zhengming.dictionary.interchange.facts import Facts
from zhengming.dictionary.interchange.systems import by_prefix_uri, system
from zhengming.dictionary.model import Category, Concept, Dictionary
from zhengming.errors import DictionaryError, UsageError
from zhengming.files import opened, write_bytes

if TYPE_CHECKING:
    from rdflib import Graph

_CARRIED = frozenset({"code", "name", "name_en", "parents", "status", "replaced_by", "source", "note"})
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_HIDDEN_KINDS = frozenset({"misspelling", "former"})
_PREFIXES = {
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}


def dump(dictionary: Dictionary, folder: Path, categories: Sequence[str]) -> list[Path]:
    """Write `<category>.ttl` for each category."""
    written = []
    for name in categories:
        category = dictionary.category(name)
        path = folder / f"{name}.ttl"
        write_bytes(path, "\n".join(_turtle(dictionary, category)).encode())
        written.append(path)
    return written


def load(path: Path) -> list[Facts]:
    """What Turtle files say; a name the source does not know comes back as a synonym.

    Raises:
        DictionaryError: no Turtle, or no concept scheme in it.
        UsageError: rdflib is not installed.
    """
    files = sorted(path.glob("*.ttl")) if path.is_dir() else [path]
    if not files:
        raise DictionaryError("holds no .ttl", where=str(path))
    return [_facts(file) for file in files]


def _turtle(dictionary: Dictionary, category: Category) -> Iterator[str]:
    base = f"urn:zhengming:{dictionary.id}:{category.name}:"
    scheme = f"<urn:zhengming:{dictionary.id}:{category.name}>"
    yield from (f"@prefix {prefix}: <{uri}> ." for prefix, uri in _PREFIXES.items())
    yield f"@prefix zm: <{base}> ."
    titles = [f"dcterms:title {_literal(title, lang)}" for lang, title in sorted(category.titles.items())]
    yield (
        "\n"
        + " ;\n    ".join(
            [f"{scheme} a skos:ConceptScheme", *titles, f"owl:versionInfo {_literal(dictionary.version)}"]
        )
        + " ."
    )
    for _code, concept in sorted(category.concepts.items()):
        yield "\n" + " ;\n    ".join(_said(concept, category, base, scheme)) + " ."
    yield ""


def _said(concept: Concept, category: Category, base: str, scheme: str) -> Iterator[str]:
    yield f"<{base}{quote(concept.code)}> a skos:Concept"
    yield f"skos:inScheme {scheme}"
    yield f"skos:notation {_literal(concept.code)}"
    taken = {(term.text, term.lang) for term in concept.terms if term.kind == "preferred"}
    yield from (f"skos:prefLabel {_literal(text, lang)}" for text, lang in sorted(taken, key=lambda one: one[1]))
    labels = set()
    for term in concept.terms:
        hidden = term.kind in _HIDDEN_KINDS or term.relation != "exact" or bool(term.sender)
        if (term.text, term.lang) not in taken:  # labels of one concept are disjoint (S13)
            taken.add((term.text, term.lang))
            labels.add((f"skos:{'hidden' if hidden else 'alt'}Label", term.text, term.lang))
    yield from (f"{predicate} {_literal(text, lang)}" for predicate, text, lang in sorted(labels))
    yield from (f"skos:broader <{base}{quote(parent)}>" for parent in concept.parents)
    if concept.status == "retired":
        yield "owl:deprecated true"
    yield from (f"dcterms:isReplacedBy <{base}{quote(code)}>" for code in concept.replaced_by)
    for name, codes in concept.mappings.items():
        predicate = "skos:exactMatch" if name in category.one_to_one else "skos:broadMatch"
        yield from (f"{predicate} <{system(name).prefix_uri}{quote(system(name).local(code))}>" for code in codes)
    if concept.source:
        yield f"dcterms:source {_literal(concept.source)}"
    if concept.note:
        yield f"skos:note {_literal(concept.note)}"


def _literal(text: str, lang: str = "") -> str:
    escaped = text.translate(_ESCAPES)
    return f'"{escaped}"@{lang}' if lang else f'"{escaped}"'


def _graph(path: Path) -> Graph:
    try:
        from rdflib import Graph
    except ImportError:
        raise UsageError("reading Turtle needs rdflib", remedy="pip install 'zhengming[rdf]'") from None
    with opened(path) as handle:
        data = handle.read()
    graph = Graph()
    try:
        graph.parse(data=data, format="turtle")
    except Exception:  # noqa: BLE001 — rdflib has no common error, and its messages quote the file
        raise DictionaryError("is not Turtle", where=str(path), remedy="export it again as Turtle") from None
    return graph


def _facts(path: Path) -> Facts:
    graph = _graph(path)
    from rdflib.namespace import DCTERMS, RDF, SKOS

    scheme = next(iter(sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str)), None)
    if scheme is None:
        raise DictionaryError("has no concept scheme", where=str(path))
    nodes = sorted(graph.subjects(RDF.type, SKOS.Concept), key=str)
    concepts = [_concept(graph, node) for node in nodes]
    terms = [
        {"code": row["code"], "term": text, "lang": lang}
        for node, row in zip(nodes, concepts, strict=True)
        for predicate in (SKOS.altLabel, SKOS.hiddenLabel)
        for text, lang in _labels(graph, node, predicate)
    ]
    systems = tuple(dict.fromkeys(name for row in concepts for name in row if name not in _CARRIED))
    titles = {lang or "zh": text for text, lang in _labels(graph, scheme, DCTERMS.title)}
    return Facts(str(scheme).rsplit(":", 1)[-1], concepts, terms, systems, titles, whole_terms=False)


def _concept(graph: Graph, node: Any) -> dict[str, str]:
    """The row of `concepts.csv` that the statements about a concept make."""
    from rdflib.namespace import DCTERMS, OWL, SKOS

    def said(predicate: Any) -> list[str]:
        return sorted(str(one) for one in graph.objects(node, predicate))

    def codes(predicate: Any) -> str:
        return ";".join(unquote(one.rsplit(":", 1)[-1]) for one in said(predicate))

    names = {lang or "zh": text for text, lang in _labels(graph, node, SKOS.prefLabel)}
    notations = said(SKOS.notation)
    code = notations[0] if notations else unquote(str(node).rsplit(":", 1)[-1])
    row = {
        "code": code,
        "name": names.get("zh") or next(iter(names.values()), code),
        "name_en": names.get("en", ""),
        "parents": codes(SKOS.broader),
        "status": "retired" if said(OWL.deprecated) else "active",
        "replaced_by": codes(DCTERMS.isReplacedBy),
        "source": ";".join(said(DCTERMS.source)),
        "note": ";".join(said(SKOS.note)),
    }
    for uri in [*said(SKOS.exactMatch), *said(SKOS.broadMatch)]:
        name, local = by_prefix_uri(uri)
        row[name] = ";".join(filter(None, [row.get(name, ""), unquote(local)]))
    return row


def _labels(graph: Graph, node: Any, predicate: Any) -> list[tuple[str, str]]:
    return sorted((str(one), str(getattr(one, "language", None) or "")) for one in graph.objects(node, predicate))
