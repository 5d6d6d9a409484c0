"""A dictionary as a folder of HTML pages: browsed and searched offline, straight from the folder, nothing fetched.

    index.html                     the categories, and a search over all of them
    assets/                        style and script of all pages
    CATEGORY/index.html            the hierarchy or list of the category, and a search in it
    CATEGORY/concepts-001.html     the concepts, 50 to a page; a link to one shows it alone
    CATEGORY/terms.js              what the search looks through

The templates are in `data/reports/site/`, filled by jinja2 with autoescape on; a content security policy in each page
allows nothing but the folder's own style and scripts. The same dictionary gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from zhengming.dictionary.folding import MARKS, fold, key
from zhengming.dictionary.model import Category, Concept, Dictionary, Term
from zhengming.errors import DictionaryError, UnwritableFile
from zhengming.files import write_bytes
from zhengming.findings import words
from zhengming.reports.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

ON_A_PAGE = 50  # concepts; with 13 terms each that is a page of about 100 kB
LISTED = 10_000  # concepts that the page of a category still lists; beyond, it has the search and the pages
_OPEN = 12  # branches of the hierarchy that are open at first
_FOLDED_BLOCKS = ((0x2150, 0x2190), (0x2460, 0x2794), (0x3400, 0xA000), (0xF900, 0xFB00))  # numerals, hanzi

Link = dict[str, str]


def write(dictionary: Dictionary, folder: str | Path, *, lang: str = "zh") -> int:
    """Write the site into `folder`, which is made if it is missing; gives the number of files.

    Each file appears whole or not at all. Files of the same name are replaced, others are left alone.

    Raises:
        DictionaryError: the dictionary cannot be read, or a category's name cannot name a folder.
        UnwritableFile: a file or folder cannot be written.
    """
    count = 0
    made: set[Path] = set()
    for name, data in files(dictionary, lang=lang):
        path = Path(folder, name)
        if path.parent not in made:
            _make(path.parent)
            made.add(path.parent)
        write_bytes(path, data)
        count += 1
    return count


def files(dictionary: Dictionary, *, lang: str = "zh") -> Iterator[tuple[str, bytes]]:
    """Every file of the site: its path below the site's folder, with `/`, and its bytes.

    Raises:
        DictionaryError: as for `write`.
    """
    environment = _environment(dictionary, lang)
    yield "assets/style.css", _asset("style.css").encode()
    yield "assets/search.js", _asset("search.js").encode()
    yield "assets/folding.js", _folding().encode()
    counted: list[dict[str, Any]] = []
    for category in dictionary:
        pages = _Pages(category, lang)
        counted.append(pages.about)
        yield from ((f"{category.name}/{name}", data) for name, data in pages.files(environment))
    sources = [_source(one, f"{quote(one['folder'])}/") for one in counted]
    index = environment.get_template("index.html").render(top="", categories=counted, sources=sources)
    yield "index.html", index.encode()


class _Pages:
    """The pages of one category."""

    def __init__(self, category: Category, lang: str) -> None:
        if Path(category.name).name != category.name or category.name in ("", "..", "assets"):
            raise DictionaryError("the name of a category cannot name a folder", where=repr(category.name))
        self.category = category
        self.words = words(lang)
        concepts = category.concepts.values()
        self.about: dict[str, Any] = {
            "name": category.name,
            "folder": category.name,
            "title": visible(category.titles.get(lang, category.name)),
            "concepts": sum(one.status != "retired" for one in concepts),
            "retired": sum(one.status == "retired" for one in concepts),
            "terms": sum(len(one.terms) for one in concepts),
            "mapped": sum(any(one.mappings.values()) for one in concepts),
            "systems": category.mappings,
        }
        self.chunks = _chunks(list(category.concepts))
        self.numbers = {code: f"{number:03d}" for number, chunk in enumerate(self.chunks, 1) for code in chunk}

    def files(self, environment: Environment) -> Iterator[tuple[str, bytes]]:
        """The category's own page, the pages of its concepts, and the terms for the search."""
        tree = self._tree() if len(self.numbers) <= LISTED else []
        retired = [one for one in self.category.concepts.values() if one.status == "retired"]
        pages = [
            {"href": f"concepts-{self.numbers[chunk[0]]}.html", "first": visible(chunk[0]), "last": visible(chunk[-1])}
            for chunk in self.chunks
        ]
        page = environment.get_template("category.html").render(
            top="../",
            category=self.about,
            sources=[_source(self.about, "")],
            tree=tree,
            nested=any(node["children"] for node in tree),
            retired=[self._node(one) for one in retired] if tree else [],
            pages=pages,
        )
        yield "index.html", page.encode()
        template = environment.get_template("concepts.html")
        for number, (chunk, about) in enumerate(zip(self.chunks, pages, strict=True)):
            around = {
                "previous": pages[number - 1]["href"] if number else "",
                "next": pages[number + 1]["href"] if number + 1 < len(pages) else "",
            }
            shown = [self._concept(self.category.concepts[code]) for code in chunk]
            text = template.render(top="../", category=self.about, concepts=shown, **about, **around)
            yield about["href"], text.encode()
        yield "terms.js", self._terms_script().encode()

    def _tree(self) -> list[dict[str, Any]]:
        """The hierarchy of the concepts in use, each unfolded under the first of its parents only."""
        concepts = self.category.concepts
        active = {code for code, one in concepts.items() if one.status != "retired"}
        placed: set[str] = set()

        def grow(code: str) -> dict[str, Any]:
            placed.add(code)
            node = self._node(concepts[code])
            for child in self.category.children.get(code, ()):
                if child not in active:
                    continue
                first = next(one for one in concepts[child].parents if one in active)
                node["children"].append(
                    grow(child)
                    if first == code and child not in placed
                    else self._node(concepts[child]) | {"elsewhere": True}
                )
            node["count"] = sum(1 + one["count"] for one in node["children"])
            return node

        roots = [code for code in concepts if code in active and not active.intersection(concepts[code].parents)]
        tree = [grow(code) for code in roots]
        tree += [grow(code) for code in concepts if code in active and code not in placed]  # a ring without a root
        branches = [node for node in tree if node["children"]]
        for node in branches if len(branches) <= _OPEN else ():
            node["open"] = True
        return tree

    def _node(self, concept: Concept) -> dict[str, Any]:
        return {**self._link(concept.code), "children": [], "count": 0, "open": False, "elsewhere": False}

    def _link(self, code: str) -> Link:
        """A concept as a link; without an address when the category does not have it."""
        concept = self.category.concepts.get(code)
        if concept is None:
            return {"code": visible(code), "name": "", "href": ""}
        href = f"concepts-{self.numbers[code]}.html#{quote(code, safe='')}"
        return {"code": visible(code), "name": visible(concept.name), "href": href}

    def _links(self, codes: Iterable[str]) -> list[Link]:
        return [self._link(code) for code in codes]

    def _concept(self, concept: Concept) -> dict[str, Any]:
        return {
            **self._link(concept.code),
            "name_en": visible(concept.name_en),
            "retired": concept.status == "retired",
            "replaced_by": self._links(concept.replaced_by),
            "replaces": self._links(self._replaced.get(concept.code, ())),
            "parents": self._links(concept.parents),
            "children": self._links(self.category.children.get(concept.code, ())),
            "mappings": [(system, [*map(visible, codes)]) for system, codes in concept.mappings.items() if codes],
            "attributes": [(name, visible(value)) for name, value in concept.attributes.items() if value],
            "definitions": [
                (self._link(core), [visible(f"{axis}={value}") for axis, value in qualifiers])
                for core, qualifiers in self._defined.get(concept.code, ())
            ],
            "source": visible(concept.source),
            "note": visible(concept.note),
            "terms": [self._term(term) for term in concept.terms if term.kind != "preferred"],
        }

    def _term(self, term: Term) -> dict[str, object]:
        sender = f" ({term.sender})" if term.sender else ""
        return {
            "text": visible(term.text),
            "kind": self.words.get(f"term_{term.kind}", term.kind) + visible(sender),
            "lang": self.words.get(f"lang_{term.lang}", term.lang) if term.lang else "",
            "relation": self.words.get(f"relation_{term.relation}", term.relation),
            "doubtful": term.relation in ("ambiguous", "broad"),
            "source": visible(term.source),
            "added": visible(" ".join([term.added_on, term.added_by]).strip()),
        }

    @cached_property
    def _replaced(self) -> Mapping[str, list[str]]:
        """Codes of the retired concepts that a concept took the place of."""
        found: dict[str, list[str]] = {}
        for concept in self.category.concepts.values():
            for successor in concept.replaced_by:
                found.setdefault(successor, []).append(concept.code)
        return found

    @cached_property
    def _defined(self) -> Mapping[str, list[tuple[str, tuple[tuple[str, str], ...]]]]:
        found: dict[str, list[tuple[str, tuple[tuple[str, str], ...]]]] = {}
        for one in self.category.definitions:
            found.setdefault(one.code, []).append((one.core, one.qualifiers))
        return found

    def _terms_script(self) -> str:
        """The concepts and what they can be found by, as a script: a page opened from a folder may not fetch data."""
        concepts: list[list[object]] = []
        terms: list[list[object]] = []
        for index, concept in enumerate(self.category.concepts.values()):
            retired = int(concept.status == "retired")
            number = self.numbers[concept.code]
            concepts.append([concept.code, visible(concept.name), visible(concept.name_en), number, retired])
            codes = [(system, code) for system, codes in concept.mappings.items() for code in codes]
            found = {key(term.text): term.text for term in reversed(concept.terms)}
            found |= {key(code): f"{system} {code}" for system, code in codes}
            found[key(concept.code)] = concept.code
            for folded, text in sorted(found.items()):
                terms.append([index, visible(text), *([] if folded == text.lower() else [folded])])
        data = _json({"concepts": concepts, "terms": terms})
        return f"zhengming.load({_json(self.category.name)}, {data});\n"


def _chunks(codes: list[str]) -> list[list[str]]:
    return [codes[start : start + ON_A_PAGE] for start in range(0, len(codes), ON_A_PAGE)]


def _source(about: Mapping[str, Any], base: str) -> dict[str, str]:
    """A category as the search knows it: what it is called, and where its files are as seen from the page."""
    return {"name": about["name"], "title": about["title"], "base": base}


def _folding() -> str:
    """What the browser cannot know of folding: the simplified form of hanzi, the number that a sign stands for."""
    table = {}
    for start, end in _FOLDED_BLOCKS:
        for point in range(start, end):
            folded = MARKS.sub("", fold(chr(point)))
            if folded and folded != chr(point):
                table[chr(point)] = folded
    return f"const zhengmingFolding = {_json(table)};\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _asset(name: str) -> str:
    return (resources.files("zhengming") / "data" / "reports" / "site" / name).read_text(encoding="utf-8")


def _environment(dictionary: Dictionary, lang: str) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    about = {part: visible(getattr(dictionary, part)) for part in ("id", "title", "version", "sha256")}
    environment.globals.update(words=words(lang), dictionary=about)
    return environment


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableFile("cannot be made", where=str(folder), remedy=error.strerror or "") from None
