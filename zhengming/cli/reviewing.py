"""Commands on review workbooks: `zm review …`."""

from __future__ import annotations

import datetime as dt
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
    Lang,
    Sender,
    ShowValues,
    Table,
    chosen_lang,
    complain,
    open_decisions,
    open_dictionary,
    review_app,
    spoken_words,
)
from zhengming.errors import ZhengmingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhengming.dictionary.rulings import Ruling
    from zhengming.reports.undecided import Question
    from zhengming.review.apply import Applied
    from zhengming.review.items import Problem

LOG = Path("decisions.csv")  # where decisions go when neither an option nor the configuration says
Reviews = Annotated[list[Path], typer.Argument(help="Review workbooks that were filled in.", show_default=False)]


@review_app.command("export")
def review_export(
    files: Files,
    output: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write.", show_default=False)],
    table: Table = "aid_case",
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    lang: Lang = None,
) -> None:
    """Make one workbook of all that a human must decide about the files: each value once, with its candidates."""
    from zhengming import display, pipeline
    from zhengming.review import export

    opened = open_dictionary(dictionary)
    run = pipeline.Run(
        table=table, dictionary=opened, sender=sender, decisions=open_decisions(decisions), lang=chosen_lang(lang)
    )
    failed = False
    questions: list[Question] = []
    listed = pipeline.inputs(files)
    for path in display.progress(listed, what=spoken_words(lang)["working"], total=len(listed)):
        try:
            questions += run.clean(path).questions
        except ZhengmingError as error:
            complain(error)
            failed = True
    count = export.export(output, questions, opened, run.facts(), lang=chosen_lang(lang))
    said = "review_exported" if count else "review_nothing"
    display.note(spoken_words(lang)[said].format(file=output, items=count))
    raise typer.Exit(WRONG if failed else CLEAN)


@review_app.command("apply")
def review_apply(
    files: Reviews,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="Log to add to; default: the configured one, else decisions.csv.")
    ] = None,
    reviewer: Annotated[str, typer.Option("--reviewer", help="Who decided, where a workbook does not say.")] = "",
    time: Annotated[
        str, typer.Option("--time", help="When, as 2026-03-05, where a workbook does not say; default: today.")
    ] = "",
    dictionary: DictOption = None,
    show_values: ShowValues = False,
    lang: Lang = None,
) -> None:
    """Read filled-in review workbooks back: decisions go into the log, and the next `zm clean` uses them."""
    from zhengming import display
    from zhengming.review import apply

    log = decisions or _configured_log()
    today = dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat()
    done = apply.apply(files, log, open_dictionary(dictionary), reviewer=reviewer, time=time or today)
    spoken = spoken_words(lang)
    _tell_problems(done.problems, spoken)
    for one in done.conflicts:
        display.result(_conflict(one, done, spoken, show_values))
    if done.conflicts:
        display.result(spoken["review_conflicts"].format(count=len(done.conflicts)))
    display.result(spoken["review_applied"].format(file=log, written=done.written, known=done.known, open=done.open))
    display.note(spoken["review_next"].format(file=log))
    raise typer.Exit(FINDINGS if done.problems or done.conflicts or done.open else CLEAN)


@review_app.command("merge")
def review_merge(
    files: Reviews,
    output: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write.", show_default=False)],
    dictionary: DictOption = None,
    lang: Lang = None,
) -> None:
    """Merge several reviewers' copies of one review workbook: agreed rows are filled in, disputed ones shown."""
    from zhengming import display
    from zhengming.review import merge

    done = merge.merge(files, output, open_dictionary(dictionary))
    spoken = spoken_words(lang)
    _tell_problems(done.problems, spoken)
    counts = {"agreed": done.agreed, "disputed": done.disputed, "open": done.open}
    display.result(spoken["review_merged"].format(file=output, files=len(files), **counts))
    raise typer.Exit(FINDINGS if done.problems or done.disputed else CLEAN)


def _configured_log() -> Path:
    from zhengming import configuration

    configured = configuration.find(Path())
    return configured.folder / configured.decisions if configured.decisions else LOG


def _tell_problems(problems: Iterable[Problem], spoken: dict[str, str]) -> None:
    from zhengming import display

    for one in problems:
        kind = spoken[f"problem_{one.kind.replace('-', '_')}"]
        display.result(spoken["review_problems"].format(file=one.file, row=one.row, kind=kind))


def _conflict(ruling: Ruling, done: Applied, spoken: dict[str, str], show_values: bool) -> str:
    """A dispute in one line: where it stands, who said what; the value itself only when asked for."""
    from zhengming.dictionary.decisions import folded

    places = [
        f"{one.file}!{one.row}"
        for one in done.answers
        if one.item.category == ruling.category and folded(one.item.text) == folded(ruling.text)
    ]
    said = "; ".join(
        f"{one.reviewer}: {' + '.join(one.codes) or spoken['verdict_' + one.verdict.replace('-', '_')]}"
        for one in ruling.said
    )
    line = spoken["review_conflict"].format(
        category=ruling.category, places=", ".join(dict.fromkeys(places)), said=said
    )
    return f"{line} ({spoken['value']}: {ruling.text})" if show_values else line
