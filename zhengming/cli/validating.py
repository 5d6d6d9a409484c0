"""The command that checks spreadsheets: the gate for incoming files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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
    RunDate,
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
from zhengming.errors import UsageError, ZhengmingError

if TYPE_CHECKING:
    from zhengming.batch import Done, Result
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
    previous: Annotated[
        Path | None,
        typer.Option("--previous", help="The sender's last delivery, a file or a folder of files of the same names."),
    ] = None,
    reports_to: Annotated[
        list[str] | None, typer.Option("--report", help="Also write a report: FORMAT=FILE. Repeatable.")
    ] = None,
    date: RunDate = None,
    jobs: Jobs = 0,
    show_values: ShowValues = False,
    lang: Lang = None,
) -> None:
    """Check spreadsheets against a table spec; exit code 1 if anything was found."""
    from zhengming import batch, display, pipeline, reports
    from zhengming.files import write_bytes
    from zhengming.gate import baseline as baselines
    from zhengming.results import no_input

    selection, known = _asked(select, ignore, fail_on, baseline)
    written = [_report(one) for one in reports_to or ()]
    reports.known(output_format)
    paths = pipeline.inputs(files)
    make = partial(open_run, table, dictionary, sender, decisions, chosen_lang(lang), date)
    last = _last(previous, paths)
    run, results = batch.start(make, paths, partial(_validated, last), jobs=jobs)
    tell_of_decisions(run.decisions, run.dictionary, lang)
    found, failed = _gathered(run, display.progress(results, what=spoken_words(lang)["working"], total=len(paths)))
    found = selection.apply(found + _placed(run.across(), paths))
    if write_baseline:
        baselines.write(write_baseline, found)
        display.note(spoken_words(lang)["baseline_written"].format(count=len(found), file=write_baseline))
        raise typer.Exit(WRONG if failed else CLEAN)
    if known is not None:
        parted = baselines.split(found, known)
        found = list(parted.new)
        display.note(spoken_words(lang)["baseline_known"].format(known=parted.known, gone=parted.gone))
    render = partial(
        reports.render, findings=found, lang=chosen_lang(lang), show_values=show_values, summary=run.summary()
    )
    for form, target in written:
        write_bytes(no_input(target, [*run.inputs, *last.values()]), render(form).encode())
    display.result(render(output_format))
    raise typer.Exit(WRONG if failed else FINDINGS if selection.closes(found) else CLEAN)


def _placed(findings: Sequence[Finding], paths: Sequence[Path]) -> list[Finding]:
    """Findings across files with the path of their file, where only one file of the run has that name."""
    shown: dict[str, str] = {}
    for path in paths:
        shown[path.name] = path.name if path.name in shown else _shown(path)
    return [replace(one, place=replace(one.place, file=shown.get(one.place.file, one.place.file))) for one in findings]


def _gathered(run: Run, results: Iterable[Result]) -> tuple[list[Finding], bool]:
    """The findings of all files, each with its file's path, and whether a file could not be read."""
    found: list[Finding] = []
    failed = False
    for path, done in results:
        if isinstance(done, ZhengmingError):
            findings: Sequence[Finding] = [run.failed(path, done)]
            complain(done)
            failed = True
        else:
            findings = done.findings
        shown = _shown(path)
        found += [
            replace(one, place=replace(one.place, file=shown)) if one.place.file == path.name else one
            for one in findings
        ]
    return found, failed


def _shown(path: Path) -> str:
    """A file as reports name it: its path from the working folder, as CI services want it, else its name alone."""
    here = Path.cwd()
    if path.is_absolute():
        return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name
    return path.as_posix()


def _report(option: str) -> tuple[str, Path]:
    """What `--report FORMAT=FILE` says."""
    from zhengming import reports

    form, equals, file = option.partition("=")
    if not (equals and file):
        raise UsageError("--report takes a format and a file", remedy="write it as sarif=findings.sarif")
    return reports.known(form), Path(file)


def _last(previous: Path | None, paths: Sequence[Path]) -> Mapping[Path, Path]:
    """The last delivery of each file that has one."""
    if previous is None:
        return {}
    if previous.is_dir():
        return {path: previous / path.name for path in paths if (previous / path.name).is_file()}
    if len(paths) != 1:
        raise UsageError("one last delivery for several files", remedy="name the folder with the files of last time")
    return {paths[0]: previous}


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


def _validated(last: Mapping[Path, Path], run: Run, path: Path, stem: str) -> Done:
    from zhengming import batch
    from zhengming.gate import deliveries

    result = run.cleaned(path, stem)
    done = batch.summarised(result)
    if path in last:
        changes = deliveries.compare(result, run.cleaned(last[path], stem), run.dictionary)
        done = replace(done, findings=(*done.findings, *changes))
    return done
