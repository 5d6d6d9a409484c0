"""Large categories that stand in no release, compiled once: a source folder or a code list is then as fast as one.

A category of LARGE rows and more is not read into memory. It is compiled to a release of its own in the cache folder
of this machine, and used from there, with its search index beside it:

    <cache>/<where it came from, hashed>-<its bytes, hashed>.sqlite

So an edited source is compiled again, which the logger `zhengming` tells as a warning. Of each origin the two newest
are kept; all may be deleted at any time. The cache is the folder that the environment variable ZHENGMING_CACHE names,
else the user's cache folder of the system; where it cannot be written, a folder that goes with the process.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from zhengming.dictionary import source
from zhengming.errors import DictionaryError, UnwritableFile
from zhengming.files import CHUNK, locked, make_folder

if TYPE_CHECKING:
    from zhengming.dictionary.model import Category
    from zhengming.dictionary.stored_category import StoredCategory

VARIABLE = "ZHENGMING_CACHE"
LARGE = 50_000  # rows from which a category is compiled; fewer are in memory within a second
_KEPT = 2  # compiled states of one origin: a run that is under way may still read the one before
_NAME = re.compile(r"\w[\w .+-]{0,99}")  # what can be the name of a folder

_log = logging.getLogger("zhengming")


def folder(environment: Mapping[str, str] | None = None) -> Path:
    """The cache folder of this machine."""
    chosen = (os.environ if environment is None else environment).get(VARIABLE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return Path(user_cache_path("zhengming", appauthor=False)) / "compiled"


def many_rows(paths: Iterable[Path]) -> bool:
    """Whether the files have so many lines together that they are better compiled; none of them is kept in memory."""
    existing = [path for path in paths if path.is_file()]
    if sum(path.stat().st_size for path in existing) < 2 * LARGE:  # a code and a line end at least
        return False
    lines = 0
    for path in existing:
        for chunk in _chunks(path):
            lines += chunk.count(b"\n")
            if lines >= LARGE:
                return True
    return False


def category_of_folder(root: Path, name: str, read: Callable[[], Category]) -> Category:
    """The category `name` of the source folder `root`: compiled if it is large, else what `read` gives."""
    here = root / "categories" / name
    if not many_rows([here / "concepts.csv", here / "terms.csv"]):
        return read()
    files = sorted(path for path in here.glob("*") if path.suffix in (".csv", ".toml"))

    def as_it_is(made: Path) -> None:
        for path in files:
            shutil.copyfile(path, made / path.name)

    def in_canonical_form(made: Path) -> None:
        about = source.read_manifest(here)
        columns = {"concepts.csv": source.concept_columns(about), "terms.csv": source.TERM_COLUMNS}
        for path in files:
            text = source.read_text(path)
            if path.name in columns:
                listed = columns[path.name]
                text = source.dump_table(listed, source.parse_table(text, listed, path))
            (made / path.name).write_text(text, encoding="utf-8", newline="")

    ways = (as_it_is, in_canonical_form)
    return _compiled(name, f"{root.resolve()}\0{name}", files, "", ways) or read()


def category_of_list(path: Path, category: str, facts: str, read: Callable[[], Category]) -> Category:
    """The category that a large code list makes, compiled; what `read` gives where that cannot be.

    `facts` tells all that it depends on beside the file.
    """
    if not _NAME.fullmatch(category):
        return read()

    def written(made: Path) -> None:
        whole = read()
        (made / "category.toml").write_text(_manifest(whole), encoding="utf-8", newline="")
        head = (*source.CONCEPT_HEAD, *source.CONCEPT_TAIL)
        concepts = (
            (one.code, one.name, one.name_en, ";".join(one.parents), one.status, "", one.source, "")
            for one in whole.concepts.values()
        )
        terms = (
            (code, term.text, term.kind, term.lang, term.sender, term.relation, term.source, "", "")
            for code, one in whole.concepts.items()
            for term in one.terms
            if term.kind != "preferred"
        )
        for file, columns, rows in (("concepts.csv", head, concepts), ("terms.csv", source.TERM_COLUMNS, terms)):
            (made / file).write_text(source.dump_table(columns, rows), encoding="utf-8", newline="")

    return _compiled(category, f"{path.resolve()}\0{category}", [path], facts, (written,)) or read()


def _manifest(category: Category) -> str:
    policy = category.policy
    titles = "".join(f"{lang} = {json.dumps(title, ensure_ascii=False)}\n" for lang, title in category.titles.items())
    levels = f"accept = {policy.accept}\nreview = {policy.review}\n"
    return f'[title]\n{titles}\n[matching]\ncell = "{policy.cell}"\n{levels}'


def _compiled(
    name: str, origin: str, files: list[Path], facts: str, ways: Sequence[Callable[[Path], None]]
) -> StoredCategory | None:
    """The category of the release that stands in the cache for these files, compiled first if it is not there."""
    from zhengming.dictionary import store

    head = hashlib.sha256(origin.encode()).hexdigest()[:16]
    facts = "\0".join((name, facts))
    state = _hashed(files, facts)
    file = f"{head}-{state[:32]}.sqlite"
    for place in (folder, _passing):
        path = place() / file
        try:
            found = store.load(path) if path.exists() else None
        except DictionaryError:
            found = None  # damaged: compiled again
        try:
            if found is None:
                make_folder(path.parent)
                with locked(path.with_name(head)):
                    _log.warning("compiling %s, because it is large; this is done once for each state of it", name)
                    _compile(name, path, ways, lambda: _hashed(files, facts) == state)
                    _forget(head, path)
                found = store.load(path)
            return found.category(name)  # type: ignore[return-value]  # of a release they are stored
        except (UnwritableFile, OSError) as error:
            _log.warning("the cache of compiled categories cannot be used: %s", error)
        except DictionaryError as error:
            _log.warning("%s is used uncompiled, which is slow: %s", name, error)
            break
    return None


def _compile(name: str, path: Path, ways: Sequence[Callable[[Path], None]], unchanged: Callable[[], bool]) -> None:
    """Compile what the first of some ways to write a source folder makes that can be compiled.

    Raises:
        DictionaryError: none of them can, or the source was changed meanwhile.
        UnwritableFile: the disk is full, or the folder read-only.
    """
    from zhengming.dictionary import release

    problem: DictionaryError | None = None
    for written in ways:
        with TemporaryDirectory(dir=path.parent) as made:
            root = Path(made)
            (root / "categories" / name).mkdir(parents=True)
            (root / "dictionary.toml").write_text('id = "compiled"\nversion = "0"\n', encoding="utf-8")
            try:
                written(root / "categories" / name)
                _check(unchanged())
                release.build(root, path)
            except DictionaryError as error:
                problem = error
            else:
                return
    if problem:
        raise problem


def _check(unchanged: bool) -> None:
    if not unchanged:
        raise DictionaryError("was changed while it was read", remedy="try again")


def _forget(head: str, newest: Path) -> None:
    """Delete what an origin was before, but for the newest of it."""
    there = newest.parent
    others = sorted(there.glob(f"{head}-*.sqlite"), key=lambda one: (one == newest, one.stat().st_mtime_ns, one.name))
    for old in others[:-_KEPT]:
        for one in [old, *there.glob(f"{old.name}.*")]:
            one.unlink(missing_ok=True)


def _hashed(files: Iterable[Path], facts: str) -> str:
    whole = hashlib.sha256(facts.encode())
    for path in files:
        whole.update(f"\0{path.name}\0{path.stat().st_size}\0".encode())
        for chunk in _chunks(path):
            whole.update(chunk)
    return whole.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(CHUNK):
                yield chunk
    except OSError as error:
        raise DictionaryError("cannot be read", where=str(path), remedy=error.strerror or "") from None


@cache
def _passing() -> Path:
    """A folder that goes with the process."""
    made = TemporaryDirectory(prefix="zhengming-")
    _folders.append(made)
    return Path(made.name)


_folders: list[TemporaryDirectory[str]] = []  # kept until the process ends
