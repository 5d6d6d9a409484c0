"""Pseudonyms: HMAC-SHA-256 of a value under a secret key (RFC 2104), so that who lacks the key cannot guess back.

A plain hash of an identity number is no protection: all numbers of a county can be hashed in seconds. The key is read
from a file or from the environment and never from the command line, where other users and the shell's history see it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path

from zhengming.errors import UsageError

VARIABLE = "ZM_PSEUDONYM_KEY"
LEAST_BYTES = 16  # of a key: what cannot be tried out
LENGTH = 16  # characters of base32, 80 bits: of a million values, two alike with probability 4e-13


class Key:
    """A secret key, shown nowhere.

    >>> key = Key(b"sixteen bytes or more")
    >>> print(key, key.pseudonym("resident_id", "110101209901011239"))
    Key(…) nofc2ufy73ggicbu
    >>> key.pseudonym("resident_id", "1") == key.pseudonym("identifier", "1")
    False
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        """Keep the secret.

        Raises:
            UsageError: too short to be one.
        """
        if len(secret) < LEAST_BYTES:
            remedy = f"at least {LEAST_BYTES} bytes, such as 32 random ones: head -c 32 /dev/urandom | base64 > key"
            raise UsageError("the key for pseudonyms is too short", remedy=remedy)
        self._secret = secret

    @staticmethod
    def find(file: Path | None, environ: Mapping[str, str]) -> Key | None:
        """The key in `file`, else that in the environment, else None; blanks around it do not count.

        Raises:
            UnreadableFile: the file cannot be read.
            UsageError: too short to be a key.
        """
        from zhengming.files import opened

        if file is not None:
            with opened(file) as handle:
                return Key(handle.read(1 << 16).strip())
        stated = environ.get(VARIABLE, "").strip()
        return Key(stated.encode("utf-8", "surrogateescape")) if stated else None

    def pseudonym(self, kind: str, value: str) -> str:
        """The pseudonym of a value; values of different kinds never share one."""
        digest = hmac.new(self._secret, f"{kind}\0{value}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:LENGTH]

    def __repr__(self) -> str:
        """Nothing of the key."""
        return "Key(…)"

    def __reduce__(self) -> str | tuple[object, ...]:
        """A key is not written anywhere."""
        raise TypeError("a key is not pickled")
