"""The tree of errors, each with what happened, where, and what to do next.

    ZhengmingError            everything we raise on purpose
    ├── UsageError            a wrong option, name or configuration
    ├── DictionaryError       a dictionary that cannot be opened, or a source that is malformed
    │   └── UnknownCode       a category or code the dictionary does not have
    ├── SpecError             a table spec that is malformed or unknown
    ├── InternalError         a fault of the program itself
    └── FileError             a file we were given or asked to write
        ├── UnreadableFile    missing, no permission, damaged
        │   ├── EmptyFile         nothing in it
        │   ├── WrongKind         a picture, a document, an archive: no table
        │   ├── TooLarge          over one of the limits of reading
        │   └── UndecodableText   text in no encoding we know
        ├── EncryptedFile     protected by a password
        ├── NoTable           readable, but no table could be located in it
        ├── NotAReview        no review workbook, or one that can no longer be applied
        └── UnwritableFile    the target cannot be written

No message ever quotes the value of a cell. The command line prints `str(error)` as one line and exits with code 2.
An error of a file carries the `code` of the rule it breaks, so that it can be told as a finding of that file.
"""

from __future__ import annotations

from collections.abc import Callable

TRACEBACK = "ZM_TRACEBACK"  # set in the environment, an unforeseen exception shows its traceback


class ZhengmingError(Exception):
    """What went wrong (`what`), where (`where`), and what to do about it (`remedy`); `code` names the rule, if any."""

    code = ""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        """Keep the three parts apart, so that a caller can show them its own way."""
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what, where, remedy)

    def __str__(self) -> str:
        """One line: where: code what; remedy."""
        said = f"{self.code} {self.what}" if self.code else self.what
        line = f"{self.where}: {said}" if self.where else said
        return f"{line} — {self.remedy}" if self.remedy else line

    def __reduce__(self) -> tuple[Callable[..., ZhengmingError], tuple[object, ...]]:
        """Pickle for another process: `where` and `remedy` are given by name only."""
        return _again, (type(self), self.what, self.where, self.remedy)


def _again(kind: type[ZhengmingError], what: str, where: str, remedy: str) -> ZhengmingError:
    return kind(what, where=where, remedy=remedy)


class InternalError(ZhengmingError):
    """A fault of the program itself; it names the place in the code and never says what was being worked on."""

    @classmethod
    def of(cls, error: BaseException, *, where: str = "") -> InternalError:
        """What may be told of an exception nobody foresaw: its kind and its place, for its own words may quote a cell.

        >>> try:
        ...     int("张三")
        ... except ValueError as error:
        ...     print(InternalError.of(error, where="a.xlsx").what)
        internal error: ValueError at <doctest zhengming.errors.InternalError.of[0]>:2
        """
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        at = f" at {_from_package(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}" if place else ""
        remedy = f"please report it; {TRACEBACK}=1 shows the traceback, which may quote cells"
        return cls(f"internal error: {type(error).__name__}{at}", where=where, remedy=remedy)


def _from_package(file: str) -> str:
    """The end of a path of source code that says where it is without saying where it is installed."""
    parts = file.replace("\\", "/").split("/")
    for package in ("zhengming", "site-packages"):
        if package in parts[:-1]:
            return "/".join(parts[len(parts) - parts[::-1].index(package) - (package == "zhengming") :])
    return parts[-1]


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

    code = "ZM001"


class EmptyFile(UnreadableFile):
    """A file with nothing in it."""

    code = "ZM003"


class WrongKind(UnreadableFile):
    """A file that is no table, whatever its name says."""

    code = "ZM004"


class TooLarge(UnreadableFile):
    """A file that asks for more of the machine than the limits of reading allow."""

    code = "ZM005"


class UndecodableText(UnreadableFile):
    """A text in no encoding we know."""

    code = "ZM006"


class EncryptedFile(FileError):
    """A file protected by a password."""

    code = "ZM002"


class NoTable(FileError):
    """A readable file in which no table could be located."""

    code = "ZM101"


class UnwritableFile(FileError):
    """A target that cannot be written."""


class NotAReview(FileError):
    """A workbook that is no review workbook, or one that can no longer be applied: stale, foreign, tampered with."""
