"""The command that shows table specs, and writes them for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from zhengming.cli.root import DictOption, Lang, app, chosen_lang, open_dictionary

if TYPE_CHECKING:
    from zhengming.schemas.spec import TableSpec


@app.command()
def schema(
    table: Annotated[str | None, typer.Argument(help="Table spec: a bundled name or a TOML file.")] = None,
    schema_format: Annotated[
        Literal["fields", "json-schema", "table-schema"],
        typer.Option("--format", help="The fields as a list, JSON Schema, or Frictionless Table Schema."),
    ] = "fields",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; default: the terminal.")] = None,
    dictionary: DictOption = None,
    lang: Lang = None,
) -> None:
    """List the table specs, or show one; export it for programs that know JSON Schema or Frictionless."""
    from zhengming import display, files
    from zhengming.schemas import spec as specs

    spoken = chosen_lang(lang)
    if table is None:
        display.table(["table", "fields", "title"], [_line(specs.load(name), spoken) for name in specs.names()])
        return
    spec = specs.load(table)
    if schema_format == "fields":
        rows = [
            (one.name, one.kind, one.category or "", "yes" if one.required else "", one.privacy, one.title(spoken))
            for one in spec.fields
        ]
        display.table(["field", "kind", "category", "required", "privacy", "title"], rows)
        return
    opened = open_dictionary(dictionary)
    made = spec.to_json_schema(opened) if schema_format == "json-schema" else spec.to_table_schema(opened)
    text = json.dumps(made, ensure_ascii=False, indent=2)
    if output is None:
        display.result(text)
    else:
        files.write_bytes(output, (text + "\n").encode())


def _line(spec: TableSpec, lang: str) -> tuple[str, str, str]:
    return spec.name, str(len(spec.fields)), spec.title(lang)
