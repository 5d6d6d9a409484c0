"""Reading web pages and XML spreadsheets, under whatever name they come: HTML, saved web archives, XML 2003, flat ODS.

Well-formed XML is read as such; what only looks like it is read with the patience of a browser.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from typing import TypeVar

from zhengming.errors import UndecodableText, WrongKind
from zhengming.files import opened
from zhengming.findings import Place
from zhengming.tables.contents import Contents, Source
from zhengming.tables.encodings import decode, is_text, mostly
from zhengming.tables.grid import Grid, told
from zhengming.tables.html_grid import HtmlGrid
from zhengming.tables.limits import Limits
from zhengming.tables.model import Notice
from zhengming.tables.ods import OdsSheets
from zhengming.tables.spreadsheetml import SpreadsheetXml
from zhengming.tables.xml_events import Malformed, feed, feed_patiently

ISOLATED = True
ENGINES = ("markup",)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
_DECLARED_WITHIN = 4096  # bytes; a page tells its encoding at its beginning
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252"}
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_AS_XLSX = "open it in Excel or WPS and save it as .xlsx"
Following = TypeVar("Following", SpreadsheetXml, OdsSheets)
_KIND = re.compile(r"<(?:\w+:)?(workbook|document|html|table)[\s>/]", re.IGNORECASE)


def read_contents(source: Source) -> Contents:
    """The sheets of one document: of a web page a single one without a name.

    Raises:
        WrongKind: it holds no table.
        UndecodableText: it is text in no encoding we know.
    """
    with opened(source.path) as handle:
        data = handle.read(source.limits.text_bytes)
    data = _page_of_archive(data)
    text, encoding, rival = _decoded(data)
    kind = _KIND.search(text[:65_536])
    name = kind[1].lower() if kind else ""
    if name == "workbook":
        grids, date1904 = _workbook(text, source.limits)
    elif name == "document" and "office:spreadsheet" in text:
        grids, date1904 = _flat_ods(text, source.limits)
    else:
        grids, date1904 = _page(text, source.limits), False
    sheets = tuple(grid.sheet() for grid in grids)
    notices = told(grids, sheets, source.file)
    if rival:
        notices.insert(0, Notice("encoding-uncertain", Place(source.file), {"used": encoding, "other": rival}))
    return Contents(sheets, tuple(notices), date1904, {"reader": "markup", "encoding": encoding})


def _page_of_archive(data: bytes) -> bytes:
    """The page with a table of a saved web archive (RFC 2557); other bytes as they are."""
    if b"mime-version:" not in data[:_DECLARED_WITHIN].lower():
        return data
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    pages = []
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and isinstance(content, bytes):
            pages.append(content)
    return max(pages, key=lambda page: page.lower().count(b"<td"), default=data)


def _decoded(data: bytes) -> tuple[str, str, str]:
    """Text, encoding, and another encoding that fits as well.

    Valid UTF-8 is UTF-8 whatever the page says of itself; what it says counts before what the bytes look like.
    """
    guessed = decode(data)
    if guessed and guessed.encoding in {"gb18030", "big5"} and (found := _CHARSET.search(data[:_DECLARED_WITHIN])):
        named = found[1].decode("ascii").lower()
        try:
            return data.decode(_WIDER.get(named, named)), named, ""
        except (UnicodeDecodeError, LookupError):
            pass
    if guessed is None or not is_text(guessed):
        guessed = mostly(data)
    if guessed is None:
        raise UndecodableText("text in no encoding we know", remedy=_AS_XLSX)
    return guessed.text, guessed.encoding, guessed.rival


def _workbook(text: str, limits: Limits) -> tuple[list[Grid], bool]:
    found = _follow(text, lambda: SpreadsheetXml(limits.grid_cells))
    if not found.grids:
        raise WrongKind("this is an XML document without a worksheet", remedy=_AS_XLSX)
    return found.grids, found.date1904


def _flat_ods(text: str, limits: Limits) -> tuple[list[Grid], bool]:
    return _follow(text, lambda: OdsSheets(limits.grid_cells)).grids, False


def _page(text: str, limits: Limits) -> list[Grid]:
    grid = Grid("", limits.grid_cells)
    page = HtmlGrid(grid)
    page.feed(text)
    page.close()
    if not page.tables:
        raise WrongKind("this is a page or document without a table, whatever its name says", remedy=_AS_XLSX)
    return [grid]


def _follow(text: str, listener: Callable[[], Following]) -> Following:
    """What a listener found: strictly, and when that fails again from the start, with patience."""
    document = _XML_DECLARATION.sub("", text.lstrip("\ufeff"))  # the text is decoded: its encoding is no longer true
    found = listener()
    try:
        feed(document, found)
    except Malformed:
        found = listener()
        feed_patiently(document, found)
    return found
