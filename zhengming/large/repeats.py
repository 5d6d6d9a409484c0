"""Rows of different portions that repeat one another: hashes tell the candidates, their values decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zhengming.findings import Finding
from zhengming.large.frames import Frames
from zhengming.schemas import checks
from zhengming.schemas.compiled import OF_ALL_ROWS
from zhengming.tables.locate import Located

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from zhengming.schemas.spec import TableSpec


class Repeats:
    """Remembers of each row of each table one number for each thing that must not be repeated."""

    def __init__(self, spec: TableSpec, tables: Sequence[Located]) -> None:
        """Nothing yet."""
        self._spec, self._tables = spec, tables
        self._groups = [[group for group in _groups(spec) if set(group) <= set(table.by_field)] for table in tables]
        self._keys: list[list[list[np.ndarray[Any, Any]]]] = [[[] for _group in groups] for groups in self._groups]

    def add(self, tables: Sequence[Located], data: pl.DataFrame) -> None:
        """Look at the rows of a portion."""
        start = 0
        for table, groups, keys in zip(tables, self._groups, self._keys, strict=True):
            part = data.slice(start, len(table.rows))
            start += len(table.rows)
            for group, key in zip(groups, keys, strict=True):
                if part.height:
                    key.append(_hashes(part, group))

    def findings(self, data: Frames, portion: int, file: str) -> Iterator[tuple[Finding, int]]:
        """Each repetition, with the row of the data of the file that it is in; `portion` rows are in a frame."""
        start = 0
        for table, groups, keys in zip(self._tables, self._groups, self._keys, strict=True):
            candidates = _repeated([_joined(key) for key in keys]) if table.rows else []
            if candidates:
                names = list(dict.fromkeys(name for group in groups for name in group))
                rows = _gathered(data, [start + row for row in candidates], portion, names)
                told = checks.repeated(rows, self._spec, rows=range(len(candidates)), columns=table.by_field)
                for one in told:
                    row = candidates[one.place.row]
                    place = table.place(file, table.rows[row].number, one.place.column)
                    yield replace(one, place=place), start + row
            start += len(table.rows)


def _groups(spec: TableSpec) -> list[tuple[str, ...]]:
    """The fields that together must not be repeated, and those whose repetition excuses one."""
    found: dict[tuple[str, ...], None] = {}
    for check in spec.every_check:
        if check.check in OF_ALL_ROWS:
            found[tuple(check.fields)] = None
            if "unless_repeated" in check.options:
                found[str(check.options["unless_repeated"]),] = None
    return list(found)


def _hashes(frame: pl.DataFrame, fields: Sequence[str]) -> np.ndarray[Any, Any]:
    """A number for each row, the same for the same values; 0 where one is missing."""
    import polars as pl

    complete = pl.all_horizontal(pl.col(name).is_not_null() for name in fields)
    return frame.select(pl.when(complete).then(pl.struct(fields).hash(0)).otherwise(0)).to_series().to_numpy()


def _joined(parts: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.concatenate(parts)


def _repeated(keys: Sequence[np.ndarray[Any, Any]]) -> list[int]:
    """The rows that have a number of another row."""
    import numpy as np

    found = np.zeros(0, dtype="i8")
    for key in keys:
        ordered = np.sort(key[key != 0])
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        found = np.union1d(found, np.flatnonzero(np.isin(key, twice)))
    return [int(row) for row in found]


def _gathered(data: Frames, rows: Sequence[int], portion: int, names: Sequence[str]) -> pl.DataFrame:
    """Some rows of the data, in their order."""
    import polars as pl

    wanted: dict[int, list[int]] = {}
    for row in rows:
        wanted.setdefault(row // portion, []).append(row % portion)
    return pl.concat([data[number].select(names)[some] for number, some in wanted.items()])
