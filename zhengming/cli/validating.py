"""The command that checks spreadsheets: the gate for incoming files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    Sender,
    ShowValues,
    Table,
    app,
    chosen_lang,
    complain,
    configured,
    open_run,
    spoken_words,
    tell_of_decisions,
)
from zhengming.errors import ZhengmingError

if TYPE_CHECKING:
    from zhengming.batch import Done
    from zhengming.findings import Finding
    from zhengming.gate.selection import Selection
    from zhengming.pipeline import Run

Rules = list[str] | None


@app.command()
def validate(
    files: Files,
    table: Table = "aid_case",
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    output_format: Annotated[str, typer.Option("--output-format", help="How to print the findings.")] = "concise",
    select: Annotated[
        Rules, typer.Option("--select", help="Only these rules: codes, beginnings (ZM4) or names; commas or repeated.")
    ] = None,
    ignore: Annotated[Rules, typer.Option("--ignore", help="Not these rules, named in the same way.")] = None,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", help="Exit code 1 from this severity on: error, warning (default), info, never."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="File of known findings: only new ones are told and count.")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option("--write-baseline", help="Write all findings to this file as known, and exit 0.")
    ] = None,
    jobs: Jobs = 0,
    show_values: ShowValues = False,
    lang: Lang = None,
) -> None:
    """Check spreadsheets against a table spec; exit code 1 if anything was found."""
    from zhengming import batch, display, pipeline, reports
    from zhengming.gate import baseline as baselines

    selection, known = _asked(select, ignore, fail_on, baseline)
    reports.known(output_format)
    paths = pipeline.inputs(files)
    make = partial(open_run, table, dictionary, sender, decisions, chosen_lang(lang))
    run, results = batch.start(make, paths, _validated, jobs=jobs)
    tell_of_decisions(run.decisions, run.dictionary, lang)
    found: list[Finding] = []
    failed = False
    for path, done in display.progress(results, what=spoken_words(lang)["working"], total=len(paths)):
        if isinstance(done, ZhengmingError):
            found.append(run.failed(path, done))
            complain(done)
            failed = True
        else:
            found += done.findings
    found = selection.apply(found)
    if write_baseline:
        baselines.write(write_baseline, found)
        display.note(spoken_words(lang)["baseline_written"].format(count=len(found), file=write_baseline))
        raise typer.Exit(WRONG if failed else CLEAN)
    if known is not None:
        parted = baselines.split(found, known)
        found = list(parted.new)
        display.note(spoken_words(lang)["baseline_known"].format(known=parted.known, gone=parted.gone))
    text = reports.render(output_format, found, lang=chosen_lang(lang), show_values=show_values, summary=run.summary())
    display.result(text)
    raise typer.Exit(WRONG if failed else FINDINGS if selection.closes(found) else CLEAN)


def _asked(
    select: Rules, ignore: Rules, fail_on: str | None, baseline: Path | None
) -> tuple[Selection, frozenset[tuple[str, str, str, str]] | None]:
    """What counts and what is known: by the options, else by the configuration."""
    from zhengming.gate import baseline as baselines
    from zhengming.gate.selection import Selection

    settings = configured()
    stated = settings.validation
    selection = Selection.of(
        select=stated.select if select is None else select,
        ignore=[*stated.ignore, *(ignore or ())],
        fail_on=fail_on or stated.fail_on,
    )
    if baseline is None and stated.baseline:
        baseline = settings.folder / stated.baseline
    return selection, baselines.read(baseline) if baseline else None


def _validated(run: Run, path: Path, stem: str) -> Done:
    from zhengming import batch

    return batch.summarised(run.cleaned(path, stem))
