"""Makes a picture of a range of a workbook, as LibreOffice draws it, for the docs.

    python tools/make_pictures.py BOOK.xlsx SHEET RANGE PICTURE.png [--hide A,C:F] [--comment D7 …]

Needs `soffice`, `pdftoppm` and Pillow. A comment is drawn where --comment names its cell.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string, get_column_letter

from zhengming.tables.annotate import _COMMENT, _placed

RESOLUTION = 100  # dots an inch


def main() -> None:
    """Draw one picture."""
    parser = argparse.ArgumentParser()
    for name in ("book", "sheet", "cells", "picture"):
        parser.add_argument(name)
    parser.add_argument("--hide", default="")
    parser.add_argument("--comment", nargs="*", default=[])
    given = parser.parse_args()
    opened = openpyxl.load_workbook(given.book)
    sheet = opened[given.sheet]
    _page(sheet, given.cells)
    for column in _columns(given.hide):
        sheet.column_dimensions[column].hidden = True
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.comment and cell.coordinate not in given.comment:
                cell.comment = None
    for other in opened.worksheets:
        if other is not sheet:
            other.sheet_state = "hidden"
            other.print_area = None
    opened.active = opened.index(sheet)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.xlsx"
        opened.save(page)
        _show_comments(page)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(page)]
        subprocess.run(convert, check=True, capture_output=True)
        drawn = ["pdftoppm", "-r", str(RESOLUTION), "-f", "1", "-l", "1", "-png", "-singlefile", "page.pdf", "page"]
        subprocess.run(drawn, check=True, cwd=folder)
        _trim(Path(folder) / "page.png", Path(given.picture))
    print(given.picture)


def _page(sheet: Any, cells: str) -> None:
    """One page, as large as need be, with the letters of the columns and the numbers of the rows."""
    sheet.print_area = cells
    sheet.print_title_rows = None
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3
    sheet.page_setup.cellComments = "asDisplayed"
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
    sheet.print_options.headings = sheet.print_options.gridLines = True
    sheet.page_margins = openpyxl.worksheet.page.PageMargins(0.2, 0.2, 0.2, 0.2, 0, 0)
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = None


def _columns(ranges: str) -> list[str]:
    """The columns that `A,C:F` names."""
    found = []
    for part in filter(None, ranges.split(",")):
        first, _colon, last = part.partition(":")
        ends = column_index_from_string(first), column_index_from_string(last or first)
        found += [get_column_letter(one) for one in range(ends[0], ends[1] + 1)]
    return found


def _show_comments(page: Path) -> None:
    """Open the comments that are left: openpyxl writes them closed."""
    with zipfile.ZipFile(page) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            if name.endswith(".vml"):
                part = part.replace(b"visibility:hidden", b"visibility:visible")
                part = _COMMENT.sub(_placed, part)
                part = re.sub(rb"</(\w+):ClientData>", rb"<\1:Visible/></\1:ClientData>", part)
            archive.writestr(name, part)


def _trim(picture: Path, target: Path) -> None:
    """Cut the white margin off, and write few colours: the docs stay small."""
    from PIL import Image, ImageChops

    drawn = Image.open(picture).convert("RGB")
    box = ImageChops.difference(drawn, Image.new("RGB", drawn.size, "white")).getbbox()
    drawn.crop(box).quantize(64).save(target, optimize=True)


if __name__ == "__main__":
    main()
