"""Commands on the versions of a dictionary: `zm dict build` and its kin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhengming.cli.root import Lang, dictionary_app


@dictionary_app.command("build")
def dict_build(
    path: Annotated[Path, typer.Argument(help="Source folder.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.", show_default=False)],
    lang: Lang = None,
) -> None:
    """Compile a source folder to one file, the same bytes for the same source."""
    from zhengming import display, files
    from zhengming.dictionary import release

    content = release.build(path, output)
    display.result(f"{output} sha256:{files.sha256(output)}\ncontent sha256:{content}")
