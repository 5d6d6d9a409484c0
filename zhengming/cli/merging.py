"""The command that brings two people's versions of a dictionary together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhengming.cli.root import CLEAN, FINDINGS, Lang, dictionary_app, spoken_words
from zhengming.errors import UsageError

if TYPE_CHECKING:
    from zhengming.dictionary.merging import Conflict


@dictionary_app.command("merge")
def dict_merge(
    base: Annotated[Path, typer.Argument(help="The version both were made from: a CSV file or a source folder.")],
    ours: Annotated[Path, typer.Argument(help="One version; the result is written here.")],
    theirs: Annotated[Path, typer.Argument(help="The other version.")],
    path: Annotated[Path | None, typer.Option("--path", help="Where the file stands (%P of git).")] = None,
    lang: Lang = None,
) -> None:
    """Bring two versions together; exit code 1 if they contradict each other. A driver for git merge."""
    from zhengming import display, files
    from zhengming.dictionary import merging
    from zhengming.transactions import Changes, update

    if len({one.is_dir() for one in (base, ours, theirs)}) > 1:
        raise UsageError("files and folders cannot be brought together", remedy="name three files, or three folders")
    conflicts: list[Conflict] = []
    if ours.is_dir():

        def change(changes: Changes) -> None:
            conflicts.clear()
            for name, made in merging.merge_folders(base, ours, theirs):
                changes.write(name, made.data)
                conflicts.extend(made.conflicts)

        update(ours, change)
    else:
        merged = merging.merge_files(base, ours, theirs, standing=path)
        files.write_bytes(ours, merged.data)
        conflicts.extend(merged.conflicts)
    spoken = spoken_words(lang)
    for one in conflicts:
        display.result(_told(one, spoken))
    if conflicts:
        display.result(spoken["merge_conflicts"].format(count=len(conflicts), file=path or ours))
    raise typer.Exit(FINDINGS if conflicts else CLEAN)


def _told(one: Conflict, spoken: dict[str, str]) -> str:
    """A conflict by concept, in one line."""
    texts = [spoken["merge_nothing"] if text is None else text for text in (one.base, one.ours, one.theirs)]
    column = one.column or spoken["merge_line"]
    concept = " ".join(filter(None, (one.code, one.name)))
    return spoken["merge_conflict"].format(
        concept=concept, column=column, base=texts[0], ours=texts[1], theirs=texts[2]
    )
