"""The linter: every rule's own example triggers exactly that rule, and the bundled dictionary has no findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhengming.dictionary import lint, source
from zhengming.errors import DictionaryError
from zhengming.findings import Finding, rules
from zhengming.normalizers.terms import roundtrip

HEAD = "code,name,name_en,parents,status,replaced_by,source,note\n"
TERM_HEAD = "code,term,kind,lang,sender,relation,source,added_by,added_on\n"
RULES = [code for code in rules() if code.startswith("ZM5")]


QUALIFIER_HEAD = "axis,value,term,lang,source\n"
DEFINITION_HEAD = "code,core,qualifiers,source\n"


def made(root: Path, concepts: str = HEAD, terms: str = TERM_HEAD, **others: str) -> Path:
    """A dictionary folder with one category whose files have these texts; `manifest` is its category.toml."""
    folder = root / "categories" / "thing"
    folder.mkdir(parents=True)
    mapped = "icd10," in concepts.partition("\n")[0]
    (root / "dictionary.toml").write_text('id = "mine"\nversion = "1.0.0"\n', encoding="utf-8")
    manifest = 'title = { zh = "物" }\ncode_pattern = "X[0-9]+"\n' + ('mappings = ["icd10"]\n' if mapped else "")
    (folder / "category.toml").write_text(others.pop("manifest", manifest), encoding="utf-8")
    for name, text in {"concepts": concepts, "terms": terms, **others}.items():
        (folder / f"{name}.csv").write_bytes(text.encode())
    return root


def found_in(root: Path) -> list[Finding]:
    """What `zm dict lint` finds."""
    found = lint.check(root)
    return found if any(one.severity == "error" for one in found) else found + roundtrip.check(root)


def said(found: list[Finding]) -> list[tuple[str, str, str]]:
    """Rule, place and kind of each finding."""
    return [
        (one.code, one.place.file.rpartition("/")[2] + "!" + one.place.cell, str(one.params.get("kind", "")))
        for one in found
    ]


@pytest.mark.parametrize("code", RULES)
def test_the_example_of_a_rule_triggers_exactly_that_rule(code: str, tmp_path: Path) -> None:
    root = made(tmp_path, **{name: str(text) for name, text in rules()[code].example.items()})
    assert {finding.code for finding in found_in(root)} == {code}


def test_a_finding_names_file_line_and_column(tmp_path: Path) -> None:
    root = made(tmp_path, HEAD + "X1,甲,,X9,active,,example,\n")
    (finding,) = lint.check(root)
    assert str(finding.place) == "categories/thing/concepts.csv!D2"


def test_fixing_makes_the_form_canonical_and_nothing_else(tmp_path: Path) -> None:
    rows = "X2,乙,,,active,,example,\nX1,甲,,,active,,example,\n"
    root = made(tmp_path, "\ufeff" + (HEAD + rows).replace("\n", "\r\n"))
    assert lint.fix(root) == ["categories/thing/concepts.csv"]
    assert lint.check(root) == []
    assert lint.fix(root) == []


def test_fixing_takes_off_the_spaces_around_a_cell(tmp_path: Path) -> None:
    root = made(tmp_path, HEAD + "X1, 甲,,,active,,example,\n")
    assert said(found_in(root)) == [("ZM516", "concepts.csv!B2", "spaces")]
    assert lint.fix(root) == ["categories/thing/concepts.csv"]
    assert found_in(root) == []


@pytest.mark.parametrize(
    ("row", "place", "kind"),
    [
        ("X1,,,,active,,example,", "B2", "empty"),
        ('X1,"甲\n乙",,,active,,example,', "B2", "invisible"),
        ("X1,甲\u202e,,,active,,example,", "B2", "invisible"),
        ("X1,甲\ufffd,,,active,,example,", "B2", "invisible"),
        ("X1,甲,,,active,,example,说明\u3000", "H2", "spaces"),
        (f"X1,{'甲' * 501},,,active,,example,", "B2", "too-long"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(row: str, place: str, kind: str, tmp_path: Path) -> None:
    found = lint.check(made(tmp_path, HEAD + row + "\n"))
    assert ("ZM516", f"concepts.csv!{place}", kind) in said(found)


def test_two_names_that_differ_only_by_a_filler_are_the_same(tmp_path: Path) -> None:
    root = made(tmp_path, HEAD + "X1,法洛四联症,,,active,,example,\nX2,法洛氏四联症,,,active,,example,\n")
    assert said(found_in(root)) == [("ZM513", "concepts.csv!B3", "")]


def test_a_preferred_name_that_another_concept_calls_ambiguous_is_a_finding(tmp_path: Path) -> None:
    concepts = HEAD + "X1,甲,,,active,,example,\nX2,乙,,,active,,example,\n"
    root = made(tmp_path, concepts, TERM_HEAD + "X1,乙,synonym,zh,,ambiguous,example,zhengming,2026-11-23\n")
    assert said(lint.check(root)) == [("ZM502", "terms.csv!B2", "")]


@pytest.mark.parametrize(("successors", "codes"), [("X2", set()), ("X2;X3", {"ZM502"})])
def test_a_successor_may_keep_the_name_of_the_concept_it_alone_replaces(
    successors: str, codes: set[str], tmp_path: Path
) -> None:
    concepts = f"X1,户县,,,retired,{successors},example,\nX2,鄠邑区,,,active,,example,\nX3,丙,,,active,,example,\n"
    term = "X2,户县,former,zh,,exact,example,zhengming,2026-11-23\n"
    assert {one.code for one in found_in(made(tmp_path, HEAD + concepts, TERM_HEAD + term))} == codes


MAPPED = "code,name,name_en,parents,status,replaced_by,icd10,source,note\n"
ONE_TO_ONE = 'title = { zh = "物" }\nmappings = ["icd10"]\none_to_one = ["icd10"]\n'


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        ("X1,甲,,,active,,Q21,s,\nX2,乙,,X1,active,,Q21,s,\nX3,丙,,X2,active,,Q21,s,\n", []),  # one above the other
        ("X1,甲,,,active,,Q21,s,\nX2,乙,,X1,active,,Q21,s,\nX3,丙,,X1,active,,Q21,s,\n", ["shared"]),  # siblings
        ("X1,甲,,,active,,Q21,s,\nX2,乙,,,retired,X1,Q21,s,\n", []),  # the successor took the code over
        ("X1,甲,,,active,,Q21.0,s,\nX2,乙,,X1,active,,Q21,s,\n", ["inverted"]),
        ("X1,甲,,,active,,Q21,s,\nX2,乙,,X1,active,,Q21.0,s,\n", []),
        ("X1,甲,,,active,,210,s,\nX2,乙,,X1,active,,21,s,\n", []),  # plain numbers mean nothing
    ],
)
def test_a_mapping_must_not_contradict_the_hierarchy(rows: str, kinds: list[str], tmp_path: Path) -> None:
    root = made(tmp_path, MAPPED + rows, manifest=ONE_TO_ONE)
    assert said(found_in(root)) == [("ZM514", f"concepts.csv!G{rows.count(chr(10)) + 1}", kind) for kind in kinds]


def test_a_coarse_system_may_give_one_code_to_many_concepts(tmp_path: Path) -> None:
    rows = "X1,甲,,,active,,Q21,s,\nX2,乙,,,active,,Q21,s,\n"
    assert found_in(made(tmp_path, MAPPED + rows)) == []


def test_without_declared_roots_no_concept_needs_a_parent(tmp_path: Path) -> None:
    rows = "X1,甲,,,active,,example,\nX2,乙,,X1,active,,example,\nX3,丙,,,active,,example,\n"
    assert found_in(made(tmp_path, HEAD + rows)) == []
    roots = 'title = { zh = "物" }\nroots = ["X1"]\n'
    again = made(tmp_path / "again", HEAD + rows, manifest=roots)
    assert said(found_in(again)) == [("ZM515", "concepts.csv!D4", "no-parent")]


def test_a_one_to_one_system_must_be_a_mapping(tmp_path: Path) -> None:
    root = made(tmp_path, manifest='title = { zh = "物" }\none_to_one = ["icd10"]\n')
    with pytest.raises(DictionaryError, match="none of mappings"):
        lint.check(root)


def test_the_wordings_of_a_word_must_be_equally_long(tmp_path: Path) -> None:
    root = made(tmp_path, manifest='title = { zh = "物" }\n[wordings]\n"反流" = ["回流性"]\n')
    with pytest.raises(DictionaryError, match="反流: has not as many"):
        lint.check(root)


@pytest.mark.parametrize(
    ("term", "relation", "kind"),
    [
        ("无甲", "exact", ""),
        ("甲、乙", "exact", ""),
        ("2cm", "narrow", ""),
        ("乙", "ambiguous", ""),
        ("乙", "broad", ""),
        ("丙（?）", "exact", "read-review"),
    ],
)
def test_a_term_is_given_to_the_matcher_alone(term: str, relation: str, kind: str, tmp_path: Path) -> None:
    terms = TERM_HEAD + f"X1,{term},synonym,zh,,{relation},example,zhengming,2026-11-23\n"
    manifest = str(rules()["ZM520"].example["manifest"])
    root = made(tmp_path, HEAD + "X1,甲,,,active,,example,\n", terms, manifest=manifest)
    assert said(found_in(root)) == ([("ZM520", "terms.csv!B2", kind)] if kind else [])


def test_a_level_that_no_way_of_matching_reaches_is_found_at_every_term(tmp_path: Path) -> None:
    manifest = 'title = { zh = "物" }\n\n[matching]\naccept = 1.0\n'
    terms = TERM_HEAD + "X1,丙,synonym,zh,,exact,example,zhengming,2026-11-23\n"
    found = found_in(made(tmp_path, HEAD + "X1,甲,,,active,,example,\n", terms, manifest=manifest))
    assert {one.code for one in found} == {"ZM520"}


def test_a_local_term_is_read_as_its_sender_means_it(tmp_path: Path) -> None:
    terms = (
        "X1,老毛病,local,zh,north,exact,s,zhengming,2026-11-23\nX2,老毛病,local,zh,south,exact,s,zhengming,2026-11-23\n"
    )
    concepts = HEAD + "X1,甲,,,active,,example,\nX2,乙,,,active,,example,\n"
    assert found_in(made(tmp_path, concepts, TERM_HEAD + terms)) == []


def test_a_qualifier_of_the_general_cues_may_define_a_concept(tmp_path: Path) -> None:
    concepts = HEAD + "X1,甲,,,active,,example,\nX2,先天性甲,,X1,active,,example,\n"
    root = made(tmp_path, concepts, definitions=DEFINITION_HEAD + "X2,X1,etiology=congenital,example\n")
    assert found_in(root) == []


def test_the_bundled_dictionary_has_no_findings() -> None:
    assert [f"{one.place} {one.message('en')}" for one in found_in(source.bundled())] == []
