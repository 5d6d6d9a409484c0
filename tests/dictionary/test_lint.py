"""The linter: every rule's own example triggers exactly that rule, and the bundled dictionary has no findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhengming.dictionary import lint, source
from zhengming.findings import rules

HEAD = "code,name,name_en,parents,status,replaced_by,source,note\n"
TERM_HEAD = "code,term,kind,lang,sender,relation,source,added_by,added_on\n"
RULES = [code for code in rules() if code.startswith("ZM5")]


def made(root: Path, concepts: str = HEAD, terms: str = TERM_HEAD) -> Path:
    """A dictionary folder with one category whose files have these texts."""
    folder = root / "categories" / "thing"
    folder.mkdir(parents=True)
    mapped = "icd10," in concepts.partition("\n")[0]
    (root / "dictionary.toml").write_text('id = "mine"\nversion = "1.0.0"\n', encoding="utf-8")
    manifest = 'title = { zh = "物" }\ncode_pattern = "X[0-9]+"\n' + ('mappings = ["icd10"]\n' if mapped else "")
    (folder / "category.toml").write_text(manifest, encoding="utf-8")
    (folder / "concepts.csv").write_bytes(concepts.encode())
    (folder / "terms.csv").write_bytes(terms.encode())
    return root


@pytest.mark.parametrize("code", RULES)
def test_the_example_of_a_rule_triggers_exactly_that_rule(code: str, tmp_path: Path) -> None:
    example = rules()[code].example
    root = made(tmp_path, str(example.get("concepts", HEAD)), str(example.get("terms", TERM_HEAD)))
    assert {finding.code for finding in lint.check(root)} == {code}


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


def test_the_bundled_dictionary_has_no_findings() -> None:
    assert [f"{one.place} {one.message('en')}" for one in lint.check(source.bundled())] == []
