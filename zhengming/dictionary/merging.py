"""Two versions of a dictionary's CSV file, both made from a third, brought together: a driver for `git merge`.

What only one side changed is taken from it, cell by cell, also where lines are neighbours. Where both changed the same
fact to something else it is a conflict, told by concept; so is a name that each side gave to another concept, though
the lines do not touch. A conflict stands in the file as git marks it, ours before theirs, for a human to choose.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.folding import key
from zhengming.errors import DictionaryError

OURS, MIDDLE, THEIRS = "<<<<<<< ours", "=======", ">>>>>>> theirs"
_TERM, _SENDER, _RELATION = 1, 4, 5  # of terms.csv
_JOINED = "source"  # the column whose values add up

Row = tuple[str, ...]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One fact that both sides changed: of which concept, in which column (empty: the whole line), from what to what.

    None stands for a line that is not there.
    """

    code: str
    name: str
    column: str
    base: str | None
    ours: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """The bytes of the file brought together, and what a human must decide in it."""

    data: bytes
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of file: its first column, all it has at least, and what of a line says which line it is."""

    first: str
    columns: tuple[str, ...]
    identity: Callable[[Row], Key]


_KINDS = {
    "concepts.csv": _Kind("code", source.CONCEPT_HEAD, lambda row: row[:1]),
    "terms.csv": _Kind("code", source.TERM_COLUMNS, lambda row: (row[0], row[_TERM], row[_SENDER])),
    "qualifiers.csv": _Kind("axis", source.QUALIFIER_COLUMNS, lambda row: row),
    "definitions.csv": _Kind("code", source.DEFINITION_COLUMNS, lambda row: row),
    "changes.csv": _Kind("changed_on", source.CHANGE_COLUMNS, lambda row: row),
}


@dataclass(frozen=True, slots=True)
class _Side:
    columns: tuple[str, ...]
    rows: list[Row]


def merge(
    base: bytes, ours: bytes, theirs: bytes, *, names: Mapping[str, str] | None = None, where: str = ""
) -> Merged:
    """Bring `ours` and `theirs`, both made from `base`, together; `names` are those of the concepts, if known.

    Raises:
        DictionaryError: a version is not UTF-8, or no CSV file of a dictionary's source.
    """
    sides = [_side(data, where) for data in (base, ours, theirs)]
    columns = _columns(*(side.columns for side in sides))
    kind = _kind(columns, where)
    listed = [_arranged(side, columns) for side in sides]
    if kind in ("qualifiers.csv", "definitions.csv", "changes.csv"):
        return Merged(source.dump_table(columns, _added_up(*listed)).encode(), ())
    return _Merging(kind, columns, listed, names or {}).merged()


def merge_files(base: Path, ours: Path, theirs: Path, *, standing: Path | None = None) -> Merged:
    """As `merge`, of files; `standing` is where the file stands in the dictionary's folder, if not at `ours`.

    Raises:
        DictionaryError: a file cannot be read, is not UTF-8, or no CSV file of a dictionary's source.
    """
    datas = []
    for path in (base, ours, theirs):
        try:
            datas.append(path.read_bytes())
        except OSError as error:
            raise DictionaryError("cannot be read", where=str(path), remedy=error.strerror or "") from None
    place = standing or ours
    return merge(datas[0], datas[1], datas[2], names=_names(place), where=str(place))


def _names(path: Path) -> dict[str, str]:
    """The names of the concepts that the file at `path` speaks of, from the file beside it, by code."""
    concepts = path.parent / "concepts.csv"
    if path.name == "concepts.csv" or not concepts.exists():
        return {}
    return {row[0]: row[1] for row in source.read_table(concepts, ("code", "name")).rows}


def merge_folders(base: Path, ours: Path, theirs: Path) -> Iterator[tuple[str, Merged]]:
    """Bring whole source folders together: the name of each file that `ours` must change, with what it becomes.

    A TOML file is taken from the side that changed it; where both did, it stays as in `ours` and is a conflict.

    Raises:
        DictionaryError: a file cannot be read, is not UTF-8, or no file of a dictionary's source.
    """
    names = sorted({path.relative_to(root).as_posix() for root in (ours, theirs) for path in source.source_files(root)})
    for name in names:
        datas = [(root / name).read_bytes() if (root / name).exists() else b"" for root in (base, ours, theirs)]
        if datas[1] == datas[2] or datas[2] == datas[0]:
            continue
        if name.endswith(".csv"):
            made = merge(*datas, names=_names(ours / name), where=str(ours / name))
        elif datas[1] == datas[0]:
            made = Merged(datas[2], ())
        else:
            made = Merged(datas[1], (Conflict(name, "", "", *(source.decoded(data, name) for data in datas)),))
        yield name, made


def _side(data: bytes, where: str) -> _Side:
    rows = [tuple(row) for row in csv.reader(io.StringIO(source.decoded(data, where))) if row]
    if not rows:
        return _Side((), [])
    columns = tuple(name.strip() for name in rows[0])
    if any(len(row) > len(columns) for row in rows):
        raise DictionaryError("has a row longer than its header", where=where, remedy="zm dict lint")
    return _Side(columns, [row + ("",) * (len(columns) - len(row)) for row in rows[1:]])


def _columns(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """The columns after both changes: ours, without those that theirs took out, with those that theirs put in."""
    if not ours or not theirs:
        return tuple(ours or theirs)
    kept = [name for name in ours if name in theirs or name not in base]
    for name in theirs:
        if name not in kept and name not in base:
            before = [one for one in theirs[: theirs.index(name)] if one in kept]
            kept.insert(kept.index(before[-1]) + 1 if before else 0, name)
    return tuple(kept)


def _kind(columns: tuple[str, ...], where: str) -> str:
    for name, kind in _KINDS.items():
        if columns[:1] == (kind.first,) and set(kind.columns) <= set(columns):
            return name
    raise DictionaryError(
        "is no CSV file of a dictionary's source", where=where, remedy="bring the versions together by hand"
    )


def _arranged(side: _Side, columns: tuple[str, ...]) -> list[Row]:
    order = [side.columns.index(name) if name in side.columns else None for name in columns]
    return [tuple("" if at is None else row[at] for at in order) for row in side.rows]


def _added_up(base: Iterable[Row], ours: Iterable[Row], theirs: Iterable[Row]) -> list[Row]:
    """What both have left, and what either has added, as often as it was."""
    before, left, right = Counter(base), Counter(ours), Counter(theirs)
    counted = Counter({row: left[row] + right[row] - before[row] for row in left.keys() | right.keys()})
    return list(counted.elements())


class _Merging:
    """Lines with an identity of their own: concepts and terms."""

    def __init__(
        self, kind: str, columns: tuple[str, ...], sides: Sequence[list[Row]], names: Mapping[str, str]
    ) -> None:
        self.kind = kind
        self.columns = columns
        identity = _KINDS[kind].identity
        self.base, self.ours, self.theirs = (_by_identity(rows, identity) for rows in sides)
        self.names = names
        self.conflicts: list[Conflict] = []
        self.clear: list[Row] = []
        self.unclear: list[tuple[Row, list[Row], list[Row]]] = []  # where it stands, ours, theirs

    def merged(self) -> Merged:
        for one in {**self.base, **self.ours, **self.theirs}:
            self._line(self.base.get(one), self.ours.get(one), self.theirs.get(one))
        if self.kind == "terms.csv":
            self._names_of_two()
        parts = [(row, _written(row)) for row in self.clear]
        for at, ours, theirs in self.unclear:
            lines = [OURS, *(_line(row) for row in ours), MIDDLE, *(_line(row) for row in theirs), THEIRS, ""]
            parts.append((at, "\n".join(lines)))
        text = _written(self.columns) + "".join(text for _row, text in sorted(parts))
        return Merged(text.encode(), tuple(sorted(self.conflicts, key=lambda one: (one.code, one.column))))

    def _line(self, base: Row | None, ours: Row | None, theirs: Row | None) -> None:
        if ours == theirs or theirs == base:
            self.clear += [ours] if ours else []
        elif ours == base:
            self.clear += [theirs] if theirs else []
        elif ours is None or theirs is None:
            there = ours or theirs or ()
            texts = [_line(row) if row else None for row in (base, ours, theirs)]
            self._conflict(there, "", *texts)
            self.unclear.append((there, [ours] if ours else [], [theirs] if theirs else []))
        else:
            self._cells(base, ours, theirs)

    def _cells(self, base: Row | None, ours: Row, theirs: Row) -> None:
        """A line that both have and both changed."""
        made = [list(ours), list(theirs)]
        clear = True
        for at, column in enumerate(self.columns):
            old, left, right = base[at] if base else "", ours[at], theirs[at]
            if left in (right, old):
                value = right
            elif right == old:
                value = left
            elif column == _JOINED:
                value = "; ".join(dict.fromkeys((*source.split(left), *source.split(right))))
            else:
                clear = False
                self._conflict(ours, column, old if base else None, left, right)
                continue
            made[0][at] = made[1][at] = value
        if clear:
            self.clear.append(tuple(made[0]))
        else:
            self.unclear.append((ours, [tuple(made[0])], [tuple(made[1])]))

    def _names_of_two(self) -> None:
        """A name that each side gave to another concept: each line is clear, together they are not."""
        added: dict[tuple[str, str], dict[str, list[Row]]] = {}
        known = {(row[0], key(row[_TERM]), row[_SENDER]) for row in self.base.values()}
        for side, rows in (("ours", self.ours), ("theirs", self.theirs)):
            for row in rows.values():
                name = (key(row[_TERM]), row[_SENDER])
                if (row[0], *name) not in known and row[_RELATION] != "ambiguous":
                    added.setdefault(name, {}).setdefault(side, []).append(row)
        for sides in added.values():
            ours, theirs = sides.get("ours", []), sides.get("theirs", [])
            codes = {row[0] for row in ours} ^ {row[0] for row in theirs}
            if ours and theirs and codes and {*ours, *theirs} <= {*self.clear}:
                self.clear = [row for row in self.clear if row not in {*ours, *theirs}]
                self.unclear.append((ours[0], ours, theirs))
                self._conflict(ours[0], "term", None, *(f"{row[_TERM]} ({row[0]})" for row in (ours[0], theirs[0])))

    def _conflict(self, row: Row, column: str, base: str | None, ours: str | None, theirs: str | None) -> None:
        name = row[1] if self.kind == "concepts.csv" else self.names.get(row[0], "")
        self.conflicts.append(Conflict(row[0], name, column, base, ours, theirs))


def _by_identity(rows: Iterable[Row], identity: Callable[[Row], Key]) -> dict[Key, Row]:
    """The rows by what tells them apart; of two that nothing tells apart the second has its number, too."""
    found: dict[Key, Row] = {}
    for row in rows:
        one = identity(row)
        number = 1
        while one in found:
            number += 1
            one = (*identity(row), f"\0{number}")
        found[one] = row
    return found


def _written(row: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def _line(row: Sequence[str]) -> str:
    return _written(row).removesuffix("\n")
