"""Importing a code list into a category of a dictionary's source: what would change, and the change itself.

A list adds concepts and terms and changes what it says otherwise; it takes nothing away. A concept that the list lacks
stays, a cell that is empty in the list says nothing, a name that is replaced stays as a former name. A name that the
list gives to two concepts is declared ambiguous. What would make the linter find an error is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from zhengming.dictionary import ambiguity, lint, source, starting
from zhengming.dictionary.folding import key
from zhengming.dictionary.lists import CodeList, Entry, Layout, read
from zhengming.dictionary.manifest import CategoryManifest
from zhengming.errors import DictionaryError
from zhengming.findings import Finding, Place, rule
from zhengming.transactions import Changes, update

_FIRST_MAPPING = len(source.CONCEPT_HEAD)
_NAME, _NAME_EN, _PARENTS, _STATUS, _SOURCE = 1, 2, 3, 4, -2
_TERM, _SENDER = 1, 4
_PARTS = ("code", "name", "name_en", "parents")  # columns of concepts.csv that a list may have


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of a concept that the list says otherwise."""

    code: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """What the list does to one category.

    `added` are (code, name); `absent` the codes in use that the list lacks, `retired` those it has though they are
    retired; `terms` counts terms added, `ambiguous` terms declared ambiguous, `files` the new content of each file that
    changes, by its path in the dictionary.
    """

    category: str
    is_new: bool
    added: tuple[tuple[str, str], ...]
    changed: tuple[Change, ...]
    unchanged: int
    absent: tuple[str, ...]
    retired: tuple[str, ...]
    terms: int
    ambiguous: int
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list does to a dictionary. `left_out` are the rows without a code or a readable name.

    `findings` are those of the linter, as if the plan were carried out; errors among them refuse it.
    """

    root: Path
    file: str
    categories: tuple[CategoryPlan, ...]
    left_out: tuple[int, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse the list."""
        return tuple(one for one in self.findings if one.severity == "error")

    @property
    def changes_something(self) -> bool:
        """Whether carrying it out changes a file."""
        return any(one.files for one in self.categories)


def preview(
    path: str | Path, into: str | Path, layout: Layout, *, category: str = "", sheet: str = "", source_text: str = ""
) -> Plan:
    """What importing the list at `path` into the dictionary folder `into` would change; nothing is written.

    Raises:
        UnreadableFile: the list cannot be read.
        DictionaryError: there is no dictionary, or the list lacks a column.
        UsageError: no such sheet, or a name that no category can have.
    """
    root = Path(into)
    source.load(root)
    listed = read(Path(path), layout, category=category, sheet=sheet, source=source_text)
    plans: list[CategoryPlan] = []
    found = [_clash(listed, row, code) for row, _category, code in listed.clashes]
    for name in sorted(listed.entries):
        # A list may have millions of rows: what is done with is let go before the linter reads the result.
        entries = listed.entries.pop(name)
        plans.append(_planned(root, starting.checked_name(name), layout, entries))
        rows = {code: entry.row for code, entry in entries.items()}
        entries.clear()
        found += _lint(root, plans[-1], listed, rows)
    return Plan(root, listed.file, tuple(plans), listed.left_out, tuple(found))


def apply(plan: Plan) -> None:
    """Carry out a plan: all its files are replaced, or none.

    Raises:
        DictionaryError: the plan has errors.
        UnwritableFile: a file cannot be written.
    """
    if plan.errors:
        raise DictionaryError("the list is refused", where=plan.file, remedy="correct what was found in it")

    def change(changes: Changes) -> None:
        for one in plan.categories:
            for name, data in one.files.items():
                changes.write(name, data)

    update(plan.root, change)


def _planned(root: Path, name: str, layout: Layout, entries: Mapping[str, Entry]) -> CategoryPlan:
    merging = _Merging(root, name, tuple(layout.mappings))
    merging.merge(entries)
    return merging.plan()


class _Merging:
    """One category, as it is and as it becomes."""

    def __init__(self, root: Path, name: str, mappings: Sequence[str]) -> None:
        """Read the category `name` of `root`, if it is there, with room for the code systems `mappings`."""
        self.root = root
        self.name = name
        self.folder = root / "categories" / name
        manifest = self.folder / "category.toml"
        self.is_new = not manifest.exists()
        text = starting.category_toml(name) if self.is_new else source.read_text(manifest)
        about = CategoryManifest.from_data(source.parse_toml(text, str(manifest)), where=str(manifest))
        missing = [system for system in mappings if system not in about.mappings]
        self.systems = [*about.mappings, *missing]
        self.manifest = starting.with_mappings(text, self.systems, where=str(manifest)) if missing else text
        self.manifest_changes = self.is_new or bool(missing)
        self.places = [_FIRST_MAPPING + self.systems.index(system) for system in mappings]
        self.columns = (*source.CONCEPT_HEAD, *self.systems, *about.attributes, *source.CONCEPT_TAIL)
        self.concepts: list[list[str]] = []
        self.terms: list[list[str]] = []
        if not self.is_new:
            old = tuple(column for column in self.columns if column not in missing)
            at = _FIRST_MAPPING + len(about.mappings)
            rows = source.read_table(self.folder / "concepts.csv", old).rows
            self.concepts = [[*row[:at], *("" for _system in missing), *row[at:]] for row in rows] if missing else rows
            self.terms = source.read_table(self.folder / "terms.csv", source.TERM_COLUMNS).rows
        self.added: list[tuple[str, str]] = []
        self.changed: list[Change] = []
        self.retired: list[str] = []
        self.absent: list[str] = []
        self.promoted: set[tuple[str, str]] = set()  # code and key of terms that have become preferred names
        self.touched: set[str] = set()  # keys of the names that are new to an existing category
        self.new_terms = self.ambiguous = self.unchanged = 0

    def merge(self, entries: Mapping[str, Entry]) -> None:
        rows = {row[0]: row for row in self.concepts}
        self.absent = sorted(row[0] for row in self.concepts if row[0] not in entries and row[_STATUS] != "retired")
        held: dict[str, set[str]] = {code: set() for code in entries if code in rows}
        for term in self.terms:
            if term[0] in held and not term[_SENDER]:
                held[term[0]].add(key(term[_TERM]))
        for code, entry in entries.items():
            row = rows.get(code)
            former = ""
            if row is None:
                row = self._added(code, entry)
            else:
                former = self._updated(row, entry)
            self._add_terms(row, entry, former, held.get(code))
        if self.promoted:
            self.terms = [
                term for term in self.terms if term[_SENDER] or (term[0], key(term[_TERM])) not in self.promoted
            ]
        if self.touched or self.is_new:
            self.ambiguous = ambiguity.declare(self.concepts, self.terms, None if self.is_new else self.touched)

    def _added(self, code: str, entry: Entry) -> list[str]:
        row = [code, entry.name, entry.name_en, ";".join(entry.parents), "active", ""]
        row += [""] * (len(self.columns) - len(row))
        for at, codes in zip(self.places, entry.mappings, strict=True):
            row[at] = ";".join(codes)
        row[_SOURCE] = entry.source
        self.concepts.append(row)
        self.added.append((code, entry.name))
        self._touch(entry.name, entry.name_en)
        return row

    def _updated(self, row: list[str], entry: Entry) -> str:
        """Change what the list says otherwise; gives the preferred name that was replaced, if one was."""
        if row[_STATUS] == "retired":
            self.retired.append(row[0])
        said = [
            (_NAME, (entry.name,)),
            (_NAME_EN, (entry.name_en,) if entry.name_en else ()),
            (_PARENTS, entry.parents),
        ]
        said += zip(self.places, entry.mappings, strict=True)
        former = ""
        before = len(self.changed)
        for at, values in said:
            whole = at in (_NAME, _NAME_EN)
            if not values or (row[at] == values[0] if whole else set(values) == set(source.split(row[at]))):
                continue
            after = values[0] if whole else ";".join(values)
            self.changed.append(Change(row[0], self.columns[at], row[at], after))
            if at == _NAME:
                former = row[at]
            row[at] = after
            if whole:
                self._touch(after)
        if len(self.changed) == before:
            self.unchanged += 1
        elif entry.source not in (known := [part.strip() for part in row[_SOURCE].split(";")]):
            row[_SOURCE] = "; ".join([*filter(None, known), entry.source])
        return former

    def _add_terms(self, row: list[str], entry: Entry, former: str, held: set[str] | None) -> None:
        """The list's further names, and the former name; `held` are the keys of the terms the concept has."""
        if former and held is not None:
            # A term that has become the preferred name stands in concepts.csv alone.
            preferred = key(row[_NAME])
            if preferred in held:
                self.promoted.add((row[0], preferred))
        further = [*entry.further, (former, "former")] if former else entry.further
        if not further:
            return
        seen = {key(name) for name in row[_NAME : _NAME_EN + 1]} | (held or set())
        for name, kind in further:
            folded = key(name)
            if folded and folded not in seen:
                seen.add(folded)
                self._touch(name)
                self.terms.append([row[0], name, kind, "", "", "exact", entry.source, "", ""])
                self.new_terms += 1

    def _touch(self, *names: str) -> None:
        if not self.is_new:
            self.touched.update(key(name) for name in names if name)

    def plan(self) -> CategoryPlan:
        files: dict[str, bytes] = {}
        folder = f"categories/{self.name}"
        if self.added or self.changed or self.manifest_changes:
            files[f"{folder}/concepts.csv"] = source.dump_table(self.columns, self.concepts).encode()
        if self.new_terms or self.ambiguous or self.changed or self.is_new:
            files[f"{folder}/terms.csv"] = source.dump_table(source.TERM_COLUMNS, self.terms).encode()
        if self.manifest_changes:
            files[f"{folder}/category.toml"] = self.manifest.encode()
        return CategoryPlan(
            self.name,
            self.is_new,
            tuple(self.added),
            tuple(self.changed),
            self.unchanged,
            tuple(self.absent),
            tuple(sorted(self.retired)),
            self.new_terms,
            self.ambiguous,
            files,
        )


def _clash(listed: CodeList, row: int, code: str) -> Finding:
    """A second preferred name of one code."""
    place = Place(listed.file, listed.sheet, row, listed.places["code"] + 1)
    return Finding("ZM501", place, rule("ZM501").severity, "code", {"code": code, "count": 2})


def _lint(root: Path, plan: CategoryPlan, listed: CodeList, rows: Mapping[str, int]) -> list[Finding]:
    """What the linter finds in the category as it would be; told at the row of the list that has the code.

    It reads a copy of the category with the files as planned.
    """
    if not plan.files:
        return []
    with TemporaryDirectory(prefix="zm-") as copy:
        folder = Path(copy) / "categories" / plan.category
        for path in source.source_files(root):
            if path.parent in (root, root / "categories" / plan.category):
                starting.write(copy / path.relative_to(root), path.read_bytes())
        for name, data in plan.files.items():
            starting.write(copy / Path(name), data)
        found = lint.check(Path(copy))
        if not found:
            return []
        codes = {
            path.name: [row[0] for row in source.read_table(path, ("code",)).rows] for path in folder.glob("[ct]*.csv")
        }
    told = []
    for one in found:
        known = codes.get(Path(one.place.file).name, [])
        code = known[one.place.row - 2] if 1 < one.place.row < len(known) + 2 else ""
        if code in rows:
            part = one.field if one.field in _PARTS and one.field in listed.places else "code"
            place = Place(listed.file, listed.sheet, rows[code], listed.places[part] + 1)
            told.append(replace(one, place=place))
        else:
            told.append(one)
    return told
