"""Facts from another form, and what taking them into a dictionary's source folder would change.

A form carries some columns and not others. What it does not carry stays as the source has it; a concept it lacks stays
too, for codes are never deleted. The result must pass the linter, or nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from zhengming.dictionary import lint, source, starting
from zhengming.dictionary.manifest import CategoryManifest
from zhengming.errors import DictionaryError
from zhengming.transactions import Changes, update

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of one category.

    `concepts` and `terms` are rows by column; `term_columns` are the columns of terms that the form carries, `tables`
    further files of the category by name. `whole_terms`: a term of a concept that the form does not have was removed.
    """

    category: str
    concepts: Sequence[Row]
    terms: Sequence[Row]
    mappings: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    whole_terms: bool = True
    tables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking facts in changes: concepts added and changed, terms added and removed; `files` by path."""

    category: str
    added: int
    changed: int
    terms_added: int
    terms_removed: int
    files: Mapping[str, bytes]


def preview(facts: Sequence[Facts], root: Path) -> list[Taken]:
    """What taking the facts into the source folder `root` would change.

    Raises:
        DictionaryError: there is no dictionary, or the linter finds an error in what would be.
    """
    source.load(root)
    taken = [_taken(one, root) for one in facts]
    _lint(root, taken)
    return taken


def apply(taken: Sequence[Taken], root: Path) -> None:
    """Write what `preview` has planned, all files or none.

    Raises:
        UnwritableFile: a file cannot be written.
    """

    def change(changes: Changes) -> None:
        for one in taken:
            for name, data in one.files.items():
                changes.write(name, data)

    for one in taken:
        (root / "categories" / one.category).mkdir(parents=True, exist_ok=True)
    update(root, change)


def _taken(facts: Facts, root: Path) -> Taken:
    folder = root / "categories" / starting.checked_name(facts.category)
    fresh = not folder.is_dir()
    manifest = (
        starting.category_toml(facts.category, facts.titles.get("zh", ""), facts.titles.get("en", ""), facts.mappings)
        if fresh
        else source.read_text(folder / "category.toml")
    )
    about = CategoryManifest.from_data(source.parse_toml(manifest, str(folder)), where=str(folder))
    missing = [system for system in facts.mappings if system not in about.mappings]
    if missing:
        manifest = starting.with_mappings(manifest, [*about.mappings, *missing], where=str(folder))
        about = CategoryManifest.from_data(source.parse_toml(manifest, str(folder)), where=str(folder))
    columns = source.concept_columns(about)
    old = {} if fresh else _by_code(folder / "concepts.csv", columns, about.mappings, missing)
    rows = dict(old)
    for fact in facts.concepts:
        before = old.get(fact["code"], {"status": "active"})
        rows[fact["code"]] = {column: _said(fact, before, column) for column in columns}
    terms_before = [] if fresh else source.read_table(folder / "terms.csv", source.TERM_COLUMNS).rows
    terms = _terms(facts, terms_before)
    files = {
        "category.toml": manifest.encode(),
        "concepts.csv": source.dump_table(columns, [list(row.values()) for row in rows.values()]).encode(),
        "terms.csv": source.dump_table(source.TERM_COLUMNS, terms).encode(),
        **{name: text.encode() for name, text in facts.tables.items()},
    }
    kept = {
        f"categories/{facts.category}/{name}": data
        for name, data in files.items()
        if fresh or not (folder / name).exists() or source.read_text(folder / name).encode() != data
    }
    held = {tuple(row) for row in terms_before}
    return Taken(
        facts.category,
        len(rows.keys() - old.keys()),
        sum(rows[code] != row for code, row in old.items()),
        len({tuple(row) for row in terms} - held),
        len(held - {tuple(row) for row in terms}),
        kept,
    )


def _said(fact: Row, before: Row, column: str) -> str:
    """What a column says now; the same codes in another order are no change."""
    old = before.get(column, "")
    new = fact.get(column, old)
    return old if ";" in old and set(source.split(old)) == set(source.split(new)) else new


def _by_code(
    path: Path, columns: Sequence[str], mappings: Sequence[str], missing: Sequence[str]
) -> dict[str, dict[str, str]]:
    there = [column for column in columns if column not in missing]
    rows = source.read_table(path, there).rows
    read = (dict(zip(there, row, strict=True)) for row in rows)
    return {row["code"]: {column: row.get(column, "") for column in columns} for row in read}


def _terms(facts: Facts, before: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows of `terms.csv`: what the form says of the concepts it has, all else as before."""
    held: dict[tuple[str, str], list[Sequence[str]]] = {}
    for row in before:
        held.setdefault((row[0], row[1]), []).append(row)
    spoken = {fact["code"] for fact in facts.concepts} if facts.whole_terms else set()
    said = {(fact["code"], fact["term"]) for fact in facts.terms}
    rows = [list(row) for row in before if row[0] not in spoken and (row[0], row[1]) not in said]
    for fact in facts.terms:
        same = held.get((fact["code"], fact["term"]), [])
        like = next((row for row in same if not fact.get("sender") or row[4] == fact["sender"]), None)
        old = dict(zip(source.TERM_COLUMNS, like, strict=True)) if like else {"kind": "synonym", "relation": "exact"}
        rows.append([fact.get(column, old.get(column, "")) for column in source.TERM_COLUMNS])
    return sorted(map(list, {tuple(row) for row in rows}))


def _lint(root: Path, taken: Sequence[Taken]) -> None:
    with TemporaryDirectory(prefix="zm-") as copy:
        wanted = {one.category for one in taken}
        for path in source.source_files(root):
            if path.parent == root or path.parent.name in wanted:
                starting.write(Path(copy) / path.relative_to(root), path.read_bytes())
        for one in taken:
            for name, data in one.files.items():
                starting.write(Path(copy) / name, data)
        errors = [one for one in lint.check(Path(copy)) if one.severity == "error"]
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise DictionaryError(
            f"{first.code} {first.message('en')}{more}", where=str(first.place), remedy="nothing was taken in"
        )
