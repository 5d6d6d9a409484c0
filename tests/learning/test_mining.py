import csv
from pathlib import Path

import zhengming as zm
from zhengming.learning import material, mining
from zhengming.learning.material import Material


def test_substitutions_are_told_with_counts_and_examples(school_dictionary: zm.Dictionary, reviewed: Path) -> None:
    read = material.read(reviewed, school_dictionary, "school")
    found = mining.substitutions(read, school_dictionary.category("school"))
    pairs = {(one.written, one.meant) for one in found}
    assert {("泉城", "玉泉市"), ("石头镇", "白石市")} & pairs or ("职院", "职业技术学院") in pairs
    assert all(one.count >= 3 and 0 < one.share <= 1 and 1 <= len(one.examples) <= 3 for one in found)
    assert found == sorted(found, key=lambda one: (-one.count, one.written, one.meant))


def test_unknown_stretches_are_in_no_term(school_dictionary: zm.Dictionary, reviewed: Path) -> None:
    read = material.read(reviewed, school_dictionary, "school")
    category = school_dictionary.category("school")
    found = mining.unknown(read, category)
    names = "\n".join(concept.name for concept in category.concepts.values())
    assert {"职院", "附幼"} & {one.text for one in found}
    assert not [one.text for one in found if one.text in names]


def test_nothing_to_mine(school_dictionary: zm.Dictionary) -> None:
    nothing = Material("school", (), ())
    category = school_dictionary.category("school")
    assert mining.substitutions(nothing, category) == mining.unknown(nothing, category) == []


def test_proposals_are_a_table(school_dictionary: zm.Dictionary, reviewed: Path, tmp_path: Path) -> None:
    read = material.read(reviewed, school_dictionary, "school")
    count = mining.write(tmp_path / "p.csv", [read], school_dictionary)
    rows = list(csv.DictReader((tmp_path / "p.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == count > 0
    assert {row["kind"] for row in rows} == {"substitution", "unknown"}
