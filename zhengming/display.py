"""The only way to a terminal: results to stdout, notes and progress to stderr, nothing of a cell acted upon.

A spreadsheet from a stranger may hold terminal escapes, bidi overrides and rich's markup. Everything printed goes
through here, where the first two are made visible and the third is never parsed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TextIO, TypeVar

from zhengming.errors import UsageError
from zhengming.reports.visible import visible, visible_lines

__all__ = ["LANGS", "choose_lang", "note", "progress", "result", "table", "visible"]

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")
Item = TypeVar("Item")


def choose_lang(option: str | None, environ: Mapping[str, str]) -> Lang:
    """The language of messages: `option` (`--lang`), else the locale in `environ`, else English.

    The first of LC_ALL, LC_MESSAGES and LANG that is not empty decides, as POSIX has it.

    >>> choose_lang(None, {"LANG": "zh_CN.UTF-8"}), choose_lang("en", {"LANG": "zh_CN.UTF-8"}), choose_lang(None, {})
    ('zh', 'en', 'en')

    Raises:
        UsageError: the option names no language that we speak.
    """
    if option is not None:
        for lang in LANGS:
            if option == lang:
                return lang
        raise UsageError(f"no language {visible(option)!r}", remedy=f"there are {', '.join(LANGS)}")
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def result(text: str) -> None:
    """Write what the command was asked for to stdout; lines and tabs stay, all else that acts is made visible."""
    _write(sys.stdout, text)


def note(text: str) -> None:
    """Write a remark to the person, or an error, to stderr, on a line of its own."""
    _write(sys.stderr, text)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Write a table to stdout: drawn for a person at a terminal, tab-separated for a program."""
    shown = [[visible(str(value)) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(headers), *shown]:
            _write(sys.stdout, "\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=Text(visible(title)) if title else None)
    for header in headers:
        drawn.add_column(Text(visible(header)))
    for row in shown:
        drawn.add_row(*(Text(value) for value in row))
    Console(file=sys.stdout, markup=False, highlight=False, emoji=False).print(drawn)


def progress(items: Iterable[Item], *, what: str, total: int | None = None) -> Iterator[Item]:
    """The same items one by one, with a bar on stderr while a person watches; on no terminal, nothing is written."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr, markup=False, highlight=False, emoji=False)
    described = TextColumn("{task.description}", markup=False)
    with Progress(
        described, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True
    ) as bar:
        yield from bar.track(items, total=total, description=visible(what))


def _write(stream: TextIO, text: str) -> None:
    line = visible_lines(text)
    line = line if line.endswith("\n") or not line else line + "\n"
    # A console of another encoding (cp936, ascii) shows what it cannot as escapes; losing the report would be worse.
    encoding = stream.encoding or "utf-8"
    stream.write(line.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
