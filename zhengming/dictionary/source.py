"""The source form of a dictionary: a folder of CSV and TOML that people edit and git merges.

    dictionary.toml
    categories/<category>/category.toml      titles, code pattern, columns, matching policy
    categories/<category>/concepts.csv       one concept a row
    categories/<category>/terms.csv          one further name of a concept a row
    categories/<category>/qualifiers.csv     optional: wordings of sub-types
    categories/<category>/definitions.csv    optional: sub-typed concept = core concept + qualifiers
    categories/<category>/changes.csv        optional: who changed what of a concept, when and why

Canonical form: UTF-8 without BOM, LF, rows sorted, quotes only where needed, so that one change is one line of diff.
Reading also takes what Excel makes of it (BOM, CRLF); the content hash is the same for both.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from zhengming.dictionary.model import Category, Concept, Definition, Dictionary, Modifier, Policy, Term
from zhengming.errors import DictionaryError
from zhengming.transactions import settle

if TYPE_CHECKING:
    from zhengming.dictionary.manifest import CategoryManifest

_Kind = TypeVar("_Kind", bound=Category)
CONCEPT_HEAD = ("code", "name", "name_en", "parents", "status", "replaced_by")
CONCEPT_TAIL = ("source", "note")
TERM_COLUMNS = ("code", "term", "kind", "lang", "sender", "relation", "source", "added_by", "added_on")
QUALIFIER_COLUMNS = ("axis", "value", "term", "lang", "source")
DEFINITION_COLUMNS = ("code", "core", "qualifiers", "source")
CHANGE_COLUMNS = ("changed_on", "code", "operation", "others", "before", "after", "changed_by", "reason")


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file of the source: its path, its columns, and its rows as text; row i stands at line i + 2 or later."""

    path: Path
    columns: tuple[str, ...]
    rows: list[list[str]]


def load(path: str | Path | None = None) -> Dictionary:
    """Open the dictionary whose source folder is `path`, or the bundled one.

    Raises:
        DictionaryError: there is no dictionary at `path`, or it cannot be read.
    """
    root = bundled() if path is None else Path(path)
    if not root.is_dir():
        raise DictionaryError("no dictionary here", where=str(root), remedy="name a folder with a dictionary.toml")
    settle(root)
    about = read_toml(root / "dictionary.toml")
    identity, version = identified(about, str(root / "dictionary.toml"))
    return Dictionary(
        id=identity,
        version=version,
        title=str(about.get("title", "")),
        categories=tuple(category_names(root)),
        read=partial(_used_category, root),
        digest=partial(digest, root),
        head=_head(root),
    )


def _used_category(root: Path, name: str) -> Category:
    """The category as a dictionary uses it: a large one is compiled instead of read."""
    from zhengming.dictionary import compiled

    return compiled.category_of_folder(root, name, partial(read_category, root, name))


def _head(root: Path) -> str:
    """The head of the chain of the folder's releases; empty where it has none."""
    if not (root / "RELEASES.jsonl").exists():
        return ""
    from zhengming.dictionary import history

    entries = history.read(root / history.NAME)
    return entries[-1].head if entries else ""


def bundled() -> Path:
    """The folder of the dictionary that comes with the package."""
    return Path(str(resources.files("zhengming") / "data" / "dictionary"))


def category_names(root: Path) -> list[str]:
    """Names of the categories of a source folder: the folders with a `category.toml`."""
    return sorted(found.parent.name for found in (root / "categories").glob("*/category.toml"))


def read_category(root: Path, name: str) -> Category:
    """Read one category of a source folder.

    Raises:
        DictionaryError: a file is missing, not UTF-8, or lacks a column.
    """
    folder = root / "categories" / name
    about = read_manifest(folder)
    concepts = read_table(folder / "concepts.csv", concept_columns(about))
    terms = _terms(read_table(folder / "terms.csv", TERM_COLUMNS))
    return made_category(
        name,
        about,
        {row[0]: made_concept(row, terms.get(row[0], ()), about) for row in concepts.rows},
        modifiers=_optional(folder / "qualifiers.csv", QUALIFIER_COLUMNS),
        definitions=_optional(folder / "definitions.csv", DEFINITION_COLUMNS),
        kind=Category,
    )


def concept_columns(about: CategoryManifest) -> tuple[str, ...]:
    """The columns of a category's `concepts.csv`."""
    return (*CONCEPT_HEAD, *about.mappings, *about.attributes, *CONCEPT_TAIL)


def made_category(
    name: str,
    about: CategoryManifest,
    concepts: Mapping[str, Concept],
    *,
    modifiers: Iterable[Sequence[str]],
    definitions: Iterable[Sequence[str]],
    kind: type[_Kind],
) -> _Kind:
    """The category, of the class `kind`, that these concepts and the rows of its sub-type files make."""
    return kind(
        name=name,
        titles=about.title,
        concepts=concepts,
        modifiers=tuple(Modifier(axis, value, term) for axis, value, term, *_ in modifiers),
        definitions=tuple(
            Definition(code, core, tuple(_pair(one) for one in split(qualifiers)))
            for code, core, qualifiers, *_ in definitions
        ),
        policy=Policy(
            about.matching.cell,
            about.matching.accept,
            about.matching.review,
            about.qualifiers,
            about.usual_etiology,
            about.matching.retired,
            about.matching.beside,
            about.contexts,
            about.treatments,
            about.untreated,
            about.wordings,
            about.exclusive,
            about.inclusive,
            about.measured,
            about.elsewhere,
            about.signs,
            about.graded,
            about.ended,
            about.parts,
            about.together,
            about.operations,
        ),
        code_pattern=about.code_pattern,
        mappings=tuple(about.mappings),
        attributes=tuple(about.attributes),
        one_to_one=tuple(about.one_to_one),
    )


def preferred_terms(row: Sequence[str]) -> list[Term]:
    """The preferred names that a row of `concepts.csv` states, as terms."""
    terms = [Term(row[1], "preferred", "zh", source=row[-2])]
    if row[2]:
        terms.append(Term(row[2], "preferred", "en", source=row[-2]))
    return terms


def made_concept(row: Sequence[str], terms: Iterable[Term], about: CategoryManifest) -> Concept:
    """The concept that a row of `concepts.csv` states; `terms` are its further names."""
    first = len(CONCEPT_HEAD)
    last = first + len(about.mappings)
    code, name, name_en, parents, status, replaced_by = row[:first]
    return Concept(
        code,
        name,
        name_en,
        status,
        split(parents),
        split(replaced_by),
        {system: split(codes) for system, codes in zip(about.mappings, row[first:last], strict=True)},
        dict(zip(about.attributes, row[last:-2], strict=True)),
        (*preferred_terms(row), *terms),
        row[-2],
        row[-1],
    )


def read_manifest(folder: Path) -> CategoryManifest:
    """The `category.toml` of a category's folder, checked.

    Raises:
        DictionaryError: it is missing or malformed.
    """
    from zhengming.dictionary.manifest import CategoryManifest

    return CategoryManifest.from_data(read_toml(folder / "category.toml"), where=str(folder / "category.toml"))


def _terms(table: Table) -> dict[str, list[Term]]:
    found: dict[str, list[Term]] = {}
    for code, *rest in table.rows:
        found.setdefault(code, []).append(Term(*rest))
    return found


def _optional(path: Path, columns: tuple[str, ...]) -> list[list[str]]:
    return read_table(path, columns).rows if path.exists() else []


def split(cell: str) -> tuple[str, ...]:
    """The values of a cell that holds several, joined by `;`."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def identified(about: Mapping[str, object], where: str) -> tuple[str, str]:
    """The id and the version that a `dictionary.toml` states.

    Raises:
        DictionaryError: one of them is missing.
    """
    try:
        return str(about["id"]), str(about["version"])
    except KeyError as missing:
        raise DictionaryError(f"{missing} is missing", where=where, remedy="it needs id and version") from None


def _pair(text: str) -> tuple[str, str]:
    axis, _, value = text.partition("=")
    return axis, value


def read_text(path: Path) -> str:
    """The text of a source file: UTF-8, without the BOM and the CR that Excel adds.

    Raises:
        DictionaryError: the file is missing or not UTF-8.
    """
    try:
        return decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise DictionaryError("cannot be read", where=str(path), remedy=error.strerror or "") from None


def decoded(data: bytes, where: str) -> str:
    """The text of the bytes of a source file that stands at `where`.

    Raises:
        DictionaryError: they are not UTF-8.
    """
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise DictionaryError("is not UTF-8", where=where, remedy="save it as CSV UTF-8") from None


def read_toml(path: Path) -> dict[str, object]:
    """The data of a TOML file.

    Raises:
        DictionaryError: the file is missing or not TOML.
    """
    return parse_toml(read_text(path), str(path))


def parse_toml(text: str, where: str) -> dict[str, object]:
    """The data of a TOML text that stands at `where`.

    Raises:
        DictionaryError: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DictionaryError(f"is not valid TOML ({error})", where=where) from None


def read_table(path: Path, columns: Sequence[str]) -> Table:
    """Read a CSV file of the source, its columns brought into the order of `columns`.

    Raises:
        DictionaryError: the file is missing or unreadable, lacks a column, or a row is longer than the header.
    """
    return Table(path, tuple(columns), parse_table(read_text(path), columns, path))


def parse_table(text: str, columns: Sequence[str], path: Path) -> list[list[str]]:
    """The rows of the text of a CSV file that stands at `path`, their cells in the order of `columns`.

    Raises:
        DictionaryError: it lacks a column, or a row is longer than the header.
    """
    lines = [line for line in csv.reader(io.StringIO(text)) if line]
    if not lines:
        raise DictionaryError("is empty", where=str(path), remedy=f"the first line must be {','.join(columns)}")
    header = [name.strip() for name in lines[0]]
    missing = [name for name in columns if name not in header]
    if missing:
        raise DictionaryError(f"lacks the column {', '.join(missing)}", where=str(path))
    if any(len(line) > len(header) for line in lines):
        raise DictionaryError("has a row longer than its header", where=str(path), remedy="quote cells with commas")
    rows = [line + [""] * (len(header) - len(line)) for line in lines[1:]]
    if header != list(columns):
        order = [header.index(name) for name in columns]
        rows = [[row[index] for index in order] for row in rows]
    return rows


def dump_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""The canonical text of a CSV file: rows sorted, minimal quoting, LF.

    >>> dump_table(["a", "b"], [["2", "x,y"], ["1", ""]])
    'a,b\n1,\n2,"x,y"\n'
    """
    return dump_sorted(columns, sorted(list(row) for row in rows))


def dump_sorted(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """As `dump_table`, of rows that come sorted; none of them is kept."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def source_files(root: Path) -> list[Path]:
    """Every file that is part of the dictionary's content, in an order that is the same on every system."""
    parts = [
        sorted((root / "categories").glob(pattern), key=lambda path: path.parts)
        for pattern in ("*/*.csv", "*/category.toml")
    ]
    return [root / "dictionary.toml", *parts[0], *parts[1]]


def digest(root: Path) -> str:
    """Hex SHA-256 over the names and texts of all source files, BOM and CR left out."""
    return digest_of((path.relative_to(root).as_posix(), read_text(path)) for path in source_files(root))


def text_hash(text: str) -> str:
    """Hex SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(files: Iterable[tuple[str, str]]) -> str:
    """The hash of a dictionary that consists of these files: names, as in its folder, with texts."""
    whole = hashlib.sha256()
    for name, text in files:
        data = text.encode()
        whole.update(f"{name}\0{len(data)}\0".encode())
        whole.update(data)
    return whole.hexdigest()
