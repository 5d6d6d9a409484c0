"""Slips of the pen: a table of texts, and the law that a slip never makes one disease another."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Dictionary
from zhengming.normalizers.terms.matcher import Matcher

with (Path(__file__).parent / "slips.tsv").open(encoding="utf-8", newline="") as _file:
    SLIPS = list(csv.DictReader(_file, delimiter="\t"))

HEART = "D0001"  # congenital heart disease
LISTS = frozenset("，、伴并和其")


@cache
def matcher() -> Matcher:
    return Matcher(Dictionary.open(), "disease")


@pytest.mark.parametrize("row", SLIPS, ids=lambda row: row["id"])
def test_a_slip_is_put_right_only_where_one_name_can_be_meant(row: dict[str, str]) -> None:
    accepted = [mention.name for mention in matcher().match(row["text"]) if mention.status == "accepted"]
    assert " | ".join(map(str, accepted)) == row["meant"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("室间\n隔缺损", ["室间隔缺损"]),
        ("先天性心脏病\n室间隔\n缺损\n动脉导管未闭", ["先天性心脏病", "室间隔缺损", "动脉导管未闭"]),
        ("1.室间隔缺\n损2.房间隔缺损", ["室间隔缺损", "房间隔缺损"]),
        ("ventricular septal\ndefect", ["室间隔缺损"]),
        ("室缺\n房缺", ["室间隔缺损", "房间隔缺损"]),
    ],
)
def test_a_line_break_inside_a_name_is_no_end_of_it(text: str, meant: list[str]) -> None:
    assert [mention.name for mention in matcher().match(text) if mention.status == "accepted"] == meant


def slipped(name: str) -> Iterator[str]:
    """The name with a character left out, typed twice, and exchanged with the next one."""
    for at, one in enumerate(name):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + one + name[at:]
        yield name[:at] + name[at + 1 : at + 2] + one + name[at + 2 :]


def test_a_slip_in_the_name_of_a_heart_disease_makes_no_other_disease_of_it() -> None:
    category = matcher().category
    wrong = []
    for code in category.descendants(HEART):
        concept = category.concepts[code]
        if not LISTS.isdisjoint(concept.name):
            continue  # of two diseases, each of which may become another name, or of the rest of a group
        kin = {code, *category.ancestors(code), *category.descendants(code)}
        for text in slipped(key(concept.name)):
            if matcher().meanings(text):
                continue  # another name, nobody can tell
            for mention in matcher().match(text):
                if mention.status != "accepted" or mention.code is None or mention.code in kin:
                    continue
                named = category.concepts[mention.code].terms  # 肺动脉闭锁 is part of a name with 室间隔缺损
                if not any(part.key in whole.key for part in named for whole in concept.terms):
                    wrong.append((concept.name, text, mention.name))
    assert wrong == []
