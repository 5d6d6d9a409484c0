"""The command line: each command parses, makes one library call, and prints through `display`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from zhengming import __version__
from zhengming.errors import UsageError, ZhengmingError

if TYPE_CHECKING:
    from zhengming.dictionary.model import Dictionary
    from zhengming.findings import Finding

CLEAN, FINDINGS, WRONG = 0, 1, 2  # exit codes

app = typer.Typer(
    name="zm",
    help="zhengming 正名: clean hospital spreadsheets onto the codes of a versioned data dictionary.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
dictionary_app = typer.Typer(help="Work on a dictionary.", no_args_is_help=True)
app.add_typer(dictionary_app, name="dict")

Files = Annotated[
    list[Path], typer.Argument(help="Spreadsheets (xlsx, xls, csv), folders of them, or patterns.", show_default=False)
]
Table = Annotated[str, typer.Option("--table", "-t", help="Table spec: a bundled name or a TOML file.")]
DictOption = Annotated[
    Path | None, typer.Option("--dict", help="Source folder of a dictionary; default: the bundled one.")
]
Sender = Annotated[str, typer.Option("--sender", help="Who sent the files: their local terms count.")]
Lang = Annotated[str | None, typer.Option("--lang", help="Language of messages: zh or en; default: the locale.")]
ShowValues = Annotated[bool, typer.Option("--show-values", help="Show the cells' values; they may be personal.")]
Category = Annotated[str, typer.Option("--category", "-c", help="Category to match in.")]


def main() -> None:
    """Run the command given: errors become one line on stderr and exit code 2."""
    try:
        app(prog_name="zm")
    except ZhengmingError as error:
        _complain(error)
        sys.exit(WRONG)
    except KeyboardInterrupt:
        sys.exit(130)


def _complain(error: ZhengmingError) -> None:
    from zhengming import display

    display.note(f"zm: {error}")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"zhengming {__version__}")
        raise typer.Exit


@app.command()
def lookup(
    text: Annotated[str, typer.Argument(help="Text of a cell.")],
    category: Category = "disease",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    dictionary: DictOption = None,
    sender: Sender = "",
    lang: Lang = None,
) -> None:
    """Find the concepts a text names."""
    from zhengming import display
    from zhengming.normalizers.terms.matcher import Matcher

    opened = _open(dictionary)
    matcher = Matcher(opened, category, sender=sender)
    mentions = matcher.match(text)
    if as_json:
        listed = [
            {**one.as_dict(), "mappings": dict(opened.concept(category, one.code).mappings) if one.code else {}}
            for one in mentions
        ]
        about = {"id": opened.id, "version": opened.version, "sha256": opened.sha256}
        answer = {"text": text, "dictionary": about, "mentions": listed}
        display.result(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    spoken = _words(lang)
    rows = []
    for one in mentions:
        mappings = opened.concept(category, one.code).mappings if one.code else {}
        codes = " ".join(codes[0] for codes in mappings.values() if codes)
        said = "; ".join(f"{axis}={value}" for axis, value in one.qualifiers.items())
        status = spoken[f"status_{one.status}"] + (f" ⊂ {one.covered_by}" if one.covered_by else "")
        rows.append((one.text, one.code or "", one.name or "", codes, status, spoken_reason(spoken, one.reason), said))
    head = ("text", "code", "name", "mappings", "status", "reason", "qualifiers")
    display.table([spoken[f"column_{name}"] for name in head], rows)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="Text of a cell.")],
    category: Category = "disease",
    dictionary: DictOption = None,
    sender: Sender = "",
    lang: Lang = None,
) -> None:
    """Tell step by step how a text was read."""
    from zhengming import display
    from zhengming.normalizers.terms.explanation import explain as explained
    from zhengming.normalizers.terms.matcher import Matcher

    matcher = Matcher(_open(dictionary), category, sender=sender)
    display.result("\n".join(explained(text, matcher, _words(lang))))


@app.command()
def clean(
    files: Files,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results.", show_default=False)],
    table: Table = "aid_case",
    dictionary: DictOption = None,
    sender: Sender = "",
    data_format: Annotated[
        Literal["xlsx", "csv", "parquet"], typer.Option("--format", help="Also write the data as csv or parquet.")
    ] = "xlsx",
    lang: Lang = None,
) -> None:
    """Clean spreadsheets: type every cell, code every name, list what a human must decide."""
    from zhengming import display, pipeline

    run = pipeline.Run(table=table, dictionary=_open(dictionary), sender=sender, lang=_lang(lang))
    failed = False
    listed = pipeline.inputs(files)
    for path in display.progress(listed, what=_words(lang)["working"], total=len(listed)):
        try:
            result = run.clean(path)
            result.write(output, data_format=data_format)
        except ZhengmingError as error:
            run.failed(path, error)
            _complain(error)
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
    output_format: Annotated[str, typer.Option("--output-format", help="How to print the findings.")] = "concise",
    show_values: ShowValues = False,
    lang: Lang = None,
) -> None:
    """Check spreadsheets against a table spec; exit code 1 if anything was found."""
    from zhengming import display, pipeline, reports

    run = pipeline.Run(table=table, dictionary=_open(dictionary), sender=sender, lang=_lang(lang))
    findings: list[Finding] = []
    failed = False
    listed = pipeline.inputs(files)
    for path in display.progress(listed, what=_words(lang)["working"], total=len(listed)):
        try:
            findings += run.validate(path).findings
        except ZhengmingError as error:
            findings.append(run.failed(path, error))
            _complain(error)
            failed = True
    text = reports.render(output_format, findings, lang=_lang(lang), show_values=show_values, summary=run.summary())
    display.result(text)
    raise typer.Exit(WRONG if failed else FINDINGS if run.needs_attention else CLEAN)


@app.command()
def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write to.")] = Path("zm-demo"),
    lang: Lang = None,
) -> None:
    """Write four sample spreadsheets, clean them, and report what became of every row."""
    from zhengming import display, pipeline

    display.result(pipeline.demo(output, lang=_lang(lang)))


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="CSV with columns text and codes (or names), several joined by ;")],
    category: Category = "disease",
    dictionary: DictOption = None,
    sender: Sender = "",
    plot: Annotated[Path | None, typer.Option("--plot", help="Write the calibration as an SVG picture.")] = None,
    lang: Lang = None,
) -> None:
    """Measure the matcher on gold data: precision, recall, F1, bands of confidence, confusions."""
    from zhengming import display
    from zhengming.files import write_bytes
    from zhengming.normalizers.terms import evaluation
    from zhengming.normalizers.terms.matcher import Matcher
    from zhengming.reports import evaluation as report

    matcher = Matcher(_open(dictionary), category, sender=sender)
    measured = evaluation.evaluate(evaluation.read_gold(gold, matcher), matcher)
    names = {code: concept.name for code, concept in matcher.category.concepts.items()}
    display.result(report.render(measured, names, lang=_lang(lang)))
    if plot:
        write_bytes(plot, report.plot(measured).encode())


@app.command()
def rules(
    code: Annotated[str | None, typer.Argument(help="A rule code, ZM101 …")] = None,
    lang: Lang = None,
) -> None:
    """List the rules, or show the page of one."""
    from zhengming import display, findings

    spoken = _lang(lang)
    if code is None:
        pages = findings.rules().values()
        rows = [(page.code, page.severity, page.name, page.text("title", spoken)) for page in pages]
        display.table(["code", "severity", "name", "title"], rows)
        return
    page = findings.rule(code.upper())
    parts = [f"{page.code} {page.name} ({page.severity})"]
    parts += [page.text(part, spoken) for part in ("title", "message", "why", "advice")]
    display.result("\n".join(parts))


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
    display.result(reports.render(output_format, findings, lang=_lang(lang), show_values=True))
    raise typer.Exit(FINDINGS if any(one.severity != "info" for one in findings) else CLEAN)


@dictionary_app.command("export")
def dict_export(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the result.", show_default=False)],
    export_format: Annotated[Literal["html"], typer.Option("--format", help="What to make of it.")] = "html",
    dictionary: DictOption = None,
    lang: Lang = None,
) -> None:
    """Write a dictionary in another form: html is a site to browse and search offline."""
    from zhengming import display
    from zhengming.reports import site

    count = site.write(_open(dictionary), output, lang=_lang(lang))
    display.note(_words(lang)["site_written"].format(folder=output, count=count))


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
    code: Annotated[str, typer.Option("--code", help="Column of the codes.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Column of the names.", show_default=False)],
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
    """Take a code list into a category: tell what would change, and with --apply change it."""
    from zhengming import display
    from zhengming.dictionary import importing
    from zhengming.dictionary.lists import Layout
    from zhengming.reports import import_plan

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
    display.result(import_plan.render(plan, lang=_lang(lang), applied=apply))
    raise typer.Exit(FINDINGS if plan.errors else CLEAN)


@dictionary_app.command("stats")
def dict_stats(path: Annotated[Path | None, typer.Argument(help="Source folder.")] = None, lang: Lang = None) -> None:
    """Count the concepts, terms and mappings of each category."""
    from zhengming import display

    opened = _open(path)
    rows = []
    for category in opened:
        concepts = category.concepts.values()
        added = sum(len([term for term in one.terms if term.kind != "preferred"]) for one in concepts)
        mapped = sum(any(one.mappings.values()) for one in concepts)
        rows.append((category.name, category.titles.get(_lang(lang), ""), len(concepts), added, mapped))
    display.result(f"{opened.id} {opened.version} sha256:{opened.sha256}")
    display.table(["category", "title", "concepts", "terms", "mapped"], rows)


def spoken_reason(spoken: dict[str, str], reason: str) -> str:
    """A reason code in words."""
    return spoken.get(f"reason_{reason.replace('-', '_')}", reason)


def _pair(option: str) -> tuple[str, str]:
    """What `--mapping system=column` says."""
    system, equals, column = option.partition("=")
    if not (system.isidentifier() and equals and column):
        raise UsageError("--mapping takes a system and a column", remedy="write it as icd10=column")
    return system, column


def _open(path: Path | None) -> Dictionary:
    from zhengming.dictionary.model import Dictionary

    return Dictionary.open(path)


def _lang(option: str | None) -> str:
    from zhengming import display

    return display.choose_lang(option, os.environ)


def _words(option: str | None) -> dict[str, str]:
    from zhengming.findings import words

    return dict(words(_lang(option)))
