"""Commands on spreadsheets: clean them, check them, show it on samples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from zhengming.cli.root import (
    CLEAN,
    FINDINGS,
    WRONG,
    DecisionsOption,
    DictOption,
    Files,
    Lang,
    Sender,
    ShowValues,
    Table,
    app,
    chosen_lang,
    complain,
    open_decisions,
    open_dictionary,
    spoken_words,
    tell_of_decisions,
)
from zhengming.errors import ZhengmingError

if TYPE_CHECKING:
    from zhengming.findings import Finding


@app.command()
def clean(
    files: Files,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results.", show_default=False)],
    table: Table = "aid_case",
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    data_format: Annotated[
        Literal["xlsx", "csv", "parquet"], typer.Option("--format", help="Also write the data as csv or parquet.")
    ] = "xlsx",
    lang: Lang = None,
) -> None:
    """Clean spreadsheets: type every cell, code every name, list what a human must decide."""
    from zhengming import display, pipeline

    run = pipeline.Run(
        table=table,
        dictionary=open_dictionary(dictionary),
        sender=sender,
        decisions=open_decisions(decisions),
        lang=chosen_lang(lang),
    )
    tell_of_decisions(run.decisions, run.dictionary, lang)
    failed = False
    listed = pipeline.inputs(files)
    run.inputs += listed
    for path in display.progress(listed, what=spoken_words(lang)["working"], total=len(listed)):
        try:
            result = run.clean(path)
            result.write(output, data_format=data_format)
        except ZhengmingError as error:
            run.failed(path, error)
            complain(error)
            failed = True
        else:
            display.note(result.one_line())
    run.write_manifest(output)
    raise typer.Exit(WRONG if failed else FINDINGS if run.needs_attention else CLEAN)


@app.command()
def validate(
    files: Files,
    table: Table = "aid_case",
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    output_format: Annotated[str, typer.Option("--output-format", help="How to print the findings.")] = "concise",
    show_values: ShowValues = False,
    lang: Lang = None,
) -> None:
    """Check spreadsheets against a table spec; exit code 1 if anything was found."""
    from zhengming import display, pipeline, reports

    run = pipeline.Run(
        table=table,
        dictionary=open_dictionary(dictionary),
        sender=sender,
        decisions=open_decisions(decisions),
        lang=chosen_lang(lang),
    )
    tell_of_decisions(run.decisions, run.dictionary, lang)
    findings: list[Finding] = []
    failed = False
    listed = pipeline.inputs(files)
    for path in display.progress(listed, what=spoken_words(lang)["working"], total=len(listed)):
        try:
            findings += run.validate(path).findings
        except ZhengmingError as error:
            findings.append(run.failed(path, error))
            complain(error)
            failed = True
    text = reports.render(
        output_format, findings, lang=chosen_lang(lang), show_values=show_values, summary=run.summary()
    )
    display.result(text)
    raise typer.Exit(WRONG if failed else FINDINGS if run.needs_attention else CLEAN)


@app.command()
def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write to.")] = Path("zm-demo"),
    lang: Lang = None,
) -> None:
    """Write four sample spreadsheets, clean them, and report what became of every row."""
    from zhengming import display, pipeline

    display.result(pipeline.demo(output, lang=chosen_lang(lang)))
