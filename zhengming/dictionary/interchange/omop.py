"""OMOP `source_to_concept_map`: a category's codes onto the codes of vocabularies that OMOP has.

One CSV with the columns of the common data model 5.4. OMOP's own numbers of concepts are no facts of ours: they are 0
(no matching concept) until the reader's copy of the vocabularies fills them in by `target_vocabulary_id` and the code
in `target_concept_code`, a column added for that. Source: https://ohdsi.github.io/CommonDataModel/cdm54.html.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from zhengming.dictionary.interchange.systems import system
from zhengming.dictionary.model import Category, Dictionary
from zhengming.files import write_bytes

COLUMNS = (
    "source_code",
    "source_concept_id",
    "source_vocabulary_id",
    "source_code_description",
    "target_concept_id",
    "target_vocabulary_id",
    "valid_start_date",
    "valid_end_date",
    "invalid_reason",
    "target_concept_code",
)
_FIRST_DAY, _LAST_DAY = "1970-01-01", "2099-12-31"  # OMOP's own words for "always"
_LONGEST = 255  # characters of a description in the common data model


def dump(dictionary: Dictionary, folder: Path, categories: Sequence[str]) -> list[Path]:
    """Write `source_to_concept_map.csv`: a row for each concept and each of its codes in a vocabulary that OMOP has."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name in categories:
        writer.writerows(_rows(dictionary, dictionary.category(name)))
    path = folder / "source_to_concept_map.csv"
    write_bytes(path, out.getvalue().encode())
    return [path]


def _rows(dictionary: Dictionary, category: Category) -> Iterator[tuple[str, ...]]:
    vocabulary = f"{dictionary.id}_{category.name}"[:20]
    known = [(name, system(name).omop_vocabulary) for name in category.mappings if system(name).omop_vocabulary]
    for code, concept in sorted(category.concepts.items()):
        invalid = "" if concept.status == "active" else "U" if concept.replaced_by else "D"
        start = (code, "0", vocabulary, concept.name[:_LONGEST], "0")
        pairs = [(target, one) for name, target in known for one in concept.mappings.get(name, ())]
        for target, target_code in pairs or [("None", "")]:
            yield (*start, target, _FIRST_DAY, _LAST_DAY, invalid, target_code)
