"""What changed between two versions is told concept by concept, and old codes are carried forward without a guess."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.histories import CATEGORY, category, codes, concept, dictionary, versions
from zhengming.dictionary import release, source, starting
from zhengming.dictionary.changes.carrying import DONE, WAITING, Carrier
from zhengming.dictionary.changes.difference import CategoryChanges, compare
from zhengming.dictionary.changes.words import KINDS, Change
from zhengming.dictionary.model import Category, Concept, Definition, Dictionary, Modifier, Term
from zhengming.dictionary.succession import IN_USE, Ends, follow, successors
from zhengming.errors import UnknownCode
from zhengming.findings import words
from zhengming.reports import changes as report

A, B, C = concept("A"), concept("B"), concept("C")


def told(old: Category, new: Category) -> list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]]:
    """Kind, code, column, before and after of every change."""
    found = compare(dictionary(old), dictionary(new, version="2.0.0")).categories
    return [(one.kind, one.code, one.column, one.before, one.after) for part in found for one in part.changes]


def term(text: str, **more: str) -> Term:
    return Term(text, **more)


ENDS = "replaced_by"
CASES = [
    ("nothing", [A], [A], []),
    ("added", [A], [A, B], [("added", "B", "", (), ())]),
    ("gone", [A, B], [A], [("removed", "B", "", (), ())]),
    ("retired", [A], [concept("A", retired=True)], [("retired", "A", ENDS, (), ())]),
    ("merged into one that was there", [A, B], [concept("A", ends="B"), B], [("merged", "A", ENDS, ("B",), ("B",))]),
    (
        "two merged into a new one",
        [A, B],
        [concept("A", ends="C"), concept("B", ends="C"), C],
        [("merged", "A", ENDS, ("C",), ("C",)), ("merged", "B", ENDS, ("C",), ("C",)), ("added", "C", "", (), ())],
    ),
    (
        "replaced by a new one",
        [A],
        [concept("A", ends="C"), C],
        [("replaced", "A", ENDS, ("C",), ("C",)), ("added", "C", "", (), ())],
    ),
    (
        "split",
        [A, B, C],
        [concept("A", ends="C B"), B, C],
        [("split", "A", ENDS, ("C", "B"), ("C", "B"))],
    ),
    (
        "a chain",
        [A, B],
        [concept("A", ends="B"), concept("B", ends="C"), C],
        [("merged", "A", ENDS, ("B",), ("C",)), ("merged", "B", ENDS, ("C",), ("C",)), ("added", "C", "", (), ())],
    ),
    ("a circle", [A, B], [concept("A", ends="B"), concept("B", ends="A")],
     [("retired", "A", ENDS, ("B",), ()), ("retired", "B", ENDS, ("A",), ())]),
    ("other successors", [concept("A", ends="B"), B, C], [concept("A", ends="C"), B, C],
     [("successor-changed", "A", ENDS, ("C",), ("C",))]),
    ("in use again", [concept("A", retired=True)], [A], [("restored", "A", "", (), ())]),
    ("renamed", [A], [concept("A", "甲")], [("renamed", "A", "name", ("名A",), ("甲",))]),
    ("an English name", [A], [replace(A, name_en="a")], [("renamed", "A", "name_en", (), ("a",))]),
    ("moved", [A, B], [concept("A", parents=("B",)), B], [("moved", "A", "parents", (), ("B",))]),
    ("parents in another order", [concept("A", parents=("B", "C"))], [concept("A", parents=("C", "B"))],
     [("remark-changed", "A", "", (), ())]),
    ("a mapping", [concept("A", mappings={"icd": ("1",)})], [concept("A", mappings={"icd": ("1", "2")})],
     [("mapping-changed", "A", "icd", ("1",), ("1", "2"))]),
    ("an attribute", [concept("A", attributes={"x": "1"})], [concept("A", attributes={"x": ""})],
     [("attribute-changed", "A", "x", ("1",), ())]),
    ("a note", [A], [replace(A, note="?")], [("remark-changed", "A", "", (), ())]),
    ("a name added", [A], [concept("A", terms=(term("甲"),))], [("term-added", "A", "甲", (), ("synonym",))]),
    ("a name taken away", [concept("A", terms=(term("甲"),))], [A], [("term-removed", "A", "甲", ("synonym",), ())]),
    ("a name used otherwise", [concept("A", terms=(term("甲"),))],
     [concept("A", terms=(term("甲", relation="broad"),))],
     [("term-changed", "A", "甲", ("relation=exact",), ("relation=broad",))]),
    ("a name's source", [concept("A", terms=(term("甲"),))], [concept("A", terms=(term("甲", source="x"),))],
     [("remark-changed", "A", "", (), ())]),
    ("a name moved", [concept("A", terms=(term("甲"),)), B], [A, concept("B", terms=(term(" 甲"),))],
     [("term-moved", "B", " 甲", ("A",), ("B",))]),
    ("a sender's name is another name", [concept("A", terms=(term("甲", sender="a"),)), B],
     [A, concept("B", terms=(term("甲"),))],
     [("term-removed", "A", "甲", ("synonym",), ()), ("term-added", "B", "甲", (), ("synonym",))]),
    ("a preferred name that another took over", [concept("A", "甲"), B], [concept("A", "乙"), concept("B", "甲")],
     [("renamed", "A", "name", ("甲",), ("乙",)), ("renamed", "B", "name", ("名B",), ("甲",)),
      ("term-moved", "B", "甲", ("A",), ("B",))]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_a_change_is_told_as_what_it_is(
    old: list[Concept], new: list[Concept], expected: list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]]
) -> None:
    assert told(category(*old), category(*new)) == expected


def test_categories_come_and_go() -> None:
    old, new = dictionary(category(A, name="x")), dictionary(category(A, B, name="y"))
    assert [(one.category, one.state, one.concepts) for one in compare(old, new).categories] == [
        ("x", "removed", 1),
        ("y", "added", 2),
    ]
    with pytest.raises(UnknownCode):
        compare(old, new, ["z"])


def test_how_cells_are_read_is_part_of_it() -> None:
    old = category(A)
    new = replace(old, modifiers=(Modifier("site", "left", "左"),), definitions=(Definition("A", "B", (("s", "l"),)),))
    assert [one[2:] for one in told(old, new)] == [
        ("definitions", (), ("A = B + s=l",)),
        ("qualifiers", (), ("site=left: 左",)),
    ]


def test_every_kind_of_change_has_its_words_in_both_languages() -> None:
    for lang in ("zh", "en"):
        assert all(f"change_{kind.replace('-', '_')}" in words(lang) for kind in KINDS)
        assert all(f"carried_{kind}" in words(lang) for kind in (*DONE, *WAITING, "renamed"))


@given(versions(2))
def test_a_difference_says_of_every_concept_whether_it_changed(history: list[Dictionary]) -> None:
    old, new = history
    found = compare(old, new)
    before, after = (one.category(CATEGORY).concepts for one in history)
    changed = {code for code in after if before.get(code) != after[code]}
    mentioned = {code for one in found.categories for code in one.by_code} | {
        one.code for part in found.categories for one in part.changes
    }
    assert mentioned == changed
    assert not compare(old, old)
    for part in found.categories:
        assert all(
            one.code in after and all(code in part.names for code in one.after)
            for one in part.changes
            if one.kind in ("merged", "split", "replaced", "retired")
        )


@given(versions(3))
def test_carrying_from_a_to_b_and_then_to_c_is_carrying_from_a_to_c(history: list[Dictionary]) -> None:
    first, second, third = (one.category(CATEGORY) for one in history)
    old = list(codes(history))
    to_second, to_third = Carrier(first, second, old), Carrier(first, third, old)
    middle = {code: to_second.carry(code).code_after for code in old}
    onward = Carrier(second, third, list(middle.values()))
    assert {code: onward.carry(middle[code]).code_after for code in old} == {
        code: to_third.carry(code).code_after for code in old
    }


@given(versions(2), st.booleans())
def test_what_is_carried_is_in_use_and_what_is_not_stays(history: list[Dictionary], many: bool) -> None:
    old, new = (one.category(CATEGORY) for one in history)
    carrier = Carrier(old, new, [*old.concepts, *(f"X{number}" for number in range(20_000))] if many else [])
    for code in old.concepts:
        carried = carrier.carry(code)
        assert carried.kind in (*DONE, *WAITING)
        assert carried.codes == successors(new.concepts, code)
        assert carried.done == (new.concepts[carried.code_after].status == "active")
        if carried.done:
            assert carried.codes == (carried.code_after,)


WAYS = [
    ("in use", {"A": ["in use"]}, ("A",), False, "A"),
    ("a chain", {"A": "B", "B": "C", "C": ["in use"]}, ("C",), False, "C"),
    ("without successor", {"A": ""}, (), True, "A"),
    ("a chain that ends nowhere", {"A": "B", "B": ""}, (), True, "B"),
    ("a split", {"A": "BC", "B": ["in use"], "C": ["in use"]}, ("B", "C"), False, "A"),
    ("a split after a step", {"A": "B", "B": "CD", "C": ["in use"], "D": ["in use"]}, ("C", "D"), False, "B"),
    ("a split that was merged again", {"A": "BC", "B": "D", "C": "D", "D": ["in use"]}, ("D",), False, "D"),
    ("merged again and then retired", {"A": "BC", "B": "D", "C": "D", "D": ""}, (), True, "D"),
    ("a split of which one end is dead", {"A": "BC", "B": "", "C": ["in use"]}, ("C",), True, "A"),
    ("a split of which one end is unknown", {"A": "BX", "B": ["in use"]}, ("B",), True, "A"),
    ("a circle", {"A": "B", "B": "A"}, (), True, "B"),
    ("a circle with a way out", {"A": "B", "B": "AC", "C": ["in use"]}, ("C",), False, "C"),
    ("unknown", {}, (), True, "A"),
]


@pytest.mark.parametrize(("ways", "ends", "dead", "landing"), [one[1:] for one in WAYS], ids=[one[0] for one in WAYS])
def test_a_chain_is_followed_as_far_as_it_certainly_goes(
    ways: dict[str, str | list[str]], ends: tuple[str, ...], dead: bool, landing: str
) -> None:
    def replaced(code: str) -> tuple[str, ...] | None:
        found = ways.get(code)
        return None if found is None else tuple(found) if isinstance(found, str) else IN_USE

    assert follow("A", replaced) == Ends(ends, dead, landing)


def test_a_very_long_chain_is_no_trouble() -> None:
    long = follow("0", lambda code: (str(int(code) + 1),))
    assert (long.codes, long.dead) == ((), True)


def test_a_code_the_new_version_lost_is_carried_by_what_the_old_one_says() -> None:
    old, new = category(concept("A", ends="B"), B, C), category(concept("B", ends="C"), C)
    carrier = Carrier(old, new, ["A", "C"])
    assert [(one.kind, one.code_after) for one in map(carrier.carry, "AC")] == [("merged", "C"), ("same", "C")]
    gone = Carrier(category(A), category(B), ["A"]).carry("A")
    assert (gone.kind, gone.name_before, gone.code_after) == ("gone", "名A", "A")


def test_a_release_and_its_source_give_the_same_difference(tmp_path: Path) -> None:
    for name, lines in (
        ("old", "A,甲,,,active,,,\nB,乙,,,active,,,\n"),
        ("new", "A,甲,,,retired,B,,\nB,乙二,,,active,,,\n"),
    ):
        starting.new(tmp_path / name, id="d", category="thing")
        concepts = tmp_path / name / "categories" / "thing" / "concepts.csv"
        concepts.write_text(concepts.read_text(encoding="utf-8") + lines, encoding="utf-8")
        release.build(tmp_path / name, tmp_path / f"{name}.sqlite")
    sources = [Dictionary.open(tmp_path / name) for name in ("old", "new")]
    releases = [Dictionary.open(tmp_path / f"{name}.sqlite") for name in ("old", "new")]
    found = compare(*sources)
    assert [one.kind for one in found.categories[0].changes] == ["merged", "renamed"]
    assert found.categories == compare(*releases).categories == compare(sources[0], releases[1]).categories


EXAMPLE = compare(
    dictionary(category(A, B, concept("D", "<b>丁</b>"))),
    dictionary(
        category(concept("A", ends="B"), concept("B", "乙\x1b[31m"), concept("D", "<b>丁</b>", retired=True)),
        version="2.0.0",
    ),
)


def test_a_difference_in_words_keeps_the_names_of_what_is_retired() -> None:
    text = report.render(EXAMPLE, lang="en")
    assert "A 名A → B 乙" in text
    assert "concepts retired without successor: 1\n    D <b>丁</b>" in text
    assert "\x1b" not in text
    assert "停用且没有接替的条目: 1" in report.render(EXAMPLE, lang="zh")


def test_a_long_list_is_cut_and_says_so() -> None:
    many = compare(dictionary(category()), dictionary(category(*(concept(f"C{number}") for number in range(50)))))
    text = report.render(many, lang="en")
    assert "concepts added: 50" in text
    assert "… and 30 more" in text
    assert len(json.loads(report.render(many, form="json"))["categories"][0]["changes"]) == 50


def test_a_difference_as_json_has_everything() -> None:
    data = json.loads(report.render(EXAMPLE, form="json"))
    assert data["to"]["version"] == "2.0.0"
    assert data["categories"][0]["counts"] == {"retired": 1, "merged": 1, "renamed": 1}
    assert data["categories"][0]["changes"][1]["after"] == ["B"]


def test_a_difference_as_a_page_escapes_what_it_shows() -> None:
    page = report.render(EXAMPLE, form="html", lang="zh")
    assert "&lt;b&gt;丁&lt;/b&gt;" in page
    assert "<b>丁" not in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_nothing_changed_is_said() -> None:
    same = compare(dictionary(category(A)), dictionary(category(A)))
    assert not same
    assert "Nothing changed." in report.render(same, lang="en")
    assert "Nothing changed." in report.render(same, lang="en", form="html")


def test_counts_come_in_the_order_of_the_kinds() -> None:
    changes = tuple(Change(kind, "A", "a") for kind in reversed(KINDS))
    assert list(CategoryChanges("c", {}, changes).counts) == list(KINDS)


def test_the_bundled_dictionary_does_not_differ_from_itself() -> None:
    assert not compare(source.load(), source.load(), ["disease", "region", "sex"])
