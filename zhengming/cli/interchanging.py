"""Commands that write a dictionary in another form, or take one back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhengming.cli.root import (
    DecisionsOption,
    DictOption,
    Lang,
    chosen_lang,
    dictionary_app,
    open_dictionary,
    spoken_words,
)


@dictionary_app.command("export")
def dict_export(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the result.", show_default=False)],
    export_format: Annotated[
        str, typer.Option("--format", help="html, excel, fhir, frictionless, omop, skos or sssom.")
    ] = "html",
    category: Annotated[
        list[str] | None, typer.Option("--category", "-c", help="Only this category. Repeatable; html has all.")
    ] = None,
    dictionary: DictOption = None,
    decisions: DecisionsOption = None,
    lang: Lang = None,
) -> None:
    """Write a dictionary in another form: html is a site to browse and search offline.

    With --decisions, sssom has what reviewers decided as well.
    """
    from zhengming import display
    from zhengming.dictionary import interchange
    from zhengming.reports import site
    from zhengming.results import made_folder

    opened, spoken = open_dictionary(dictionary), spoken_words(lang)
    if export_format == "html":
        count = site.write(opened, output, lang=chosen_lang(lang))
        display.note(spoken["site_written"].format(folder=output, count=count))
        return
    module = interchange.module(export_format)
    wanted = interchange.chosen(opened, category or ())
    if export_format == "sssom" and decisions:
        from zhengming.dictionary.decisions import read
        from zhengming.dictionary.interchange import sssom

        written = sssom.dump(opened, made_folder(output), wanted, read(decisions))
    else:
        written = module.dump(opened, made_folder(output), wanted)
    display.note(spoken["interchange_written"].format(folder=output, count=len(written)))


def take_in(file: Path, into: Path, form: str, *, apply: bool, lang: str | None) -> None:
    """Tell what a dictionary in another form would change, and with `apply` change it."""
    from zhengming import display
    from zhengming.dictionary import interchange
    from zhengming.dictionary.interchange import facts

    spoken = spoken_words(lang)
    taken = facts.preview(interchange.module(form, loading=True).load(file), into)
    changing = [one for one in taken if one.files]
    for one in changing:
        display.result(
            spoken["interchange_taken"].format(
                category=one.category,
                added=one.added,
                changed=one.changed,
                terms_added=one.terms_added,
                terms_removed=one.terms_removed,
            )
        )
    if not changing:
        display.result(spoken["interchange_nothing"])
    elif apply:
        facts.apply(changing, into)
    else:
        display.note(spoken["interchange_hint"])
