"""The command that shows the catalogue of rules."""

from __future__ import annotations

from typing import Annotated

import typer

from zhengming.cli.root import Lang, app, chosen_lang


@app.command()
def rules(
    code: Annotated[str | None, typer.Argument(help="A rule code, ZM101 …")] = None,
    lang: Lang = None,
) -> None:
    """List the rules, or show the page of one."""
    from zhengming import display, findings

    spoken = chosen_lang(lang)
    if code is None:
        pages = findings.rules().values()
        rows = [(page.code, page.severity, page.name, page.text("title", spoken)) for page in pages]
        display.table(["code", "severity", "name", "title"], rows)
        return
    page = findings.rule(code.upper())
    parts = [f"{page.code} {page.name} ({page.severity})"]
    parts += [page.text(part, spoken) for part in ("title", "message", "why", "advice")]
    display.result("\n".join(parts))
