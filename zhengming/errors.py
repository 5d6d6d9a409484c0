"""The tree of errors, each with what happened, where, and what to do next.

    ZhengmingError            everything we raise on purpose
    ├── UsageError            a wrong option, name or configuration
    ├── DictionaryError       a dictionary that cannot be opened, or a source that is malformed
    │   └── UnknownCode       a category or code the dictionary does not have
    ├── SpecError             a table spec that is malformed or unknown
    └── FileError             a file we were given or asked to write
        ├── UnreadableFile    missing, no permission, damaged, of another kind, too large
        ├── EncryptedFile     protected by a password
        ├── NoTable           readable, but no table could be located in it
        └── UnwritableFile    the target cannot be written

No message ever quotes the value of a cell. The command line prints `str(error)` as one line and exits with code 2.
"""

from __future__ import annotations


class ZhengmingError(Exception):
    """What went wrong (`what`), where (`where`), and what to do about it (`remedy`)."""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        """Keep the three parts apart, so that a caller can show them its own way."""
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what, where, remedy)

    def __str__(self) -> str:
        """One line: where: what; remedy."""
        line = f"{self.where}: {self.what}" if self.where else self.what
        return f"{line} — {self.remedy}" if self.remedy else line


class UsageError(ZhengmingError):
    """A wrong option, name or configuration."""


class DictionaryError(ZhengmingError):
    """A dictionary that cannot be opened, or a source that is malformed."""


class UnknownCode(DictionaryError):
    """A category or code the dictionary does not have."""


class SpecError(ZhengmingError):
    """A table spec that is malformed or unknown."""


class FileError(ZhengmingError):
    """A file we were given or asked to write."""


class UnreadableFile(FileError):
    """A file that is missing, damaged, of another kind, too large, or not ours to read."""


class EncryptedFile(FileError):
    """A file protected by a password."""


class NoTable(FileError):
    """A readable file in which no table could be located."""


class UnwritableFile(FileError):
    """A target that cannot be written."""
