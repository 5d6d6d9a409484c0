"""The look of cells in the workbooks we write: each format is made once for a workbook, when first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhengming.tables.sheets_out import FILLS, HEADINGS, Heading, Mark

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format

FONT = {"font_name": "Microsoft YaHei", "font_size": 10}  # on every Chinese Windows and WPS; else the program's own


class Styles:
    """The cell formats of one workbook, each made once, when first needed."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        """Make formats in `book`."""
        self._book = book
        self._made: dict[tuple[str, Mark | None, bool, bool], Format] = {}
        self._headings: dict[Heading, Format] = {}
        self.name = book.add_format({**FONT, "font_size": 8, "font_color": "#A6A6A6"})
        self.label = book.add_format({**FONT, "bold": True, "align": "right"})
        self.link = book.add_format({**FONT, "font_color": "#0563C1", "underline": 1})
        self.done = book.add_format({"bg_color": FILLS["done"]})

    def heading(self, kind: Heading) -> Format:
        """The format of a header cell."""
        if kind not in self._headings:
            look = {"bold": True, "bg_color": HEADINGS[kind], "border": 1, "border_color": "#BFBFBF"}
            self._headings[kind] = self._book.add_format({**FONT, **look, "valign": "vcenter", "text_wrap": True})
        return self._headings[kind]

    def number(self, number_format: str, mark: Mark | None, *, wrapped: bool, quoted: bool) -> int:
        """The number by which a cell of the sheet's XML names the format; 0 for the default."""
        style = self.get(number_format, mark, wrapped=wrapped, quoted=quoted)
        return int(style._get_xf_index()) if style else 0

    def get(
        self, number_format: str, mark: Mark | None, *, wrapped: bool = False, quoted: bool = False
    ) -> Format | None:
        """The format for a cell; None where the default does."""
        fill = FILLS.get(mark) if mark else None
        if not (number_format or fill or wrapped or quoted):
            return None
        key = (number_format, mark, wrapped, quoted)
        if key not in self._made:
            properties: dict[str, Any] = {**FONT}
            if number_format:
                properties["num_format"] = number_format
            if fill:
                properties |= {"bg_color": fill, "border": 1, "border_color": "#D9D9D9"}
            if wrapped:
                properties |= {"text_wrap": True, "valign": "top"}
            if quoted:
                properties["quote_prefix"] = True
            self._made[key] = self._book.add_format(properties)
        return self._made[key]
