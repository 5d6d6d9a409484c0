"""Makes a picture of a range of a workbook, as LibreOffice draws it, for the docs.

    python tools/make_pictures.py BOOK.xlsx SHEET RANGE PICTURE.png [HIDDEN,COLUMNS]

Needs `soffice`, `pdftoppm` and Pillow. Comments are not drawn.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

RESOLUTION = 100  # dots an inch


def main() -> None:
    """Draw one picture."""
    book, name, cells, target, *more = sys.argv[1:]
    hidden = more[0].split(",") if more else []
    opened = openpyxl.load_workbook(book)
    sheet = opened[name]
    sheet.print_area = cells
    sheet.print_title_rows = None
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
    sheet.print_options.headings = sheet.print_options.gridLines = True
    sheet.page_margins = openpyxl.worksheet.page.PageMargins(0.2, 0.2, 0.2, 0.2, 0, 0)
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = None
    for column in hidden:
        sheet.column_dimensions[column].hidden = True
    for other in opened.worksheets:
        if other is not sheet:
            other.sheet_state = "hidden"
            other.print_area = None
    opened.active = opened.index(sheet)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.xlsx"
        opened.save(page)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(page)]
        subprocess.run(convert, check=True, capture_output=True)
        drawn = ["pdftoppm", "-r", str(RESOLUTION), "-f", "1", "-l", "1", "-png", "-singlefile", "page.pdf", "page"]
        subprocess.run(drawn, check=True, cwd=folder)
        _trim(Path(folder) / "page.png", Path(target))
    print(target)


def _trim(picture: Path, target: Path) -> None:
    """Cut the white margin off, and write few colours: the docs stay small."""
    from PIL import Image, ImageChops

    drawn = Image.open(picture).convert("RGB")
    box = ImageChops.difference(drawn, Image.new("RGB", drawn.size, "white")).getbbox()
    drawn.crop(box).quantize(64).save(target, optimize=True)


if __name__ == "__main__":
    main()
