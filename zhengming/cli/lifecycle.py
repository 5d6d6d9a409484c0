"""Commands that change one concept of a dictionary: add, term, rename, move, retire, unite, split."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhengming.cli.root import dictionary_app
from zhengming.errors import UsageError

if TYPE_CHECKING:
    from zhengming.dictionary.editing import Why
    from zhengming.dictionary.lifecycle import Lifecycle

Source = Annotated[Path, typer.Argument(help="Source folder of the dictionary.")]
Code = Annotated[str, typer.Argument(help="Code of the concept.")]
Into = Annotated[str, typer.Option("--category", "-c", help="Category of the concept.", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Who decided it.", show_default=False)]
Date = Annotated[str, typer.Option("--date", help="Day it was decided: 2026-11-25.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why.", show_default=False)]
Ambiguous = Annotated[bool, typer.Option("--ambiguous", help="If another concept has the name, declare it under both.")]


@dictionary_app.command("add")
def dict_add(
    path: Source,
    category: Into,
    name: Annotated[str, typer.Option("--name", help="Preferred name in Chinese.", show_default=False)],
    by: By,
    date: Date,
    reason: Reason,
    code: Annotated[str, typer.Option("--code", help="Its code; default: the next free one.")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="Preferred name in English.")] = "",
    parent: Annotated[
        list[str] | None, typer.Option("--parent", help="Code of a more general concept. Repeatable.")
    ] = None,
    source: Annotated[str, typer.Option("--source", help="Where it comes from.")] = "",
    note: Annotated[str, typer.Option("--note", help="A remark.")] = "",
    ambiguous: Ambiguous = False,
) -> None:
    """Add a concept."""
    from zhengming.dictionary.lifecycle import NewConcept

    new = NewConcept(name, name_en, code, tuple(parent or ()), source, note)
    _done(path, _on(path, category).add(new, _why(by, date, reason), ambiguous=ambiguous))


@dictionary_app.command("term")
def dict_term(
    path: Source,
    code: Code,
    text: Annotated[str, typer.Argument(help="The name, as people write it.")],
    category: Into,
    by: By,
    date: Date,
    reason: Reason,
    kind: Annotated[
        str, typer.Option("--kind", help="synonym, abbreviation, short, misspelling, former or local.")
    ] = "synonym",
    term_lang: Annotated[str, typer.Option("--term-lang", help="zh, en or nothing.")] = "zh",
    relation: Annotated[str, typer.Option("--relation", help="exact, ambiguous, narrow or broad.")] = "exact",
    sender: Annotated[str, typer.Option("--sender", help="Whose name it is, if it is local.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where it was found.")] = "",
    ambiguous: Ambiguous = False,
) -> None:
    """Give a concept one more name."""
    from zhengming.dictionary.model import Term

    term = Term(text, kind, term_lang, sender, relation, source)
    _done(path, _on(path, category).name(code, term, _why(by, date, reason), ambiguous=ambiguous))


@dictionary_app.command("rename")
def dict_rename(
    path: Source,
    code: Code,
    name: Annotated[str, typer.Argument(help="The new preferred name.")],
    category: Into,
    by: By,
    date: Date,
    reason: Reason,
    english: Annotated[bool, typer.Option("--english", help="It is the English name.")] = False,
    drop: Annotated[
        bool, typer.Option("--drop-old-name", help="The old name no longer means it (a major change).")
    ] = False,
) -> None:
    """Give a concept another preferred name; the old one stays a term of it."""
    _done(path, _on(path, category).rename(code, name, _why(by, date, reason), english=english, keep=not drop))


@dictionary_app.command("move")
def dict_move(
    path: Source,
    code: Code,
    category: Into,
    by: By,
    date: Date,
    reason: Reason,
    parent: Annotated[
        list[str] | None, typer.Option("--parent", help="Code of a concept to put it below. Repeatable.")
    ] = None,
    term: Annotated[str, typer.Option("--term", help="Move this name of it instead.")] = "",
    to: Annotated[str, typer.Option("--to", help="Code of the concept that gets the name.")] = "",
    sender: Annotated[str, typer.Option("--sender", help="Whose name it is, if it is local.")] = "",
) -> None:
    """Put a concept below others, or give a name of it to another concept."""
    if bool(term) != bool(to) or bool(term) == bool(parent):
        raise UsageError("a move needs --parent, or --term and --to", remedy="say what goes where")
    lifecycle, why = _on(path, category), _why(by, date, reason)
    if term:
        _done(path, lifecycle.move_term(code, term, to, why, sender=sender))
    else:
        _done(path, lifecycle.move(code, parent or (), why))


@dictionary_app.command("retire")
def dict_retire(
    path: Source,
    code: Code,
    category: Into,
    by: By,
    date: Date,
    reason: Reason,
    replaced_by: Annotated[
        list[str] | None, typer.Option("--replaced-by", help="Code of a concept to use instead. Repeatable.")
    ] = None,
) -> None:
    """Take a concept out of use."""
    _done(path, _on(path, category).retire(code, _why(by, date, reason), replaced_by=replaced_by or ()))


@dictionary_app.command("unite")
def dict_unite(
    path: Source,
    code: Code,
    into: Annotated[str, typer.Option("--into", help="Code of the concept that stays.", show_default=False)],
    category: Into,
    by: By,
    date: Date,
    reason: Reason,
) -> None:
    """Make two concepts one: the first is retired, the other gets its names and children."""
    _done(path, _on(path, category).unite(code, into, _why(by, date, reason)))


@dictionary_app.command("split")
def dict_split(
    path: Source,
    code: Code,
    into: Annotated[
        list[str],
        typer.Option("--into", help="Code of a concept that is there already. Repeatable.", show_default=False),
    ],
    category: Into,
    by: By,
    date: Date,
    reason: Reason,
) -> None:
    """Retire a concept in favour of several; old data with its code is for a human to decide."""
    _done(path, _on(path, category).split(code, into, _why(by, date, reason)))


def _on(path: Path, category: str) -> Lifecycle:
    from zhengming.dictionary.lifecycle import Lifecycle

    return Lifecycle(path, category)


def _why(by: str, date: str, reason: str) -> Why:
    from zhengming.dictionary.editing import Why

    return Why(by, date, reason)


def _done(path: Path, code: str) -> None:
    from zhengming import display

    display.result(f"{path} {code}")
