"""Finishing: what goes without saying of a concept, and what items of a list share, once all is said of them."""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.ends import ENDED
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.performed import OPERATED
from zhengming.normalizers.terms.reading import Found, Reading

DEGREES: Final = frozenset({"severity", "extent", "count", "etiology"})  # what may follow its name behind a comma
_TELLING_APART: Final = ("subject", "timing", "course", "laterality", "site", "subtype")
_TOLD: Final = frozenset({"current"})  # timings that go without saying
_TOLD_DENIED: Final = frozenset({"current", "history", OPERATED})
_TOLD_OF_RELATIVES: Final = frozenset({"current", "history", "fetal"})


def finish(found: Found, lexicon: Lexicon) -> None:
    """Say what goes without saying, and put the rest into the values that mentions have."""
    if found.shares:
        _share(found, found.shares)
    certainty = found.qualifiers.setdefault("certainty", "affirmed")
    found.qualifiers.setdefault("subject", "patient")
    if certainty == "sought":
        found.qualifiers["certainty"] = "affirmed" if _is_sign(found, lexicon) else "suspected"
    if "timing" in found.qualifiers:
        _time(found.qualifiers)


def doubt_behind_signs(reading: Reading, lexicon: Lexicon) -> None:
    """Doubt what is denied together with a sign that it is glued to, being none: 无紫绀室缺房缺."""
    denied = [found for found in reading.found if found.qualifiers["certainty"] == "refuted"]
    behind = ""
    for found in sorted(denied, key=lambda one: one.token) if len(denied) > 1 else ():
        before = reading.hosts.get(found.token - 1)
        if before is None or not reading.glued(found.token):
            behind = ""
        elif _is_sign(before, lexicon) and not _is_sign(found, lexicon):
            behind = "unclear-negation"
        found.problem = found.problem or behind


def doubt_contradicted(reading: Reading) -> None:
    """Doubt what the same cell denies of the child as it is now: 外院诊断法四，我院CT排除法四."""
    denied = [found for found in reading.found if found.qualifiers["certainty"] == "refuted"]
    for found in reading.found if denied else ():
        if found.qualifiers["certainty"] == "refuted" or "timing" in found.qualifiers:
            continue
        if any([one.codes == found.codes and _denies_all(one, found) for one in denied]):
            found.problem = found.problem or "unclear-negation"


def _denies_all(one: Found, other: Found) -> bool:
    """Whether the denial of one name is of the other as well: no degree, side or kind that this has not."""
    if not DEGREES.isdisjoint(one.qualifiers):
        return False  # 轻度肺高压，无重度肺高压
    return all([one.qualifiers.get(axis) == other.qualifiers.get(axis) for axis in _TELLING_APART])


def _time(qualifiers: dict[str, str | float]) -> None:
    """Leave out what goes without saying; what has resolved is history, a denied or a relative's history none."""
    if qualifiers["timing"] == ENDED:
        qualifiers |= {"timing": "history", "course": "resolved"}
    told = _TOLD if qualifiers["certainty"] != "refuted" else _TOLD_DENIED
    if qualifiers["timing"] in (told if qualifiers["subject"] == "patient" else _TOLD_OF_RELATIVES):
        del qualifiers["timing"]  # 否认先心病史, 父亲先心病史, 术后复查：未见心包积液


def _is_sign(found: Found, lexicon: Lexicon) -> bool:
    """Whether the concept is a sign, which is there where its cause is sought: 心脏杂音待查."""
    signs = lexicon.category.policy.signs
    return any(code in signs or not lexicon.category.ancestors(code).isdisjoint(signs) for code in found.codes)


def _share(found: Found, head: Found) -> None:
    """A list item that shares its head with a later one shares what is said after that one."""
    for axis, value in head.qualifiers.items():
        if axis != "size_mm":
            found.qualifiers.setdefault(axis, value)
    for axis in DEGREES.intersection(found.qualifiers):
        head.qualifiers.setdefault(axis, found.qualifiers[axis])  # 中度二、三尖瓣反流
