"""One table, spoilt in every way a csv can be that its cells survive: each file gives the table back.

The ways are those of the Pollock benchmark (Vitagliano and others, VLDB 2023), made here: separators, quotation marks,
escapes, line ends, encodings of the whole file, and single rows with a separator or quotation mark too many or too few.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhengming.tables import Limits, cell_text, read

HEAD = ["DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "ProductDescription", "URL", "Comments"]
ROWS = [
    [
        f"{number % 12 + 1:02}/{number % 28 + 1:02}/2018",
        f"{number % 24:02}:{number % 60:02}",
        str(number % 7 + 1),
        f"{number % 8}0{number:03}-N",
        f"{number}.{number % 100:02}",
        ("Ash", "Oak", "法洛四联症, 室缺", "Pine")[number % 4],
        ("5 inch, round", "flat", 'a "good" one', "two\nlines", "plain")[number % 5],
        f"http://example.org/items/{number}?a=1",
        ("none", "", "see 'below'", "100% sure")[number % 4],
    ]
    for number in range(84)
]
TABLE = [HEAD, *ROWS]


def written(table: list[list[str]], **how: object) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, **{"lineterminator": "\r\n", **how}).writerows(table)
    return buffer.getvalue()


def whole_files() -> Iterator[tuple[str, bytes, list[list[str]]]]:
    text = written(TABLE)
    yield "clean", text.encode(), TABLE
    for name, how in {
        "semicolon": {"delimiter": ";"},
        "tab": {"delimiter": "\t"},
        "pipe": {"delimiter": "|"},
        "space": {"delimiter": " "},
        "caret": {"delimiter": "^"},
        "all-quoted": {"quoting": csv.QUOTE_ALL},
        "single-quotes": {"quotechar": "'"},
        "single-quotes-all": {"quotechar": "'", "quoting": csv.QUOTE_ALL},
        "backslash": {"escapechar": "\\", "doublequote": False},
        "backslash-all": {"escapechar": "\\", "doublequote": False, "quoting": csv.QUOTE_ALL},
        "line-feeds": {"lineterminator": "\n"},
        "carriage-returns": {"lineterminator": "\r", "quoting": csv.QUOTE_ALL},
    }.items():
        yield name, written(TABLE, **how).encode(), TABLE
    spaced = "".join(line + "\r\n" for line in (", ".join(_quoted(cell) for cell in row) for row in TABLE))
    yield "comma-and-space", spaced.encode(), TABLE
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "gb18030"):
        yield encoding, text.encode(encoding), TABLE
    yield "no-last-line-end", text.rstrip().encode(), TABLE
    yield "two-last-line-ends", (text + "\r\n").encode(), TABLE
    yield "no-header", written(ROWS).encode(), ROWS
    yield "header-only", written([HEAD]).encode(), [HEAD]
    yield "one-row", written(TABLE[:2]).encode(), TABLE[:2]
    yield "two-header-rows", written([HEAD, *TABLE]).encode(), [HEAD, *TABLE]
    yield "preamble", ("Report of 2018\r\n\r\n" + text).encode(), [["Report of 2018"], [], *TABLE]
    yield "footnote", (text + "\r\nsource: nobody\r\n").encode(), [*TABLE, [], ["source: nobody"]]
    more = [[f"x{number}" for number in range(12)] for _ in range(20)]
    yield "a-wider-table-below", (text + "\r\n" + written(more)).encode(), [*TABLE, [], *more]


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in '",\n') else cell


def spoilt_rows() -> Iterator[tuple[str, bytes, list[list[str]]]]:
    lines = [written([row]) for row in TABLE]
    for row in range(0, 84, 3):
        column = row % 8
        yield from _spoilt(lines, row, column)


def _spoilt(lines: list[str], row: int, column: int) -> Iterator[tuple[str, bytes, list[list[str]]]]:
    def with_line(line: str, cells: list[str]) -> tuple[bytes, list[list[str]]]:
        return "".join([*lines[:row], line, *lines[row + 1 :]]).encode(), [*TABLE[:row], cells, *TABLE[row + 1 :]]

    cells = TABLE[row]
    more = [*cells[: column + 1], "", *cells[column + 1 :]]
    yield f"more-{row}", *with_line(written([more]), more)
    less = [*cells[:column], cells[column] + cells[column + 1], *cells[column + 2 :]]
    yield f"less-{row}", *with_line(written([less]), less)
    for name, delimiter in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|")):
        yield f"{name}-{row}", *with_line(written([cells], delimiter=delimiter), cells)
    quoted = [_quoted(cell) for cell in cells]
    if not any(mark in cells[column] for mark in '",\n'):
        opened = [*quoted[:column], '"' + quoted[column], *quoted[column + 1 :]]
        yield f"opened-{row}", *with_line(",".join(opened) + "\r\n", cells)
        inside = cells[column][:1] + '"' + cells[column][1:]
        within = [*quoted[:column], inside, *quoted[column + 1 :]]
        yield f"within-{row}", *with_line(",".join(within) + "\r\n", [*cells[:column], inside, *cells[column + 1 :]])


CASES = {name: (data, expected) for name, data, expected in (*whole_files(), *spoilt_rows())}


def f1(found: list[list[str]], expected: list[list[str]]) -> float:
    """Of the cells with something in them, by row and value."""
    mine, theirs = (
        Counter((number, cell) for number, row in enumerate(table) for cell in row if cell)
        for table in (found, expected)
    )
    right = sum((mine & theirs).values())
    return 2 * right / (sum(mine.values()) + sum(theirs.values()))


def result(tmp_path: Path, name: str) -> float:
    data, expected = CASES[name]
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    return f1(
        [[cell_text(cell) for cell in row] for row in read(path, limits=Limits(isolate=False)).sheets[0].rows], expected
    )


@pytest.mark.parametrize("name", [name for name, *_ in whole_files()])
def test_a_file_written_in_another_way_gives_the_same_table(tmp_path: Path, name: str) -> None:
    assert result(tmp_path, name) == 1


def test_rows_that_are_spoilt_spoil_no_others(tmp_path: Path) -> None:
    scores = {name: result(tmp_path, name) for name, *_ in spoilt_rows()}
    assert min(scores.values()) > 0.98, min(scores, key=lambda name: scores[name])
    assert sum(scores.values()) / len(scores) >= 0.997
