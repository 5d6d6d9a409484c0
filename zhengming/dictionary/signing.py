"""Ed25519 signatures of releases (RFC 8032), with the package `cryptography` (the extra `sign`).

Keys are PEM files, such as `openssl genpkey -algorithm ed25519` makes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zhengming.errors import UsageError
from zhengming.files import opened

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_MISSING = "signatures need the package cryptography"
_INSTALL = "pip install 'zhengming[sign]'"


class Signer:
    """The holder of a private key."""

    def __init__(self, path: Path) -> None:
        """Read the private key in the PEM file at `path`.

        Raises:
            UsageError: it holds no Ed25519 private key without password, or `cryptography` is not installed.
            UnreadableFile: it cannot be read.
        """
        self._private = _private(path)

    @property
    def key(self) -> str:
        """The public key, in hexadecimal."""
        return str(self._private.public_key().public_bytes_raw().hex())

    def sign(self, data: bytes) -> str:
        """The signature of `data`, in hexadecimal."""
        return str(self._private.sign(data).hex())


def public_key(path: Path) -> str:
    """The public key in the PEM file at `path`, in hexadecimal.

    Raises:
        UsageError: it holds no Ed25519 public key, or `cryptography` is not installed.
        UnreadableFile: it cannot be read.
    """
    return str(_public(path).public_bytes_raw().hex())


def is_signed(data: bytes, signature: str, key: str) -> bool:
    """Whether `signature` is that of `data` by the holder of the public key `key`; all but `data` in hexadecimal.

    Raises:
        UsageError: `cryptography` is not installed.
    """
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise UsageError(_MISSING, remedy=_INSTALL) from None
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise UsageError(_MISSING, remedy=_INSTALL) from None
    with opened(path) as handle:
        data = handle.read()
    try:
        found = load_pem_private_key(data, password=None)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise UsageError(
            "is no Ed25519 private key", where=str(path), remedy="make one: openssl genpkey -algorithm ed25519"
        )
    return found


def _public(path: Path) -> Ed25519PublicKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        raise UsageError(_MISSING, remedy=_INSTALL) from None
    with opened(path) as handle:
        data = handle.read()
    try:
        found = load_pem_public_key(data)
    except ValueError:
        found = None
    if not isinstance(found, Ed25519PublicKey):
        raise UsageError("is no Ed25519 public key", where=str(path), remedy="openssl pkey -pubout makes it")
    return found
