"""One category of a source folder as the checks see it: its tables with their lines, and how its concepts relate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.folding import key
from zhengming.dictionary.manifest import CategoryManifest
from zhengming.dictionary.source import Table
from zhengming.findings import Finding, Place, rule


class LintedCategory:
    """The tables of one category, read once for all checks.

    `lines` gives the line of each code in `concepts.csv`, `parents` and `successors` what its row says, `active` the
    codes that are in use, `ambiguous` the (code, key) that are declared so.
    """

    def __init__(self, root: Path, name: str, about: CategoryManifest, tables: Mapping[str, Table]) -> None:
        """The category `name` of the source folder `root` with these tables, by the names of their files."""
        self.root = root
        self.name = name
        self.folder = root / "categories" / name
        self.about = about
        self.tables = tables
        self.concepts = self.tables["concepts.csv"]
        self.terms = self.tables["terms.csv"]
        self.lines = {row[0]: line for line, row in numbered(self.concepts)}
        self.parents = {row[0]: source.split(row[3]) for row in self.concepts.rows}
        self.successors = {row[0]: source.split(row[5]) for row in self.concepts.rows}
        self.active = {row[0] for row in self.concepts.rows if row[4] != "retired"}
        self.ambiguous = {(row[0], key(row[1])) for row in self.terms.rows if row[5] == "ambiguous" and not row[4]}

    @classmethod
    def read(cls, root: Path, name: str) -> LintedCategory:
        """Read the category `name` of the source folder `root`, whose files must have their columns."""
        folder = root / "categories" / name
        tables = {path.name: source.read_table(path, head) for path, head in files(folder)}
        return cls(root, name, source.read_manifest(folder), tables)

    def say(self, rule_code: str, table: Table, line: int, at: str, **params: str | int) -> Finding:
        """The finding `rule_code` in column `at` (empty: the whole line) of a line of `table`."""
        place = Place(table.path.relative_to(self.root).as_posix(), "", line, table.columns.index(at) + 1 if at else 0)
        return Finding(rule_code, place, rule(rule_code).severity, at, params)

    def say_of_manifest(self, rule_code: str, at: str, **params: str | int) -> Finding:
        """The finding `rule_code` on the key `at` of `category.toml`."""
        place = Place((self.folder / "category.toml").relative_to(self.root).as_posix())
        return Finding(rule_code, place, rule(rule_code).severity, at, params)

    def mapped(self, row: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each other code system with the codes a row of `concepts.csv` has in it."""
        first = len(source.CONCEPT_HEAD)
        for system, cell in zip(self.about.mappings, row[first:], strict=False):
            yield system, source.split(cell)

    def heir(self, code: str) -> str:
        """The concept to use instead of a retired one that has one successor, else the concept itself.

        What such a concept is called, its successor may be called too: old cells then get the new code.
        """
        seen = {code}
        while code not in self.active and len(self.successors.get(code, ())) == 1:
            code = self.successors[code][0]
            if code in seen:
                break
            seen.add(code)
        return code

    def above(self, code: str) -> set[str]:
        """Everything above the concept, itself only if it is on a cycle."""
        return reached(code, self.parents)


def files(folder: Path) -> list[tuple[Path, tuple[str, ...]]]:
    """The CSV files of a category with the columns each must have; those of sub-types and of changes may be absent."""
    about = source.read_manifest(folder)
    columns = {
        "concepts.csv": (*source.CONCEPT_HEAD, *about.mappings, *about.attributes, *source.CONCEPT_TAIL),
        "terms.csv": source.TERM_COLUMNS,
        "qualifiers.csv": source.QUALIFIER_COLUMNS,
        "definitions.csv": source.DEFINITION_COLUMNS,
        "changes.csv": source.CHANGE_COLUMNS,
    }
    optional = ("qualifiers.csv", "definitions.csv", "changes.csv")
    return [(folder / name, head) for name, head in columns.items() if name not in optional or (folder / name).exists()]


def numbered(table: Table) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with the lines they stand in."""
    return enumerate(table.rows, start=2)


def reached(code: str, links: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Everything that can be reached from `code` along `links`, itself only if it is on a cycle."""
    found: set[str] = set()
    waiting = list(links.get(code, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(links.get(one, ()))
    return found
