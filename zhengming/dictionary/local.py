"""The releases kept on this machine: for each dictionary a folder with its log and its release files.

    <store>/<id>/RELEASES.jsonl
    <store>/<id>/<id>-<version>.sqlite

The store is the folder that the environment variable ZHENGMING_STORE names, else the user's data folder of the system.
A release is there when the log has it; a file that no line names is none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from zhengming.dictionary import history
from zhengming.dictionary.history import Entry
from zhengming.dictionary.release import SUFFIX
from zhengming.dictionary.store import Store
from zhengming.errors import DictionaryError
from zhengming.files import CHUNK, atomic_write, locked, make_folder, opened, write_bytes

VARIABLE = "ZHENGMING_STORE"
_NAME = re.compile(r"\w[\w.+-]{0,99}")
_PINNED = re.compile(r"(?P<id>[^@/\\]+)@(?P<version>[^@/\\]+)")


def folder(environment: Mapping[str, str] | None = None) -> Path:
    """The folder of the store."""
    chosen = (os.environ if environment is None else environment).get(VARIABLE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return Path(user_data_path("zhengming", appauthor=False)) / "releases"


def pinned(text: str) -> tuple[str, str] | None:
    """The id and the version that `id@version` names; None for any other text.

    >>> pinned("chd@2.1.0"), pinned("releases/chd-2.1.0.sqlite")
    (('chd', '2.1.0'), None)
    """
    found = _PINNED.fullmatch(text)
    return (found["id"], found["version"]) if found else None


def file_of(log: Path, identity: str, version: str) -> Path:
    """Where the release file stands whose line is in `log`.

    Raises:
        DictionaryError: the id or the version cannot be part of a file's name.
    """
    _check_name(identity)
    _check_name(version)
    return log.parent / f"{identity}-{version}{SUFFIX}"


def log_of(identity: str, store: Path | None = None) -> Path:
    """The log of a dictionary in the store.

    Raises:
        DictionaryError: the id cannot be the name of a folder.
    """
    _check_name(identity)
    return (store or folder()) / identity / history.NAME


def find(identity: str, version: str, store: Path | None = None) -> Path:
    """The release file of this version in the store.

    Raises:
        DictionaryError: the store does not have it, or its log is damaged.
    """
    log = log_of(identity, store)
    entries = history.read(log)
    if history.find(entries, identity, version) is None:
        known = ", ".join(one.version for one in entries) or "none"
        raise DictionaryError(
            f"no release {identity}@{version} on this machine (there: {known})",
            where=str(log.parent),
            remedy="zm dict install takes it in",
        )
    path = file_of(log, identity, version)
    if not path.exists():
        raise DictionaryError("the file of the release is missing", where=str(path), remedy="zm dict install it again")
    return path


def install(file: Path, log: Path, store: Path | None = None) -> tuple[Entry, Path]:
    """Take the release `file` into the store, with the log that names it; gives its entry and its path there.

    Raises:
        DictionaryError: the file is not what the log says, or the log disagrees with the store's own.
        UnwritableFile: the store cannot be written.
    """
    about = Store(file).about
    entry = history.find(entries := history.read(log), about["id"], about["version"])
    if entry is None:
        raise DictionaryError(f"has no line for {about['id']}@{about['version']}", where=str(log))
    if history.measured(file)[0] != entry.file_sha256:
        raise DictionaryError(
            "is not the file that its log names", where=str(file), remedy="zm dict verify tells where"
        )
    target_log = log_of(entry.id, store)
    make_folder(target_log.parent)
    with locked(target_log):
        known = history.read(target_log)
        shorter = min(len(known), len(entries))
        if known[:shorter] != entries[:shorter]:
            raise DictionaryError(
                "tells another history than the log on this machine", where=str(log), remedy="find out which is true"
            )
        path = file_of(target_log, entry.id, entry.version)
        if path.resolve() != file.resolve():
            _copy(file, path)
        if len(entries) > len(known):
            write_bytes(target_log, history.dumped(entries))
    return entry, path


def _check_name(text: str) -> None:
    """An id or a version becomes the name of a file: it must not lead elsewhere."""
    if not _NAME.fullmatch(text):
        raise DictionaryError(
            "the id or version of the dictionary cannot be the name of a file", remedy="letters, digits, . _ and -"
        )


def _copy(file: Path, target: Path) -> None:
    with opened(file) as source, atomic_write(target) as handle:
        while chunk := source.read(CHUNK):
            handle.write(chunk)
