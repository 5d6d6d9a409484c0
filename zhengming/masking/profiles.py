"""Profiles: what becomes of each field when a table is passed on, read from `data/privacy/profiles.toml`.

The rule that holds for a field is the first that names it: by name, by kind, by category, by privacy class. A direct
identifier that no rule names is left out, and so is every column that the table spec does not know.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic import Field as Constrained

from zhengming.errors import UsageError
from zhengming.masking import ACTIONS
from zhengming.schemas.spec import Field, Privacy

LEFT_OUT = "drop"


def _known(action: str) -> str:
    if action not in ACTIONS:
        raise ValueError(f"no such action; there are {', '.join(ACTIONS)}")
    return action


Action = Annotated[str, AfterValidator(_known)]


class Profile(BaseModel):
    """What becomes of each field. `k` is how many rows must share each combination of quasi-identifiers, 0 for any.

    >>> load("donor_list").rule("child_name", "person_name", None, "direct")
    'surname'
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: str
    en: str
    k: int = Constrained(ge=0)
    fields: Mapping[str, Action] = Constrained(default_factory=dict)
    kinds: Mapping[str, Action] = Constrained(default_factory=dict)
    categories: Mapping[str, Action] = Constrained(default_factory=dict)
    classes: Mapping[Privacy, Action] = Constrained(default_factory=dict)

    def action(self, field: Field) -> str:
        """The action for a field of a table spec."""
        return self.rule(field.name, field.kind, field.category, field.privacy)

    def rule(self, name: str, kind: str, category: str | None, privacy: Privacy) -> str:
        """The action for a column of this name, kind, category and privacy class."""
        if name in self.fields:
            return self.fields[name]
        if kind in self.kinds:
            return self.kinds[kind]
        if category in self.categories:
            return self.categories[str(category)]
        return self.classes.get(privacy, LEFT_OUT)


def load(name_or_path: str | Path) -> Profile:
    """The bundled profile of this name, or the one in a TOML file of the same form, without a name around it.

    Raises:
        UsageError: no such profile, or a malformed one; the message names the place and quotes no value.
    """
    if str(name_or_path).endswith(".toml"):
        return _parsed(_read(Path(name_or_path)), str(name_or_path))
    if name_or_path not in names():
        remedy = f"there are {', '.join(names())}; or give the path of a .toml file"
        raise UsageError(f"no profile {str(name_or_path)!r}", remedy=remedy)
    return _parsed(_bundled()[str(name_or_path)], f"profile {name_or_path}")


def names() -> tuple[str, ...]:
    """The names of the bundled profiles.

    >>> names()
    ('donor_list', 'research', 'public')
    """
    return tuple(_bundled())


@cache
def _bundled() -> Mapping[str, Mapping[str, object]]:
    page = resources.files("zhengming") / "data" / "privacy" / "profiles.toml"
    return tomllib.loads(page.read_text(encoding="utf-8"))


def _parsed(data: Mapping[str, object], where: str) -> Profile:
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{place}: {first['msg']}", where=where) from None


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise UsageError("is not valid TOML", where=str(path), remedy="check quotes and brackets") from None
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", where=str(path)) from None
