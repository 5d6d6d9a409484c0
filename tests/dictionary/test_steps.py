"""Which step of the version a change asks for, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zhengming.dictionary import source, steps
from zhengming.dictionary.model import Dictionary

MANIFEST = 'title = { zh = "物", en = "Thing" }\nmappings = ["icd10"]\nattributes = ["place"]\n'
CONCEPTS = """code,name,name_en,parents,status,replaced_by,icd10,place,source,note
X1,甲,A,,active,,Q20,,example,
X2,乙,,X1,active,,,,example,
X3,丙,,X1,retired,X2,,,example,
"""
TERMS = """code,term,kind,lang,sender,relation,source,added_by,added_on
X1,甲等,synonym,zh,,exact,example,zhengming,2026-11-23
"""

BOTH_TERMS = {("patch", "terms-changed", "X1"), ("patch", "terms-changed", "X2")}


def written(root: Path, concepts: str = CONCEPTS, terms: str = TERMS, manifest: str = MANIFEST) -> Dictionary:
    folder = root / "categories" / "thing"
    folder.mkdir(parents=True)
    (root / "dictionary.toml").write_text('id = "mine"\nversion = "1.0.0"\n', encoding="utf-8")
    (folder / "category.toml").write_text(manifest, encoding="utf-8")
    (folder / "concepts.csv").write_text(concepts, encoding="utf-8")
    (folder / "terms.csv").write_text(terms, encoding="utf-8")
    return Dictionary.open(root)


def to(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("concepts", "terms", "asked"),
    [
        (to("X2,乙,,X1,active,,,,example,\n", ""), str, {("major", "concept-removed", "X2")}),
        (to("X2,乙,,X1,active", "X2,乙,,X1,retired"), str, {("major", "retired", "X2")}),
        (to("X3,丙,,X1,retired,X2", "X3,丙,,X1,active,"), str, {("major", "reactivated", "X3")}),
        (to("retired,X2", "retired,X1"), str, {("major", "successor-changed", "X3")}),
        (to("X2,乙,,X1,", "X2,乙,,,"), str, {("major", "parents-changed", "X2")}),
        (to("X2,乙", "X2,丁"), str, {("major", "name-changed", "X2")}),
        (
            to("X2,乙", "X2,丁"),
            lambda text: text + "X2,乙,former,zh,,exact,,,\n",
            {("minor", "renamed", "X2"), ("patch", "terms-changed", "X2")},
        ),
        (to("X1,甲,A", "X1,甲,a"), str, {("patch", "name-spelled", "X1")}),
        (to("X2,乙,,", "X2,乙,B,"), str, {("minor", "name-added", "X2")}),
        (str, to("X1,甲等", "X2,甲等"), {("major", "term-moved", "X1"), *BOTH_TERMS}),
        (to("Q20", "Q21"), str, {("major", "mapping-changed", "X1")}),
        (to("Q20", "Q20;Q21"), str, {("minor", "mapping-added", "X1")}),
        (to("Q20,", "Q20,here"), str, {("minor", "attributes-changed", "X1")}),
        (lambda text: text + "X4,丁,,X1,active,,,,example,\n", str, {("minor", "concept-added", "X4")}),
        (str, lambda text: text + "X2,乙等,synonym,zh,,exact,,,\n", {("patch", "terms-changed", "X2")}),
        (str, to("X1,甲等,synonym,zh,,exact,example,zhengming,2026-11-23\n", ""), {("patch", "terms-changed", "X1")}),
        (to("X2,乙,,X1,active,,,,example,", "X2,乙,,X1,active,,,,example,new"), str, {("patch", "note-changed", "X2")}),
        (str, str, set()),
    ],
)  # fmt: skip
def test_a_change_asks_for_its_step(
    tmp_path: Path, concepts: Callable[[str], str], terms: Callable[[str], str], asked: set[tuple[str, str, str]]
) -> None:
    old = written(tmp_path / "old")
    new = written(tmp_path / "new", concepts(CONCEPTS), terms(TERMS))
    found = steps.reasons(old, new)
    assert {(one.step, one.kind, one.code) for one in found} == asked
    assert [steps.STEPS.index(one.step) for one in found] == sorted(
        (steps.STEPS.index(one.step) for one in found), reverse=True
    )


def test_a_category_gone_is_major_a_new_one_minor_another_policy_minor(tmp_path: Path) -> None:
    one = written(tmp_path / "one")
    none = written(tmp_path / "none")
    none = Dictionary(id="mine", version="1", categories=(), read=none.category, digest=lambda: "")
    assert [(reason.step, reason.kind) for reason in steps.reasons(one, none)] == [("major", "category-removed")]
    assert [(reason.step, reason.kind) for reason in steps.reasons(none, one)] == [("minor", "category-added")]
    other = written(tmp_path / "other", manifest=MANIFEST + '[matching]\ncell = "mentions"\n')
    assert [(reason.step, reason.kind) for reason in steps.reasons(one, other)] == [("minor", "matching-changed")]


def test_words_about_the_dictionary_alone_are_a_patch(tmp_path: Path) -> None:
    old, new = written(tmp_path / "old"), written(tmp_path / "new")
    (tmp_path / "new" / "dictionary.toml").write_text('id = "mine"\nversion = "1.0.1"\n', encoding="utf-8")
    assert [(one.step, one.kind) for one in steps.reasons(old, new)] == [("patch", "content-changed")]


def test_every_reason_has_its_words() -> None:
    import re

    from zhengming.findings import words

    text = Path(steps.__file__).read_text(encoding="utf-8")
    kinds = set(re.findall(r'"([a-z]+-[a-z]+|retired|reactivated|renamed)"', text))
    assert len(kinds) > 15
    for lang in ("zh", "en"):
        assert {f"step_{kind}" for kind in kinds} <= words(lang).keys()


def test_a_source_against_itself_asks_for_nothing() -> None:
    assert steps.reasons(source.load(), source.load()) == []


@pytest.mark.parametrize(
    ("version", "step", "following"),
    [("1.2.3", "patch", "1.2.4"), ("1.2.3", "minor", "1.3.0"), ("1.2.3", "major", "2.0.0"),
     ("0.2.3", "patch", "0.2.4"), ("0.2.3", "minor", "0.2.4"), ("0.2.3", "major", "0.3.0")],
)  # fmt: skip
def test_the_version_after(version: str, step: steps.Step, following: str) -> None:
    assert steps.next_version(version, step) == following
