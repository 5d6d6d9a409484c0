"""The command that makes a table fit to be passed on."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhengming.cli.root import (
    CLEAN,
    FINDINGS,
    DecisionsOption,
    DictOption,
    Lang,
    Sender,
    Table,
    app,
    chosen_lang,
    open_run,
    spoken_words,
)
from zhengming.errors import UsageError

if TYPE_CHECKING:
    from zhengming.schemas.spec import Privacy


@app.command()
def mask(
    file: Annotated[Path, typer.Argument(help="Spreadsheet (xlsx, xls, csv).", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .xlsx or .csv.", show_default=False)],
    profile: Annotated[
        str, typer.Option("--profile", "-p", help="donor_list, research, public, or a TOML file.", show_default=False)
    ],
    table: Table = "aid_case",
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="Secret key for pseudonyms; default: $ZM_PSEUDONYM_KEY.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="Also tell who is under 14 on this day, written as 2024-12-31.")
    ] = None,
    k: Annotated[
        int | None, typer.Option("--k", min=0, help="Rows that must share each combination; default: the profile's.")
    ] = None,
    quasi: Annotated[
        str, typer.Option("--quasi", help="Fields of the combinations, with commas; default: all quasi-identifiers.")
    ] = "",
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="Privacy class of a column that the table spec does not know: header=class."),
    ] = None,
    lang: Lang = None,
) -> None:
    """Mask a spreadsheet to be passed on: to donors, to researchers, to everybody."""
    from zhengming import display
    from zhengming.masking import output as written
    from zhengming.masking import profiles, pseudonyms
    from zhengming.masking import table as masking

    chosen = profiles.load(profile)
    target = written.writable(output)
    asked = masking.Asked(
        key=pseudonyms.Key.find(key_file, os.environ),
        on=_day(on),
        k=k,
        quasi=[name.strip() for name in quasi.split(",") if name.strip()],
        unknown=dict(_class(one) for one in classes or ()),
    )
    run = open_run(table, dictionary, sender, decisions, chosen_lang(lang))
    result = run.clean(file)
    masked = masking.mask(result, chosen, run.dictionary, asked)
    written.write(result.target(target), masked, result.spec, lang=chosen_lang(lang))
    display.table(*written.table(masked, result.spec, lang=chosen_lang(lang)))
    display.result("\n".join(written.lines(masked, result.spec, lang=chosen_lang(lang))))
    spoken = spoken_words(lang)
    if any(one.action == "scrub" and one.after for one in masked.treated):
        display.note(spoken["masked_read"])
    display.note(spoken["masked_written"].format(file=target))
    if masked.anonymity is not None and masked.anonymity.after.below:
        display.note(spoken["masked_too_few"])
        raise typer.Exit(FINDINGS)
    raise typer.Exit(CLEAN)


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError("--on is no date", remedy="write it as 2024-12-31") from None


def _class(option: str) -> tuple[str, Privacy]:
    """What `--class header=class` says."""
    from zhengming.masking.table import PRIVACY

    header, equals, stated = option.rpartition("=")
    for privacy in PRIVACY:
        if equals and header and stated == privacy:
            return header, privacy
    raise UsageError("--class takes a header and a privacy class", remedy=f"header=class, of {', '.join(PRIVACY)}")
