"""The log of a dictionary's releases, `RELEASES.jsonl`: append-only, each line bound to the one before it by its hash.

One release is one line of JSON with its keys in the order of `Entry`. `previous` is the SHA-256 of the line before
(empty for the first), `seal` that of the line itself without `seal`: so a change of any byte shows, and where. The
SHA-256 of the last line is the head of the chain. Whoever can write the log can write all of it anew; so the chain
proves something only to those who know its head from elsewhere (see docs/releases.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from zhengming.errors import DictionaryError
from zhengming.files import CHUNK, opened

NAME = "RELEASES.jsonl"
BLOCKS = 64  # parts of a release file with a short hash of their own, which tells where a damage is
BLOCK_DIGITS = 8  # hexadecimal digits of such a hash; it only locates, the SHA-256 of the whole proves
_PAGE = 4096  # bytes; a block is a whole number of pages


@dataclass(frozen=True, slots=True)
class Entry:
    """One release as the log tells of it.

    `sha256` is that of the content (the digest of the source), `file_sha256` that of the release file, whose
    `file_bytes` are hashed in BLOCKS parts in `blocks`. `step` says what kind of step of the version it was. `key` and
    `signature` are empty where it is not signed.
    """

    id: str
    version: str
    date: str
    step: str
    sha256: str
    file_sha256: str
    file_bytes: int
    blocks: str
    concepts: int
    terms: int
    summary: str
    previous: str
    key: str = ""
    signature: str = ""
    seal: str = ""

    @property
    def signed_part(self) -> bytes:
        """What a signature is about: everything but the signature itself and the seal."""
        return _packed(replace(self, signature="", seal=""))

    @property
    def line(self) -> bytes:
        """The line of the log, sealed, without its end."""
        return _packed(self.sealed)

    @property
    def head(self) -> str:
        """The SHA-256 of the line: the head of the chain while it is the last."""
        return hashlib.sha256(self.line).hexdigest()

    @property
    def sealed(self) -> Entry:
        """The entry with its seal."""
        return replace(self, seal=hashlib.sha256(_packed(replace(self, seal=""))).hexdigest())


def _packed(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":")).encode()


def read(path: Path) -> list[Entry]:
    """The entries of a log, oldest first; none where there is no log.

    Raises:
        DictionaryError: a line is not what it was when it was written; the error names the first.
        UnreadableFile: the log cannot be read.
    """
    if not path.exists():
        return []
    with opened(path) as handle:
        return parse(handle.read(), str(path))


def parse(data: bytes, where: str) -> list[Entry]:
    """The entries that the bytes of a log state, oldest first.

    Raises:
        DictionaryError: a line is not what it was when it was written; the error names the first.
    """
    entries: list[Entry] = []
    previous = ""
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):
        entry = _entry(line)
        what = ""
        if entry is None or entry.line != line:
            what = "was changed after it was written"
        elif entry.previous != previous:
            what = "does not follow the line before it"
        if entry is None or what:
            raise DictionaryError(f"line {number} {what}", where=where, remedy="take the log again from where it came")
        entries.append(entry)
        previous = entry.head
    if lines[-1]:
        raise DictionaryError(f"line {len(lines)} is cut off", where=where, remedy="take the log again")
    return entries


def _entry(line: bytes) -> Entry | None:
    """The entry that a line states; None if it states none."""
    try:
        data = json.loads(line)
        entry = Entry(**data)
    except (ValueError, TypeError):
        return None
    numbers = ("file_bytes", "concepts", "terms")
    sound = all(isinstance(getattr(entry, one.name), int if one.name in numbers else str) for one in fields(entry))
    return entry if sound else None


def dumped(entries: Sequence[Entry]) -> bytes:
    """The bytes of a log with these entries."""
    return b"".join(entry.line + b"\n" for entry in entries)


def find(entries: Sequence[Entry], identity: str, version: str) -> Entry | None:
    """The entry of this version."""
    return next((one for one in entries if (one.id, one.version) == (identity, version)), None)


def block_size(size: int) -> int:
    """How many bytes of a file of `size` bytes a block has: whole pages.

    >>> block_size(1), block_size(64 * 4096), block_size(64 * 4096 + 1)
    (4096, 4096, 8192)
    """
    return max(1, -(-size // (BLOCKS * _PAGE))) * _PAGE


def measured(path: Path) -> tuple[str, int, str]:
    """The SHA-256 of a file, its size in bytes, and the short hashes of its blocks.

    Raises:
        UnreadableFile: it cannot be read.
    """
    whole = hashlib.sha256()
    blocks: list[str] = []
    with opened(path) as handle:
        size = handle.seek(0, 2)
        handle.seek(0)
        for _start in range(0, size, block_size(size)):
            block = hashlib.sha256()
            left = block_size(size)
            while left and (chunk := handle.read(min(CHUNK, left))):
                whole.update(chunk)
                block.update(chunk)
                left -= len(chunk)
            blocks.append(block.hexdigest()[:BLOCK_DIGITS])
    return whole.hexdigest(), size, "".join(blocks)
