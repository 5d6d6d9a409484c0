"""What every command shares: the application, its options, exit codes, and how an error is told."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhengming import __version__
from zhengming.errors import TRACEBACK, InternalError, ZhengmingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhengming.configuration import Configuration
    from zhengming.dictionary.model import Dictionary
    from zhengming.dictionary.rulings import Decisions
    from zhengming.learning.model import Model
    from zhengming.pipeline import Run

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
review_app = typer.Typer(help="Decide in Excel what the program could not.", no_args_is_help=True)
app.add_typer(review_app, name="review")

Files = Annotated[
    list[Path], typer.Argument(help="Spreadsheets (xlsx, xls, csv), folders of them, or patterns.", show_default=False)
]
Table = Annotated[str, typer.Option("--table", "-t", help="Table spec: a bundled name or a TOML file.")]
DictOption = Annotated[
    Path | None,
    typer.Option("--dict", help="Dictionary: source folder, release file or id@version; default: the bundled one."),
]
Sender = Annotated[str, typer.Option("--sender", help="Who sent the files: their local terms count.")]
ModelOption = Annotated[Path | None, typer.Option("--model", help="Model made by `zm learn`.")]
DecisionsOption = Annotated[Path | None, typer.Option("--decisions", help="Log of reviewers' decisions to apply.")]
Lang = Annotated[str | None, typer.Option("--lang", help="Language of messages: zh or en; default: the locale.")]
ShowValues = Annotated[bool, typer.Option("--show-values", help="Show the cells' values; they may be personal.")]
RunDate = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Day of the run: later dates are wrong, waivers run out."),
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Files to work on at once; 0: one per processor.")]
Category = Annotated[str, typer.Option("--category", "-c", help="Category to match in.")]


def main() -> None:
    """Run the command given: errors become one line on stderr and exit code 2."""
    try:
        app(prog_name="zm")
    except ZhengmingError as error:
        complain(error)
        sys.exit(WRONG)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        # The words of an exception that nobody foresaw may quote a cell (`int("张三")` does), and so may its traceback.
        if os.environ.get(TRACEBACK):
            raise
        complain(InternalError.of(error))
        sys.exit(WRONG)


def complain(error: ZhengmingError) -> None:
    """Tell an error in one line on stderr."""
    from zhengming import display

    display.note(f"zm: {error}")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"zhengming {__version__}")
        raise typer.Exit


def open_dictionary(path: Path | None) -> Dictionary:
    """The dictionary that `--dict` names, else the one that is configured, else the bundled one."""
    from zhengming.dictionary.model import Dictionary

    settings = None if path else configured()
    if settings and settings.dictionary:
        from zhengming.dictionary import local

        path = settings.folder / settings.dictionary
        if not path.exists() and local.pinned(settings.dictionary):
            path = Path(settings.dictionary)
    return Dictionary.open(path)


def open_decisions(path: Path | None) -> Decisions:
    """The decisions of the log that `--decisions` names, else of the one that is configured, else none."""
    from zhengming.dictionary.rulings import Decisions

    settings = None if path else configured()
    if settings and settings.decisions:
        path = settings.folder / settings.decisions
    return Decisions.of(path)


def open_models(paths: Sequence[Path]) -> list[Model]:
    """The models that `--model` names, else those that are configured."""
    settings = None if paths else configured()
    paths = [settings.folder / path for path in settings.models] if settings else paths
    if not paths:
        return []
    from zhengming.learning.model import Model

    return [Model.load(path) for path in paths]


def open_model(path: Path | None, category: str) -> Model | None:
    """The model that `--model` names, else the configured one of this category, else none."""
    return next((one for one in open_models([path] if path else []) if path or one.about.category == category), None)


def tell_of_decisions(decisions: Decisions, dictionary: Dictionary, lang: str | None) -> None:
    """Tell, without any value, how many decisions do not hold: those in dispute, those about another dictionary."""
    from zhengming import display

    held = decisions.of_dictionary(dictionary.id)
    facts = {"decisions_disputed": len(held.conflicts), "decisions_elsewhere": len(decisions.log) - len(held.log)}
    for name, count in facts.items():
        if count:
            display.note(spoken_words(lang)[name].format(count=count))


def open_run(
    table: str,
    dictionary: Path | None,
    sender: str,
    decisions: Path | None,
    lang: str,
    today: datetime | None = None,
) -> Run:
    """The run that these options ask for; workers of a batch that start afresh call it as well."""
    from zhengming.pipeline import Run

    settings = configured()
    memory = None
    if settings.remember:
        from zhengming.remembering import Memory

        memory = Memory(settings.folder / settings.remember)
    return Run(
        table=table,
        dictionary=open_dictionary(dictionary),
        sender=sender,
        decisions=open_decisions(decisions),
        models=open_models(()),
        specialities=specialities(sender),
        profile=configured().sender.get(sender),
        memory=memory,
        lang=lang,
        today=today.date() if today else None,
        large=settings.large,
    )


def specialities(sender: str) -> Mapping[str, Sequence[str]]:
    """What the configuration says the sender's cells are about, by category."""
    profile = configured().sender.get(sender)
    return profile.specialities if profile else {}


def configured() -> Configuration:
    """The configuration that holds in the working folder."""
    from zhengming import configuration

    return configuration.find(Path())


def chosen_lang(option: str | None) -> str:
    """The language of messages: the option, else the locale's."""
    from zhengming import display

    return display.choose_lang(option, os.environ)


def spoken_words(option: str | None) -> dict[str, str]:
    """The fixed words of the chosen language."""
    from zhengming.findings import words

    return dict(words(chosen_lang(option)))
