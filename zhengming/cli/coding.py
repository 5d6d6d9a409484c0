"""The command that codes columns of a large table, portion by portion, without looking for a table spec in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhengming.cli.root import (
    CLEAN,
    DecisionsOption,
    DictOption,
    Lang,
    Sender,
    app,
    configured,
    open_decisions,
    open_dictionary,
    specialities,
    spoken_words,
)
from zhengming.errors import UsageError


@app.command()
def code(
    source: Annotated[Path, typer.Argument(help="CSV file in UTF-8 with one header row.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV file to write.", show_default=False)],
    column: Annotated[
        list[str], typer.Option("--column", help="COLUMN=CATEGORY: what to code, and as what.", show_default=False)
    ],
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    remember: Annotated[Path | None, typer.Option("--remember", help="Folder for results to use again.")] = None,
    lang: Lang = None,
) -> None:
    """Code columns of a CSV file of any size: each gets its codes, names, status and reason behind the others."""
    from zhengming import display
    from zhengming.columns import code_csv
    from zhengming.normalizers.terms.matcher import Matcher
    from zhengming.remembering import Memory

    if output.exists() and output.samefile(source):
        raise UsageError("the result would replace the input", where=str(output), remedy="name another file")
    opened, held, settings = open_dictionary(dictionary), open_decisions(decisions), configured()
    folder = remember or (settings.folder / settings.remember if settings.remember else None)
    known: dict[str, Matcher] = {}
    matchers: dict[str, Matcher] = {}
    for one in column:
        name, sign, category = one.rpartition("=")
        if not sign:
            raise UsageError(f"--column {one} names no category", remedy="write COLUMN=CATEGORY")
        if category not in known:
            said = specialities(sender).get(category, ())
            known[category] = Matcher(opened, category, sender=sender, decisions=held, speciality=said)
        matchers[name] = known[category]
    count = code_csv(source, output, matchers, memory=Memory(folder) if folder else None)
    display.note(spoken_words(lang)["coded_rows"].format(count=count, file=output))
    raise typer.Exit(CLEAN)
