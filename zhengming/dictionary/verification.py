"""Proof that a release, its log and its source agree; where they do not, the first place at which they do not.

The chain of the log is checked from its first line. A release is compared with its line: the SHA-256 of the file, and
by the short hashes of its blocks the part that differs. Its facts are then written out as the files of a source again
and hashed, and compared with the source if one is given. Without a log a release can only be held against itself: the
hashes it carries, and the bytes that its facts give when they are compiled again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from zhengming.dictionary import history, local, release, source
from zhengming.dictionary.history import Entry
from zhengming.dictionary.signing import is_signed
from zhengming.dictionary.store import Store
from zhengming.errors import DictionaryError, ZhengmingError
from zhengming.files import write_bytes

_COMPARED = 1 << 16  # bytes compared at a time


@dataclass
class Verdict:
    """What was looked at, and what of it does not agree; `entries` is the log, as far as it can be read."""

    checked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all agrees."""
        return not self.wrong

    @property
    def head(self) -> str:
        """The head of the chain; empty where there is no log."""
        return self.entries[-1].head if self.entries else ""


def verify(target: Path, *, log: Path | None = None, root: Path | None = None, keys: Sequence[str] = ()) -> Verdict:
    """Check a release file, or a log (or the folder of one) with the release files beside it.

    `log` is the log of a release file, if it is not beside it; `root` a source folder that the release, or else the
    last of the log, must agree with; `keys` the public keys (hexadecimal) one of which must have signed every line.

    Raises:
        DictionaryError: there is nothing to check.
    """
    found = Verdict()
    if not target.exists():
        raise DictionaryError("no such release or log", where=str(target), remedy="check the path")
    if target.is_dir() or target.name == history.NAME:
        listed = target / history.NAME if target.is_dir() else target
        if not listed.exists():
            raise DictionaryError("has no log of releases", where=str(target), remedy="zm dict release begins one")
        _check_log(found, listed, keys)
        for entry in found.entries:
            file = local.file_of(listed, entry.id, entry.version)
            if file.exists():
                _check_file(found, file, entry)
        if root is not None and found.entries:
            _check_digest(found, root, found.entries[-1])
        return found
    beside = log or target.parent / history.NAME
    if log is not None or beside.exists():
        _check_log(found, beside, keys)
    elif keys:
        found.wrong.append(f"{target}: no log, so no signatures")
    _check_release(found, target, beside)
    if root is not None:
        _check_source(found, target, root)
    return found


def unpack(store: Store, folder: Path) -> None:
    """Write the facts of a release as the files of a source into `folder`.

    Raises:
        DictionaryError: the release is damaged.
        UnwritableFile: the folder cannot be written.
    """
    from zhengming.files import make_folder

    for name, text in store.files():
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise store.damaged("a file has a name outside the dictionary")
        make_folder((folder / name).parent)
        write_bytes(folder / name, text.encode())


def _check_log(found: Verdict, log: Path, keys: Sequence[str]) -> None:
    found.checked.append(str(log))
    try:
        found.entries = history.read(log)
    except ZhengmingError as error:
        found.wrong.append(f"{log}: {error.what}")
        return
    for number, entry in enumerate(found.entries, start=1):
        if keys and not (entry.key in keys and is_signed(entry.signed_part, entry.signature, entry.key)):
            found.wrong.append(
                f"{log}: line {number} ({entry.id}@{entry.version}) is not signed with a key that was given"
            )


def _check_release(found: Verdict, path: Path, log: Path) -> None:
    try:
        about = Store(path).about
    except ZhengmingError as error:
        about = {}
        found.wrong.append(f"{path}: {error.what}")
    entry = history.find(found.entries, about.get("id", ""), about.get("version", ""))
    if entry is None and not about:
        # The name still says which release it should be.
        entry = next((one for one in found.entries if local.file_of(log, one.id, one.version).name == path.name), None)
    if entry is not None:
        _check_file(found, path, entry)
    elif found.entries:
        found.wrong.append(f"{log}: no line names {about.get('id', path.name)}@{about.get('version', '')}")
    elif about and not found.wrong:
        found.checked.append(str(path))
        _check_itself(found, path)


def _check_file(found: Verdict, path: Path, entry: Entry) -> None:
    """The release file against its line of the log, then its facts."""
    found.checked.append(str(path))
    whole, size, blocks = history.measured(path)
    if whole != entry.file_sha256:
        found.wrong.append(f"{path}: {_difference(size, blocks, entry)}")
        return
    try:
        store = Store(path)
        same = (store.about["id"], store.about["version"], source.digest_of(store.files())) == (
            entry.id,
            entry.version,
            entry.sha256,
        )
    except ZhengmingError as error:
        found.wrong.append(f"{path}: {error.what}")
        return
    if not same:
        found.wrong.append(f"{path}: its facts do not have the hash that the log names for {entry.version}")


def _difference(size: int, blocks: str, entry: Entry) -> str:
    if size != entry.file_bytes:
        return f"has {size} bytes; the log says {entry.file_bytes}"
    step, length = history.block_size(size), history.BLOCK_DIGITS
    for number in range(0, len(blocks), length):
        if blocks[number : number + length] != entry.blocks[number : number + length]:
            start = number // length * step
            return f"differs from the log within bytes {start}–{min(start + step, size) - 1}"
    return "differs from the log"


def _check_itself(found: Verdict, path: Path) -> None:
    """Without a log: the hashes that the release carries, then the bytes that its facts give."""
    try:
        store = Store(path)
        for name, text, sha256 in store.hashed_files():
            if source.text_hash(text) != sha256:
                found.wrong.append(f"{path}: {name} in it does not have the hash that it carries")
                return
        if source.digest_of(store.files()) != store.about["sha256"]:
            found.wrong.append(f"{path}: its facts do not have the hash that it carries")
            return
        with TemporaryDirectory(prefix="zm-") as place:
            unpack(store, Path(place) / "source")
            release.build(Path(place) / "source", Path(place) / "again")
            at = _first_difference(path, Path(place) / "again")
    except ZhengmingError as error:
        found.wrong.append(f"{path}: {error.what}")
        return
    if at is not None:
        found.wrong.append(f"{path}: byte {at} is not what its facts give")


def _first_difference(one: Path, other: Path) -> int | None:
    at = 0
    with one.open("rb") as left, other.open("rb") as right:
        while True:
            a, b = left.read(_COMPARED), right.read(_COMPARED)
            if a != b:
                return at + next((i for i, pair in enumerate(zip_longest(a, b)) if pair[0] != pair[1]), 0)
            if not a:
                return None
            at += len(a)


def _check_source(found: Verdict, path: Path, root: Path) -> None:
    """The files of the source against those that the facts of the release give."""
    found.checked.append(str(root))
    try:
        inside = dict(Store(path).files())
        outside = {one.relative_to(root).as_posix(): source.read_text(one) for one in source.source_files(root)}
    except ZhengmingError as error:
        found.wrong.append(str(error))
        return
    for name in sorted(inside.keys() | outside.keys()):
        if name not in inside or name not in outside:
            found.wrong.append(f"{root / name}: is only in the {'source' if name in outside else 'release'}")
        elif inside[name] != outside[name]:
            lines = zip_longest(inside[name].split("\n"), outside[name].split("\n"))
            line = next(number for number, (a, b) in enumerate(lines, start=1) if a != b)
            found.wrong.append(f"{root / name}: line {line} is not that of the release")


def _check_digest(found: Verdict, root: Path, entry: Entry) -> None:
    found.checked.append(str(root))
    if source.load(root).sha256 != entry.sha256:
        found.wrong.append(f"{root}: is not the source of {entry.id}@{entry.version}; give the release to see where")
