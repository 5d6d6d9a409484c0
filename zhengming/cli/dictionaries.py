"""Commands on a dictionary: `zm dict …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhengming.cli.interchanging import take_in
from zhengming.cli.root import (
    CLEAN,
    FINDINGS,
    Lang,
    chosen_lang,
    dictionary_app,
    open_dictionary,
)
from zhengming.errors import UsageError


@dictionary_app.command("lint")
def dict_lint(
    path: Annotated[Path | None, typer.Argument(help="Source folder; default: the bundled dictionary.")] = None,
    output_format: Annotated[str, typer.Option("--output-format", help="How to print the findings.")] = "concise",
    fix: Annotated[bool, typer.Option("--fix", help="Bring the files into canonical form first.")] = False,
    lang: Lang = None,
) -> None:
    """Check the source of a dictionary."""
    from zhengming import display, reports
    from zhengming.dictionary import lint, source
    from zhengming.normalizers.terms import roundtrip

    root = path or source.bundled()
    if fix:
        for name in lint.fix(root):
            display.note(name)
    findings = lint.check(root)
    if not any(one.severity == "error" for one in findings):
        findings += roundtrip.check(root)
    display.result(reports.render(output_format, findings, lang=chosen_lang(lang), show_values=True))
    raise typer.Exit(FINDINGS if any(one.severity != "info" for one in findings) else CLEAN)


@dictionary_app.command("new")
def dict_new(
    path: Annotated[Path, typer.Argument(help="Folder to make; it must be empty or missing.")],
    identity: Annotated[str, typer.Option("--id", help="Short name of the dictionary; default: the folder's.")] = "",
    category: Annotated[str, typer.Option("--category", "-c", help="Also make this category.")] = "",
    title_zh: Annotated[str, typer.Option("--title-zh", help="Title in Chinese.")] = "",
    title_en: Annotated[str, typer.Option("--title-en", help="Title in English.")] = "",
) -> None:
    """Make a fresh dictionary."""
    from zhengming import display
    from zhengming.dictionary import starting

    made = starting.new(path, id=identity, category=category, title_zh=title_zh, title_en=title_en)
    display.result("\n".join(str(path / name) for name in made))


@dictionary_app.command("import")
def dict_import(
    file: Annotated[Path, typer.Argument(help="Code list: xlsx, xls, csv, tsv; csv and tsv also as .gz.")],
    into: Annotated[Path, typer.Option("--into", help="Source folder of the dictionary.", show_default=False)],
    code: Annotated[str, typer.Option("--code", help="Column of the codes.")] = "",
    name: Annotated[str, typer.Option("--name", help="Column of the names.")] = "",
    import_format: Annotated[
        str, typer.Option("--format", help="list (with --code and --name), or a form: excel, fhir, skos, sssom.")
    ] = "list",
    category: Annotated[str, typer.Option("--category", "-c", help="Category, there already or new.")] = "",
    category_column: Annotated[str, typer.Option("--category-column", help="Column that names the category.")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="Column of the English names.")] = "",
    parent: Annotated[str, typer.Option("--parent", help="Column of the parents' codes, several with ;")] = "",
    synonyms: Annotated[str, typer.Option("--synonyms", help="Column of further names.")] = "",
    split: Annotated[str, typer.Option("--split", help="What stands between two further names.")] = ";",
    mapping: Annotated[
        list[str] | None, typer.Option("--mapping", help="Column of another system's codes: system=column. Repeatable.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="Column that tells of each row what its name is: preferred, synonym …")
    ] = "",
    source_text: Annotated[str, typer.Option("--source", help="Source of every row; default: the file's name.")] = "",
    source_column: Annotated[str, typer.Option("--source-column", help="Column that names each row's source.")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="Sheet; default: the first that has the columns.")] = "",
    no_header: Annotated[
        bool, typer.Option("--no-header", help="The list has no header; columns are numbers from 1.")
    ] = False,
    further_names: Annotated[
        bool, typer.Option("--further-names", help="Another name in a row of the same code is a further name of it.")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write it; otherwise only tell what would change.")] = False,
    lang: Lang = None,
) -> None:
    """Take a code list, or a dictionary in another form, in: tell what would change, and with --apply change it."""
    from zhengming import display
    from zhengming.dictionary import importing
    from zhengming.dictionary.lists import Layout
    from zhengming.reports import import_plan

    if import_format != "list":
        take_in(file, into, import_format, apply=apply, lang=lang)
        return
    if not (code and name):
        raise UsageError("a list needs --code and --name", remedy="name its columns, or give its --format")
    layout = Layout(
        code,
        name,
        name_en,
        parents=parent,
        synonyms=synonyms,
        split=split,
        mappings=dict(_pair(one) for one in mapping or ()),
        kind=kind,
        category=category_column,
        source=source_column,
        headed=not no_header,
        further_names=further_names,
    )
    plan = importing.preview(file, into, layout, category=category, sheet=sheet, source_text=source_text)
    if apply and not plan.errors:
        importing.apply(plan)
    display.result(import_plan.render(plan, lang=chosen_lang(lang), applied=apply))
    raise typer.Exit(FINDINGS if plan.errors else CLEAN)


@dictionary_app.command("stats")
def dict_stats(path: Annotated[Path | None, typer.Argument(help="Source folder.")] = None, lang: Lang = None) -> None:
    """Count the concepts, terms and mappings of each category."""
    from zhengming import display

    opened = open_dictionary(path)
    rows = []
    for category in opened:
        concepts = category.concepts.values()
        added = sum(len([term for term in one.terms if term.kind != "preferred"]) for one in concepts)
        mapped = sum(any(one.mappings.values()) for one in concepts)
        rows.append((category.name, category.titles.get(chosen_lang(lang), ""), len(concepts), added, mapped))
    display.result(f"{opened.id} {opened.version} sha256:{opened.sha256}")
    display.table(["category", "title", "concepts", "terms", "mapped"], rows)


def _pair(option: str) -> tuple[str, str]:
    """What `--mapping system=column` says."""
    system, equals, column = option.partition("=")
    if not (system.isidentifier() and equals and column):
        raise UsageError("--mapping takes a system and a column", remedy="write it as icd10=column")
    return system, column
