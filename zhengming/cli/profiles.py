"""The command that shows what was understood of a sender's file, and keeps it as the sender's profile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhengming.cli.root import (
    CLEAN,
    DictOption,
    Lang,
    Sender,
    Table,
    app,
    chosen_lang,
    configured,
    open_run,
    spoken_words,
)
from zhengming.errors import UsageError


@app.command()
def profile(
    file: Annotated[Path, typer.Argument(help="A spreadsheet of the sender.", show_default=False)],
    table: Table = "aid_case",
    dictionary: DictOption = None,
    sender: Sender = "",
    write: Annotated[
        bool, typer.Option("--write", help="Keep it as the sender's profile, in zhengming.toml; needs --sender.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    lang: Lang = None,
) -> None:
    """Show how a file is understood: its tables, their headers, what each column means and why."""
    from zhengming import display, profiling

    if write and not sender:
        raise UsageError("--write needs --sender", remedy="name who sent the file: --sender hospital_a")
    run = open_run(table, dictionary, sender, None, chosen_lang(lang))
    found = profiling.profile(run, file)
    display.result(profiling.as_json(found) if as_json else profiling.render(found, run, chosen_lang(lang)))
    if write:
        before = configured().sender.get(sender)
        kept, unknown = profiling.learned(found, before or run.profile)
        target = profiling.save(profiling.place_of(Path()), sender, kept, unknown)
        display.note(spoken_words(lang)["profile_written"].format(sender=sender, file=target))
    raise typer.Exit(CLEAN)
