"""Configuration: `zhengming.toml`, else `[tool.zhengming]` of `pyproject.toml`, of the working folder or one above it.

    dictionary = "chd@2.1.0"          # a pinned release, or the path of a source folder or release file

    decisions = "decisions.csv"       # the log of reviewers' decisions to apply

    models = ["disease.zmm"]          # models learned from decisions, at most one a category

    [sender.hospital_a]               # what is known of the files of one sender

Options of the command line win over it. Each part of the program that can be configured has its own model here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhengming.errors import UsageError

NAME = "zhengming.toml"
_SHARED = "pyproject.toml"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SenderProfile(_Frozen):
    """What is known of the files of one sender.

    `specialities` says for a category which of its contexts the sender's cells are about: there an ambiguous
    abbreviation means what it means among them. `headers` says which field a header means (empty: none), `layouts`
    which headers the sender's tables have had, in their order; `encoding` is that of the sender's csv.
    """

    specialities: Mapping[str, tuple[str, ...]] = Field(default_factory=dict, strict=False)
    encoding: str = ""
    headers: Mapping[str, str] = Field(default_factory=dict)
    layouts: tuple[Annotated[tuple[str, ...], Field(strict=False)], ...] = Field(default=(), strict=False)


class ValidationSettings(_Frozen):
    """What `zm validate` asks about: rules by code, beginning or name, and the severity that closes the gate.

    `baseline` is the path of a file of known findings.
    """

    select: tuple[str, ...] = Field(default=(), strict=False)
    ignore: tuple[str, ...] = Field(default=(), strict=False)
    fail_on: str = "warning"
    baseline: str = ""


class LargeFiles(_Frozen):
    """From how many rows on `zm clean` works on a file portion by portion, and how many rows a portion has."""

    beyond: Annotated[int, Field(ge=1)] = 60_000  # rows; 50,000 take some 500 MB as a whole, and a quarter less time
    portion: Annotated[int, Field(ge=1)] = 5_000  # rows; some 50 MB where hardly two cells are alike


class Configuration(_Frozen):
    """All that can be configured; every part has a default, so that no file is needed.

    `folder` is where the file stands: relative paths in it start there.
    """

    folder: Path = Field(default=Path(), exclude=True)
    dictionary: str = ""
    decisions: str = ""
    models: tuple[str, ...] = Field(default=(), strict=False)
    remember: str = ""
    large: LargeFiles = Field(default_factory=LargeFiles)
    validation: ValidationSettings = Field(default_factory=ValidationSettings, alias="validate")
    sender: Mapping[str, SenderProfile] = Field(default_factory=dict)


def find(start: Path) -> Configuration:
    """The configuration that holds in the folder `start`: of the nearest folder upwards that has one, else the default.

    Raises:
        UsageError: a configuration that cannot be read or has an unknown or malformed key.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        own, shared = folder / NAME, folder / _SHARED
        if own.is_file():
            return parse(_data(own), where=str(own), folder=folder)
        if shared.is_file():
            ours = _data(shared).get("tool", {}).get("zhengming")
            if ours is not None:
                return parse(ours, where=f"{shared} [tool.zhengming]", folder=folder)
    return Configuration()


def parse(data: Mapping[str, Any], *, where: str, folder: Path = Path()) -> Configuration:
    """The configuration that `data` states.

    Raises:
        UsageError: an unknown or malformed key; the message names it and quotes no value.
    """
    try:
        return Configuration.model_validate({**data, "folder": folder})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{key}: {first['msg']}", where=where, remedy="see docs/configuration.md") from None


def _data(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise UsageError("is not valid TOML", where=str(path), remedy="check quotes and brackets") from None
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", where=str(path)) from None
