"""A memory of results on the disk: a text that was read once need not be read again until something changes.

One SQLite file for each set of facts that a result depends on: tool version, content of the dictionary, category,
sender, levels, specialities, decisions. Other facts, another file; old files can be deleted at any time.

What is kept says nothing of the cells: a text is known by its SHA-256, and a mention by where it stands in the text,
never by its words. A result that could not be kept so is not kept.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from zhengming import __version__
from zhengming.errors import UnwritableFile
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.terms.mention import Candidate, Mention
from zhengming.results import made_folder

FORMAT = 1
_AT_ONCE = 500  # texts asked for in one query
_CANDIDATES = Mention._fields.index("candidates")


class Memory:
    """Results of matchers, in a folder."""

    def __init__(self, folder: str | Path) -> None:
        """Use `folder`, which is made when something is kept."""
        self._folder = Path(folder)

    def recall(self, matcher: Matcher, texts: Iterable[str]) -> int:
        """Tell the matcher what is known of the texts; gives how many it was."""
        hashes = {_hash(text): text for text in texts}
        listed = list(hashes)
        count = 0
        if not self._path(matcher).is_file():
            return 0
        with self._opened(matcher) as connection:
            for first in range(0, len(listed), _AT_ONCE):
                some = listed[first : first + _AT_ONCE]
                marks = ",".join("?" * len(some))
                query = f"SELECT text, mentions FROM result WHERE text IN ({marks})"
                known = {
                    hashes[text]: _unpacked(mentions, hashes[text])
                    for text, mentions in connection.execute(query, some)
                }
                matcher.remember(known)
                count += len(known)
        return count

    def keep(self, matcher: Matcher, texts: Iterable[str]) -> None:
        """Keep what the matcher knows of the texts.

        Raises:
            UnwritableFile: the folder cannot be written.
        """
        made_folder(self._folder)
        rows = [
            (_hash(text), _packed(mentions))
            for text, mentions in matcher.known(texts).items()
            if all(one.text == text[one.start : one.end] for one in mentions)
        ]
        with self._opened(matcher) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS result (text BLOB PRIMARY KEY, mentions TEXT) WITHOUT ROWID")
            connection.executemany("INSERT OR IGNORE INTO result VALUES (?, ?)", rows)

    def _path(self, matcher: Matcher) -> Path:
        facts = json.dumps([FORMAT, __version__, *matcher.facts], ensure_ascii=False).encode()
        return self._folder / f"{matcher.category.name}-{hashlib.sha256(facts).hexdigest()[:32]}.sqlite"

    @contextmanager
    def _opened(self, matcher: Matcher) -> Iterator[sqlite3.Connection]:
        path = self._path(matcher)
        try:
            with closing(sqlite3.connect(path, timeout=60)) as connection, connection:
                yield connection
        except sqlite3.Error:
            raise UnwritableFile(
                "the memory of results cannot be used", where=str(path), remedy="delete the file, or check the disk"
            ) from None


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _packed(mentions: Iterable[Mention]) -> str:
    listed = [
        [*one[1:_CANDIDATES], [list(other) for other in one.candidates], *one[_CANDIDATES + 1 :]] for one in mentions
    ]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))


def _unpacked(packed: str, text: str) -> tuple[Mention, ...]:
    found = []
    for values in json.loads(packed):
        candidates = tuple(Candidate._make(one) for one in values[_CANDIDATES - 1])
        rest = values[_CANDIDATES:]
        found.append(Mention._make((text[values[0] : values[1]], *values[: _CANDIDATES - 1], candidates, *rest)))
    return tuple(found)
