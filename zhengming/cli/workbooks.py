"""Commands on workbooks that people fill in or ask about: entry forms, the trace of a cell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhengming.cli.root import DictOption, Lang, ShowValues, app, chosen_lang, open_dictionary, spoken_words


@app.command()
def template(
    table: Annotated[str, typer.Argument(help="Table spec: a bundled name or a TOML file.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write.", show_default=False)],
    rows: Annotated[int, typer.Option("--rows", min=1, max=100_000, help="How many rows can be filled in.")] = 1000,
    dictionary: DictOption = None,
    lang: Lang = None,
) -> None:
    """Write an entry form for hospitals: dropdowns from the dictionary, checks and instructions at the cells."""
    from zhengming import display
    from zhengming.schemas import spec, template

    template.write(output, spec.load(table), open_dictionary(dictionary), lang=chosen_lang(lang), rows=rows)
    display.note(spoken_words(lang)["form_written"].format(file=output, rows=rows))


@app.command()
def trace(
    file: Annotated[Path, typer.Argument(help="A result of zm clean: xlsx, csv or parquet.")],
    cell: Annotated[str, typer.Argument(help="Address of a cell of its data, as N7.")],
    source: Annotated[
        Path | None, typer.Option("--source", help="The sender's file: make sure that it is the one, unchanged.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    show_values: ShowValues = False,
    lang: Lang = None,
) -> None:
    """Tell where a clean cell came from: file, sheet, cell, raw value, why, which dictionary, whose decision."""
    import json

    from zhengming import display
    from zhengming.reports import trace

    found = trace.trace(file, cell, source=source)
    found = found if show_values else trace.hidden(found)
    if as_json:
        display.result(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
        return
    spoken = spoken_words(lang)
    display.table([spoken["column_fact"], spoken["column_content"]], trace.lines(found, chosen_lang(lang)))
