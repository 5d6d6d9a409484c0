"""Commands on two versions of a dictionary: what changed, and old tables carried forward."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from zhengming.cli.root import CLEAN, FINDINGS, Lang, Table, chosen_lang, dictionary_app, open_dictionary, spoken_words

if TYPE_CHECKING:
    from zhengming.migration import Columns, Migration

Coded = Annotated[
    list[str] | None,
    typer.Option("--column", help="A column of codes: COLUMN=CATEGORY or COLUMN=CATEGORY:TEXT_COLUMN. Repeatable."),
]
Version = Annotated[Path, typer.Argument(help="A version of a dictionary.", show_default=False)]


@dictionary_app.command("diff")
def dict_diff(
    old: Version,
    new: Version,
    categories: Annotated[
        list[str] | None, typer.Option("--category", "-c", help="Only this category. Repeatable.")
    ] = None,
    form: Annotated[Literal["text", "json", "html"], typer.Option("--format", help="How to tell it.")] = "text",
    data: Annotated[Path | None, typer.Option("--data", help="A coded table: tell which rows are touched.")] = None,
    table: Table = "aid_case",
    column: Coded = None,
    lang: Lang = None,
) -> None:
    """Tell what changed from one version of a dictionary to another; exit code 1 if anything did."""
    from zhengming import display
    from zhengming.dictionary.changes import difference
    from zhengming.migration import touching
    from zhengming.reports import changes

    found = difference.compare(open_dictionary(old), open_dictionary(new), categories or ())
    touched = touching.touch(data, found, _columns(table, column)) if data else None
    display.result(changes.render(found, form=form, lang=chosen_lang(lang), touch=touched))
    raise typer.Exit(FINDINGS if found else CLEAN)


@dictionary_app.command("migrate")
def dict_migrate(
    file: Annotated[Path, typer.Argument(help="A coded table: clean workbook, csv or parquet.", show_default=False)],
    old: Annotated[Path, typer.Option("--from", help="The version it was coded with.", show_default=False)],
    new: Annotated[Path, typer.Option("--to", help="The version to carry it to.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results.", show_default=False)],
    table: Table = "aid_case",
    column: Coded = None,
    separator: Annotated[str, typer.Option("--separator", help="What stands between two codes of a cell.")] = ";",
    lang: Lang = None,
) -> None:
    """Carry the codes of a table forward to another version; exit code 1 if a human must decide any."""
    from zhengming import display, migration
    from zhengming.migration.opinion import Opinion

    found = migration.migrate(
        file,
        open_dictionary(old),
        open_dictionary(new),
        output,
        columns=_columns(table, column),
        separator=separator,
        opinion=lambda dictionary: Opinion(dictionary, lang=chosen_lang(lang)),
        lang=chosen_lang(lang),
    )
    _tell(found, lang)
    display.note("\n".join(map(str, found.written)))
    raise typer.Exit(FINDINGS if found.open else CLEAN)


def _columns(table: str, options: list[str] | None) -> Columns:
    from zhengming.migration import columns
    from zhengming.schemas import spec

    return columns.parsed(options) if options else columns.of_spec(spec.load(table))


def _tell(found: Migration, lang: str | None) -> None:
    from zhengming import display

    said = spoken_words(lang)
    if found.of_another_version:
        version = f"{found.before.id}@{found.before.version}"
        facts = {"file": found.file, "sha256": found.coded_with[:12], "version": version}
        display.note(said["migration_other_version"].format(**facts))
    lines = [
        said["migration_done"].format(
            file=found.file,
            rows_in=found.rows_in,
            rows_out=found.rows_out,
            open=found.open,
            listing=found.written[1].name,
        )
    ]
    for one in found.counts:
        kinds = ", ".join(f"{said[f'carried_{kind}']} {count}" for kind, count in one.outcomes)
        done = one.read - one.open
        lines.append(
            said["migration_line"].format(column=one.column, read=one.read, done=done, open=one.open, kinds=kinds)
        )
    display.result("\n".join(lines))
