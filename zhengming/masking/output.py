"""A masked table as a file, and what was done to it in words: names of columns and counts, never a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from zhengming.errors import UsageError
from zhengming.findings import words
from zhengming.masking.table import Masked, Treated
from zhengming.schemas.spec import TableSpec
from zhengming.tables.written_text import storable

SUFFIXES = (".xlsx", ".csv")


def writable(path: Path) -> Path:
    """The same path, if we write such files.

    Raises:
        UsageError: another suffix.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError("the result is a workbook or a csv", where=str(path), remedy="name it .xlsx or .csv")
    return path


def write(path: Path, masked: Masked, spec: TableSpec, *, lang: str) -> None:
    """Write the table: a workbook with the titles of the fields, or a csv with their names.

    Raises:
        UnwritableFile: it cannot be written.
    """
    from zhengming.tables.sheets_out import SheetOut
    from zhengming.tables.write import write_csv, write_xlsx

    spoken = words(lang)
    rows = [(number, *row) for number, row in enumerate(zip(*masked.columns.values(), strict=True), start=1)]
    if writable(path).suffix.lower() == ".csv":
        write_csv(path, ["number", *masked.columns], rows)
        return
    answers = {answer: spoken[f"masked_{answer}"] for answer in masked.minors}
    under = list(masked.columns).index("under_14") + 1 if answers else -1
    shown = [
        tuple(answers.get(str(cell), cell) if at == under else cell for at, cell in enumerate(row)) for row in rows
    ]
    header = [spoken["masked_number"], *(_title(name, masked, spec, lang) for name in masked.columns)]
    write_xlsx(path, [SheetOut(spec.title(lang), header, shown)])


def lines(masked: Masked, spec: TableSpec, *, lang: str) -> Iterator[str]:
    """What a person is told: people under 14, combinations, what was suppressed, what must be known."""
    spoken = words(lang)
    left = sum(one.name in masked.columns for one in masked.treated)
    yield spoken["masked_counts"].format(rows=masked.rows, kept=left, left_out=len(masked.treated) - left)
    if masked.minors:
        yield spoken["masked_minors"].format(**masked.minors)
    if masked.anonymity is not None:
        done = masked.anonymity
        columns = ("、" if lang == "zh" else ", ").join(_title(name, masked, spec, lang) for name in masked.quasi)
        yield spoken["masked_quasi"].format(columns=columns)
        for state, found in (("before", done.before), ("after", done.after)):
            facts = {"combinations": found.combinations, "rarest": found.rarest, "below": found.below}
            yield spoken[f"masked_{state}"].format(**facts)
        yield spoken["masked_suppressed"].format(cells=done.cells)


def table(masked: Masked, spec: TableSpec, *, lang: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Header and rows of what was done to each column."""
    spoken = words(lang)
    header = [spoken[f"masked_column_{name}"] for name in ("field", "class", "action", "before", "after")]
    rows: list[tuple[object, ...]] = [
        (
            _named(one, position, spec, lang),
            spoken[f"privacy_{one.privacy}"],
            spoken[f"action_{one.action}"],
            one.before,
            one.after,
        )
        for position, one in enumerate(masked.treated, start=1)
    ]
    return header, rows


def _named(one: Treated, position: int, spec: TableSpec, lang: str) -> str:
    """A field by its title; another column by its place, for a header nobody knows may itself be personal."""
    return (
        spec.field(one.name).title(lang) if one.known else words(lang)["masked_unknown_column"].format(number=position)
    )


def _title(name: str, masked: Masked, spec: TableSpec, lang: str) -> str:
    if name in _names(spec):
        return spec.field(name).title(lang)
    return words(lang)["masked_under_14"] if name == "under_14" and masked.minors else storable(name)


def _names(spec: TableSpec) -> Mapping[str, object]:
    return {field.name: field for field in spec.fields}
