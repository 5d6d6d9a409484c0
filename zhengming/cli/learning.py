"""Commands that learn from decisions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhengming.cli.root import (
    Category,
    DecisionsOption,
    DictOption,
    Files,
    Lang,
    Sender,
    Table,
    app,
    chosen_lang,
    open_dictionary,
    open_run,
    review_app,
    spoken_words,
)

if TYPE_CHECKING:
    from zhengming.dictionary.model import Dictionary
    from zhengming.learning.model import Model


@app.command()
def learn(
    decisions: Annotated[
        Path | None,
        typer.Argument(help="CSV with columns text and codes (or names), several joined by ##; or a decision log."),
    ] = None,
    category: Category = "disease",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File the model is written to.")] = None,
    dictionary: DictOption = None,
    migrate: Annotated[
        Path | None, typer.Option("--migrate", help="Carry this model over to the dictionary instead.")
    ] = None,
    show: Annotated[Path | None, typer.Option("--show", help="Tell what this model is; nothing is learned.")] = None,
    test: Annotated[Path | None, typer.Option("--test", help="Measure the model on these other decisions.")] = None,
    propose: Annotated[
        Path | None,
        typer.Option("--propose", help="Write what the decisions teach as a CSV file of terms for people to consider."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed: the same one gives the same model.")] = 1,
    lang: Lang = None,
) -> None:
    """Learn from a team's decisions: a model that ranks, and where it is sure decides, what is not reviewed yet."""
    from zhengming import display
    from zhengming.errors import UsageError
    from zhengming.learning.model import Model
    from zhengming.reports import learning as report

    if sum(one is not None for one in (decisions, migrate, show)) != 1:
        raise UsageError("one of DECISIONS, --migrate or --show is needed", remedy="see `zm learn --help`")
    spoken = spoken_words(lang)
    opened = open_dictionary(dictionary)
    if show:
        model = Model.load(show)
    elif migrate:
        model = Model.load(migrate).migrated(opened, lambda step: display.note(_progress(spoken, step)))
    elif decisions:
        model = _learned(decisions, opened, category, seed, spoken)
    if propose:
        from zhengming.learning import mining

        mined = mining.write(propose, [model.material], opened)
        display.note(spoken["mined"].format(count=mined, path=propose))
    if output:
        model.save(output)
        display.note(spoken["learned_saved"].format(path=output))
    display.result(report.render(model.about, lang=chosen_lang(lang)).rstrip())
    if test:
        from zhengming.learning import material

        measured = model.test(material.read(test, opened, model.about.category), opened)
        display.result(report.render_test(measured, lang=chosen_lang(lang)).rstrip())


def _learned(decisions: Path, dictionary: Dictionary, category: str, seed: int, spoken: dict[str, str]) -> Model:
    from zhengming import display
    from zhengming.learning import learn_from, material

    read = material.read(decisions, dictionary, category)
    for name, count in (("learned_left_out", read.left_out), ("learned_disputed", read.disputed)):
        if count:
            display.note(spoken[name].format(count=count))
    return learn_from(read, dictionary, seed=seed, note=lambda step: display.note(_progress(spoken, step)))


def _progress(spoken: dict[str, str], step: str) -> str:
    return spoken["learned_progress"].format(step=step)


@review_app.command("cluster")
def review_cluster(
    files: Files,
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV file to write.", show_default=False)],
    table: Table = "aid_case",
    category: Annotated[str, typer.Option("--category", "-c", help="Only of this category.")] = "",
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    lang: Lang = None,
) -> None:
    """Group what no concept fits by sound, shape and n-grams, so that one decision serves many values."""
    from zhengming import display, pipeline
    from zhengming.learning import clusters

    run = open_run(table, dictionary, sender, decisions, chosen_lang(lang))
    counted: Counter[tuple[str, str]] = Counter()
    listed = pipeline.inputs(files)
    for path in display.progress(listed, what=spoken_words(lang)["working"], total=len(listed)):
        for one in run.clean(path).questions:
            if one.status == "unmatched" and category in ("", one.category):
                counted[one.category, one.text] += one.count
    made = clusters.by_category(counted)
    clusters.write(output, made)
    values = sum(len(one.values) for _category, one in made)
    display.note(spoken_words(lang)["clustered"].format(values=values, clusters=len(made), path=output))
