"""Codes of other systems: each names a source, and each stands in the published list when the lists are at hand.

The lists are not part of the project. Whoever has them names their folder in ZHENGMING_REFERENCE: files `*.tsv` or
`*.csv` whose first column holds the codes.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from zhengming.dictionary.model import Dictionary

FOLDERS = [Path(one) for one in os.environ.get("ZHENGMING_REFERENCE", "").split(os.pathsep) if one]


@cache
def listed() -> frozenset[str]:
    """Every code of the lists, without its point, and each of its beginnings from three characters on."""
    codes: set[str] = set()
    for folder in FOLDERS:
        for path in sorted([*folder.glob("*.tsv"), *folder.glob("*.csv")]):
            for line in path.read_text(encoding="utf-8").splitlines()[1:]:
                code = line.replace(",", "\t").partition("\t")[0].replace(".", "").strip('"')
                codes.update(code[:size] for size in range(3, len(code) + 1))
    return frozenset(codes)


def test_every_mapping_names_a_source() -> None:
    for category in Dictionary.open():
        for concept in category.concepts.values():
            if any(concept.mappings.values()):
                assert concept.source, concept.code


@pytest.mark.skipif(not FOLDERS, reason="ZHENGMING_REFERENCE names no folder of code lists")
@pytest.mark.parametrize("system", ["icd10", "icd10_bj", "icd10_yb"])
def test_every_icd_10_code_stands_in_a_list(system: str) -> None:
    concepts = Dictionary.open().category("disease").concepts.values()
    unknown = {
        (concept.code, code)
        for concept in concepts
        for code in concept.mappings[system]
        if code.replace(".", "") not in listed()
    }
    assert unknown == set()
