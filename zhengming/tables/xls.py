"""Reading xls ([MS-XLS], Excel 97-2003) with calamine, in the child process of `isolation.py`.

What calamine does not tell stays unknown here: error cells and uncalculated formulas read as empty.
"""

from __future__ import annotations

from zhengming.errors import EncryptedFile
from zhengming.findings import Place
from zhengming.tables.contents import Contents, Source, by_column, lost_addresses
from zhengming.tables.engines import read_calamine
from zhengming.tables.model import Notice

ISOLATED = True
ENGINES = ("calamine",)


def read_contents(source: Source) -> Contents:
    """The sheets of one workbook.

    Raises:
        EncryptedFile: protected by a password.
    """
    import python_calamine as calamine

    try:
        sheets = tuple(read_calamine(source.path))
    except calamine.PasswordError:
        raise EncryptedFile(
            "the file is protected by a password", remedy="open it in Excel, remove the password, save it"
        ) from None
    notices = [Notice("hidden-sheet", Place(source.file, sheet.name)) for sheet in sheets if sheet.hidden]
    for sheet in sheets:
        notices += by_column("lost-digits", Place(source.file, sheet.name), lost_addresses(sheet.rows))
    return Contents(sheets, tuple(notices), details={"reader": "calamine"})
