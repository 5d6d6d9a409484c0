"""One Excel workbook that someone edits who never saw a CSV, and that comes back without loss.

A sheet for the concepts and one for the further names of each category, with the columns of the source files,
dropdowns where only some words are allowed, and colours: blue heads are not to be changed, yellow ones may be. The code
of a row that is there cannot be typed over; a new row gets a new code. The first sheet says how, and which dictionary
this is. The sub-type tables of a category and its policy are not in it and stay as the source has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from zhengming.dictionary.interchange.facts import Facts
from zhengming.dictionary.interchange.frictionless import tables
from zhengming.dictionary.model import CONCEPT_STATUSES, RELATIONS, TERM_KINDS, Category, Dictionary
from zhengming.errors import DictionaryError
from zhengming.findings import words
from zhengming.tables import Sheet, cell_text, read
from zhengming.tables.sheets_out import OURS, Entry, Heading, SheetOut
from zhengming.tables.write import write_xlsx

_ABOUT = f"{OURS}dictionary"  # the first cell of the first sheet
_WORDS = {"status": CONCEPT_STATUSES, "kind": TERM_KINDS, "relation": RELATIONS}
_FURTHER = 2_000  # empty rows below the last that have dropdowns too
_LISTS = "lists"
_TITLE = "说明"
_TABLES = ("concepts", "terms")
_LONGEST = 20  # characters of a category in the name of its sheet; Excel allows 31 in all


def dump(dictionary: Dictionary, folder: Path, categories: Sequence[str]) -> list[Path]:
    """Write `<dictionary>.xlsx`."""
    sheets: list[SheetOut] = []
    listed: list[tuple[str, str, str]] = []
    for name in categories:
        for table, columns, rows in tables(dictionary.category(name)):
            title = f"{name[:_LONGEST]}.{table}"
            listed.append((title, name, table))
            sheets.append(_sheet(title, columns, sorted(rows), dictionary.category(name)))
    depth = max(map(len, _WORDS.values()))
    lists = [[words[row] if row < len(words) else None for words in _WORDS.values()] for row in range(depth)]
    names = {
        f"zm_{word}": f"{_LISTS}!${chr(65 + at)}$2:${chr(65 + at)}${len(words) + 1}"
        for at, (word, words) in enumerate(_WORDS.items())
    }
    about = _about(dictionary, listed)
    path = folder / f"{dictionary.id}.xlsx"
    write_xlsx(
        path, [about, *sheets, SheetOut(_LISTS, list(_WORDS), lists, visible=False, filtered=False)], names=names
    )
    return [path]


def load(path: Path) -> list[Facts]:
    """What an edited workbook says.

    Raises:
        UnreadableFile: it cannot be read.
        DictionaryError: it is no workbook of ours, or a row has no code.
    """
    book = read(path)
    sheets = {sheet.name: sheet for sheet in book.sheets}
    first = book.sheets[0] if book.sheets else None
    if first is None or cell_text(first.cell(1, 1)) != _ABOUT:
        raise DictionaryError("is no workbook of a dictionary", where=str(path), remedy="export one and edit that")
    listed: dict[str, dict[str, Sheet]] = {}
    for row in range(1, len(first.rows) + 1):
        title, name, table = (cell_text(first.cell(row, column)) for column in (1, 2, 3))
        if table in _TABLES and title in sheets:
            listed.setdefault(name, {})[table] = sheets[title]
    return [_facts(name, found, path) for name, found in sorted(listed.items())]


def _about(dictionary: Dictionary, listed: Sequence[tuple[str, str, str]]) -> SheetOut:
    spoken = words("zh")
    lines: list[tuple[str | None, ...]] = [(spoken[f"dictionary_workbook_{number}"],) for number in range(1, 6)]
    about = (dictionary.id, dictionary.version, dictionary.sha256)
    return SheetOut(
        _TITLE, [_ABOUT, *about], [*lines, (), *listed], widths={0: 40, 1: 24, 2: 14, 3: 70}, filtered=False
    )


def _sheet(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], category: Category) -> SheetOut:
    last = len(rows) + _FURTHER
    spoken = words("zh")
    entries = [
        Entry(
            at, 0, last, "list", f"zm_{name}", title=name, complaint=spoken["dictionary_workbook_word"], strict="stop"
        )
        for at, name in enumerate(columns)
        if name in _WORDS
    ]
    if rows and "term" not in columns:
        complaint = spoken["dictionary_workbook_code"]
        entries.append(Entry(0, 0, len(rows) - 1, "formula", "FALSE", title="code", complaint=complaint, strict="stop"))
    headings: dict[int, Heading] = {at: "plain" if at == 0 else "entry" for at in range(len(columns))}
    return SheetOut(
        title,
        columns,
        [[value or None for value in row] for row in rows],
        row_marks={at: "note" for at, row in enumerate(rows) if "term" not in columns and row[4] == "retired"},
        headings=headings,
        frozen=2,
        text_columns=frozenset(range(len(columns))),
        entries=entries,
    )


def _facts(name: str, found: Mapping[str, Sheet], path: Path) -> Facts:
    concepts = list(_rows(found["concepts"], path)) if "concepts" in found else []
    terms = list(_rows(found["terms"], path)) if "terms" in found else []
    return Facts(name, concepts, terms)


def _rows(sheet: Sheet, path: Path) -> Iterator[dict[str, str]]:
    """The rows of a sheet by column; empty ones left out."""
    header = [cell_text(cell) for cell in sheet.rows[0]] if sheet.rows else []
    for number in range(2, len(sheet.rows) + 1):
        values = [cell_text(sheet.cell(number, column)).strip() for column in range(1, len(header) + 1)]
        if not any(values):
            continue
        row = dict(zip(header, values, strict=True))
        if not row.get("code"):
            raise DictionaryError("has no code", where=f"{path}[{sheet.name}]!A{number}", remedy="give the row one")
        yield row
