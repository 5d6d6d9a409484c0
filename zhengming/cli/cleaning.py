"""Commands on spreadsheets: clean them, show it on samples."""

from __future__ import annotations

from functools import partial
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
    Jobs,
    Lang,
    RunDate,
    Sender,
    Table,
    app,
    chosen_lang,
    complain,
    open_run,
    spoken_words,
    tell_of_decisions,
)
from zhengming.errors import ZhengmingError

if TYPE_CHECKING:
    from zhengming.batch import Done
    from zhengming.pipeline import Run


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
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Also write the sender's file with problem cells coloured and commented.")
    ] = False,
    date: RunDate = None,
    jobs: Jobs = 0,
    lang: Lang = None,
) -> None:
    """Clean spreadsheets: type every cell, code every name, list what a human must decide."""
    from zhengming import batch, display, pipeline

    paths = pipeline.inputs(files)
    make = partial(open_run, table, dictionary, sender, decisions, chosen_lang(lang), date)
    run, results = batch.start(make, paths, partial(_cleaned, output, data_format, annotate, paths), jobs=jobs)
    tell_of_decisions(run.decisions, run.dictionary, lang)
    failed = False
    for path, done in display.progress(results, what=spoken_words(lang)["working"], total=len(paths)):
        if isinstance(done, ZhengmingError):
            run.failed(path, done)
            complain(done)
            failed = True
        else:
            display.note(done.line)
    repeated = run.across()
    if repeated:
        display.note(spoken_words(lang)["across_files"].format(count=len(repeated)))
    run.write_manifest(output)
    raise typer.Exit(WRONG if failed else FINDINGS if run.needs_attention else CLEAN)


def _cleaned(
    output: Path, data_format: str, annotate: bool, inputs: list[Path], run: Run, path: Path, stem: str
) -> Done:
    from zhengming import batch

    run.inputs = inputs  # a worker that started afresh knows of none
    if not annotate:
        return batch.summarised(run.clean_into(output, path, stem, data_format=data_format))
    result = run.cleaned(path, stem)  # as a whole: the sender's file is held with all its styles
    result.write(output, data_format=data_format)
    result.annotate(output)
    return batch.summarised(result)


@app.command()
def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write to.")] = Path("zm-demo"),
    lang: Lang = None,
) -> None:
    """Write four sample spreadsheets, clean them, and report what became of every row."""
    from zhengming import display, pipeline

    display.result(pipeline.demo(output, lang=chosen_lang(lang)))
