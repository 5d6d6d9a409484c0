"""The linter of a dictionary's source: what would make a code wrong, or a diff unreadable, is found before release.

Findings point at file, line and column of the source. The rules are ZM501 … in `data/rules/`. A check is a function
from a category to findings: `form` looks at cells and files, `concepts` at what concepts say of each other, `terms` at
names. What only the matcher can tell stands in `normalizers/terms/roundtrip`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.lint import concepts, form, terms
from zhengming.dictionary.lint.category import LintedCategory, files
from zhengming.findings import Finding

CHECKS: tuple[Callable[[LintedCategory], Iterator[Finding]], ...] = (
    form.check_cells,
    form.check_words,
    form.check_dates,
    form.check_formatting,
    concepts.check_codes,
    concepts.check_parents,
    concepts.check_orphans,
    concepts.check_retired,
    concepts.check_names,
    concepts.check_sources,
    concepts.check_mappings,
    concepts.check_definitions,
    terms.check_references,
    terms.check_same_terms,
)


def check(root: Path) -> list[Finding]:
    """Every finding in the source folder `root`, in order of file and line.

    Raises:
        DictionaryError: the folder is no dictionary, or a file of it cannot be read at all.
    """
    source.load(root)
    found: list[Finding] = []
    for name in source.category_names(root):
        misnamed = [
            one
            for path, columns in files(root / "categories" / name)
            for one in form.check_columns(root, path, columns)
        ]
        if misnamed:
            found += misnamed
            continue
        category = LintedCategory.read(root, name)
        for one_check in CHECKS:
            found += one_check(category)
    return sorted(found, key=lambda one: (one.place, one.code))


def fix(root: Path) -> list[str]:
    """Bring every CSV file of the source into canonical form; gives the files that changed.

    Raises:
        DictionaryError: a file cannot be read.
        UnwritableFile: a file cannot be written.
    """
    from zhengming.transactions import Changes, update

    def change(changes: Changes) -> list[str]:
        changed = []
        for name in source.category_names(root):
            for path, columns in files(root / "categories" / name):
                at = path.relative_to(root).as_posix()
                before = changes.read(at)
                canonical = form.canonical(source.read_table(path, columns))
                if canonical != before:
                    changes.write(at, canonical)
                    changed.append(at)
        return changed

    return update(root, change)
