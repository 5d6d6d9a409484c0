"""A model's file: one line with its kind and hash, then a zip of JSON, numpy arrays and the trees' own text.

Never a pickle: reading a model runs no code of it. The same model is the same bytes: members stand in order, without a
clock. The hash covers every byte after the first line, so that a damaged file is refused before anything is parsed.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zhengming.errors import UnreadableFile
from zhengming.files import opened, write_bytes

FORMAT = 1
_MAGIC = b"zhengming-model "
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MOST_BYTES = 1 << 30  # of a file that is opened as a model; the largest made in tests: 60 MB


def pack(facts: Mapping[str, Any], arrays: Mapping[str, Any], texts: Mapping[str, str]) -> bytes:
    """The bytes of a model's file."""
    members = {"model.json": _json(facts)}
    members |= {f"{name}.txt": text.encode() for name, text in texts.items()}
    for name, array in arrays.items():
        held = io.BytesIO()
        np.save(held, np.ascontiguousarray(array), allow_pickle=False)
        members[f"{name}.npy"] = held.getvalue()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), members[name], zipfile.ZIP_DEFLATED)
    body = packed.getvalue()
    return _MAGIC + f"{FORMAT} {hashlib.sha256(body).hexdigest()}\n".encode() + body


def unpack(data: bytes, where: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """What `pack` put in: facts, arrays, texts.

    Raises:
        UnreadableFile: it is no model, one of a newer kind, or damaged.
    """
    head, _newline, body = data.partition(b"\n")
    parts = head.removeprefix(_MAGIC).split(b" ")
    if not head.startswith(_MAGIC) or len(parts) != 2:
        raise UnreadableFile("is no model", where=where, remedy="`zm learn` makes one")
    if parts[0] != str(FORMAT).encode():
        raise UnreadableFile("is a model of another kind", where=where, remedy="train it again with this version")
    if hashlib.sha256(body).hexdigest().encode() != parts[1]:
        raise UnreadableFile("is damaged: its hash is not the one it names", where=where, remedy="copy it again")
    arrays: dict[str, Any] = {}
    texts: dict[str, str] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            facts = json.loads(archive.read("model.json"))
            for name in archive.namelist():
                stem, _dot, kind = name.rpartition(".")
                if kind == "npy":
                    arrays[stem] = np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
                elif kind == "txt":
                    texts[stem] = archive.read(name).decode()
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError):
        raise UnreadableFile("is no model", where=where, remedy="`zm learn` makes one") from None
    return facts, arrays, texts


def sha256(data: bytes) -> str:
    """The SHA-256 of a model's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write(path: str | Path, data: bytes) -> None:
    """Write a model's bytes, whole or not at all.

    Raises:
        UnwritableFile: it cannot be written.
    """
    write_bytes(path, data)


def read(path: str | Path) -> bytes:
    """The bytes of a model's file.

    Raises:
        UnreadableFile: it is missing, cannot be read, or is far too large for a model.
    """
    with opened(path) as handle:
        data = handle.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise UnreadableFile("is too large for a model", where=str(path), remedy="name a model's file")
    return data


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def small(weights: Any) -> tuple[Any, Any]:
    """Weights in one byte each, with the scale of each column: an eighth of the size, and no measured loss."""
    scale = np.maximum(np.abs(weights).max(axis=0, initial=0), 1e-12).astype(np.float32) / 127
    return np.round(weights / scale).astype(np.int8), scale


def large(kept: Any, scale: Any) -> Any:
    """The weights again."""
    return kept.astype(np.float32) * scale
