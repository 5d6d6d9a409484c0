"""Findings: what a check says of one cell, row or file, and the catalogue of rule codes.

A rule's words (what it finds, why it matters, an example, what to do) are data: one TOML file per code in
`data/rules/`. A finding carries the parameters for the rule's message, and only ever parameters that are no cell's
value: field names, counts, kinds. The value itself travels in `value`, masked unless a caller asks to see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as declared
from functools import cache
from typing import Literal

from zhengming.errors import UsageError
from zhengming.privacy import Personal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was found: `file`, `sheet`, 1-based `row` and `column`; 0 when it concerns more than that."""

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: int = 0

    @property
    def cell(self) -> str:
        """The address as Excel writes it (`C7`, a whole row `7`, a whole column `C`), or an empty string.

        >>> Place("a.xlsx", "Sheet1", 7, 28).cell
        'AB7'
        """
        letters, rest = "", self.column
        while rest > 0:
            rest, digit = divmod(rest - 1, 26)
            letters = chr(65 + digit) + letters
        return f"{letters}{self.row or ''}"

    def __str__(self) -> str:
        """`file[sheet]!cell`, leaving out what is not known."""
        sheet = f"[{self.sheet}]" if self.sheet else ""
        cell = f"!{self.cell}" if self.cell else ""
        return f"{self.file}{sheet}{cell}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found: the rule's `code`, its `severity`, the `place`, the `field`, what the message needs."""

    code: str
    place: Place
    severity: Severity
    field: str = ""
    params: Mapping[str, str | int | float] = declared(default_factory=dict)
    value: Personal | None = None

    def message(self, lang: str = "zh") -> str:
        """The rule's message in `lang` ("zh" or "en"), filled in with this finding's parameters.

        A parameter whose name ends in `_zh` or `_en` is a word of that language: `field_zh` fills `{field}` in Chinese.
        The parameter `kind` is a stable code, told in the words of the language.
        """
        suffix = f"_{lang}"
        named: dict[str, object] = {
            key.removesuffix(suffix): word for key, word in self.params.items() if key.endswith(suffix)
        }
        if "kind" in self.params:
            kind = str(self.params["kind"])
            named["kind"] = words(lang).get(f"kind_{kind.replace('-', '_')}", kind)
        told = rule(self.code).message(lang).format_map(_Lenient({"field": self.field, **self.params, **named}))
        if "waiver" in self.params:
            told += words(lang)["waived"].format(reason=self.params["waiver"], until=self.params["until"])
        return told

    def advice(self, lang: str = "zh") -> str:
        """What the rule's page says to do about it."""
        return rule(self.code).text("advice", lang)


@dataclass(frozen=True, slots=True)
class Rule:
    """The page of one rule code, as read from `data/rules/<code>.toml`.

    `reasons` lists, by kind of value, the reason codes of outcomes that break this rule; a status (`review`,
    `unmatched`) among them stands for every reason of that status that no rule lists. `*` is any kind.
    """

    code: str
    name: str
    severity: Severity
    texts: Mapping[str, Mapping[str, str]]
    example: Mapping[str, object]
    reasons: Mapping[str, Sequence[str]] = declared(default_factory=dict)

    def message(self, lang: str) -> str:
        """The one-line message template."""
        return self.text("message", lang)

    def text(self, part: str, lang: str) -> str:
        """One part of the page: title, message, why, example or advice."""
        return self.texts.get(lang, self.texts["en"])[part]


class _Lenient(dict[str, object]):
    """Parameters for a message: a missing one shows as its name rather than as an error."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def rule(code: str) -> Rule:
    """The rule with this code.

    Raises:
        UsageError: no such rule.
    """
    try:
        return rules()[code]
    except KeyError:
        raise UsageError(f"no rule {code!r}", remedy="`zm rules` lists them all") from None


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule of the catalogue, by code, in order."""
    # Imported here: a child process that only reads a file has no rules to show, and these cost it 10 ms.
    import tomllib
    from importlib import resources

    found: dict[str, Rule] = {}
    folder = resources.files("zhengming") / "data" / "rules"
    for page in sorted(folder.iterdir(), key=lambda item: item.name):
        if not page.name.endswith(".toml"):
            continue
        data = tomllib.loads(page.read_text(encoding="utf-8"))
        found[data["code"]] = Rule(
            code=data["code"],
            name=data["name"],
            severity=data["severity"],
            texts={"zh": data["zh"], "en": data["en"]},
            example=data.get("example", {}),
            reasons=data.get("reasons", {}),
        )
    return found


def code_for(kind: str, status: str, reason: str) -> str:
    """The rule that an outcome of this kind, status and reason breaks, or an empty string if it breaks none.

    >>> code_for("date", "unmatched", "impossible-date"), code_for("date", "accepted", "iso")
    ('ZM202', '')
    """
    if status == "accepted":
        return ""
    listed = _codes_by_reason()
    keys = ((kind, reason), ("*", reason), (kind, status), ("*", status))
    return next((listed[key] for key in keys if key in listed), "")


@cache
def _codes_by_reason() -> Mapping[tuple[str, str], str]:
    return {
        (kind, reason): page.code
        for page in rules().values()
        for kind, reasons in page.reasons.items()
        for reason in reasons
    }


@cache
def words(lang: str) -> Mapping[str, str]:
    """The fixed words of reports and of the terminal in `lang` ("zh" or "en"), by key: `data/messages/<lang>.toml`."""
    import tomllib
    from importlib import resources

    page = resources.files("zhengming") / "data" / "messages" / f"{lang}.toml"
    found: dict[str, str] = tomllib.loads(page.read_text(encoding="utf-8"))
    return found


def finding(
    code: str,
    place: Place,
    *,
    field: str = "",
    value: object = None,
    severity: Severity | None = None,
    **params: str | int | float,
) -> Finding:
    """A finding with the severity its rule declares, unless the table spec says another."""
    shown = None if value is None else Personal(str(value))
    return Finding(code, place, severity or rule(code).severity, field, params, shown)
