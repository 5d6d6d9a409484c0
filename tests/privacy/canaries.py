"""Marked values, files that hold them, and the eye that finds them again however they are written.

Every value has a mark that nothing else has: 鹦鹉 in words, 739173 in numbers, the year 1937 in dates. So a value that
leaks in part, reformatted or escaped is found as well.
"""

from __future__ import annotations

import base64
import binascii
import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import xlsxwriter

WORD, NUMBER, YEAR = "鹦鹉", "739173", "1937"
HEADS = (
    *("案例编号", "患儿姓名", "性别", "出生日期", "年龄", "身份证号", "监护人", "与患儿关系", "联系电话", "户籍所在地"),
    *("就诊医院", "入院日期", "出院日期", "诊断", "手术名称", "手术日期", "总费用", "医保报销", "资助金额", "备注"),
)
DIGITS = "零一二三四五六七八九"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, ISO 7064 MOD 11-2
# A year of the canaries counts where it is written as part of a date, not where it is four digits of a hash.
_SEEN = re.compile(rf"{WORD}|{NUMBER}|(?<![0-9a-fA-F]){YEAR}[-/.年]|{YEAR}(?:0[1-9]|1[0-2])[0-3][0-9]")
_HASH = re.compile(r"(?<![0-9a-zA-Z])(?=[0-9]{0,30}[a-f])(?:[0-9a-f]{32}|[0-9a-f]{64})(?![0-9a-zA-Z])")


def values(first: int, rows: int) -> list[list[str]]:
    """`rows` rows of one marked value for each head: every second row of such as are understood, the others not."""
    return [_row(number) for number in range(first, first + rows)]


def found(text: str) -> str:
    r"""The first canary in a text, however it is escaped; an empty string if there is none.

    >>> [bool(found(text)) for text in (r"\u9e66\u9e49", "%E9%B9%A6%E9%B9%89", "&#40550;&#40521;", "sha 1937af")]
    [True, True, True, False]
    """
    for read in decoded(_HASH.sub("", text)):
        seen = _SEEN.search(read)
        if seen:
            return seen[0]
    return ""


def decoded(text: str) -> Iterator[str]:
    """The text as it stands and as those who decode it may read it, escapes within escapes as well."""
    waiting, known = [text], {text}
    for _round in range(3):
        made = {after for before in waiting for after in _read(before)} - known
        known |= made
        waiting = list(made)
    yield from sorted(known, key=lambda one: (one != text, one))


def _read(text: str) -> Iterator[str]:
    yield html.unescape(text)
    yield unquote(text)
    yield re.sub(r"\\u\{?([0-9a-fA-F]{4,6})\}?", lambda one: chr(int(one[1], 16) % 0x110000), text)
    yield re.sub(r"\\N\{U\+([0-9a-fA-F]{4,6})\}", lambda one: chr(int(one[1], 16) % 0x110000), text)
    yield re.sub(
        r"(?:\\x[0-9a-fA-F]{2})+",
        lambda one: bytes.fromhex(one[0].replace("\\x", "")).decode("utf-8", "replace"),
        text,
    )
    yield re.sub(
        r"(?:\\x[0-9a-fA-F]{2})+",
        lambda one: bytes.fromhex(one[0].replace("\\x", "")).decode("gb18030", "replace"),
        text,
    )
    yield re.sub("[\u200b-\u200f\u2060\ufeff\xad]", "", text)
    yield re.sub(r"[A-Za-z0-9+/]{16,}={0,2}", _from_base64, text)
    yield re.sub(r"(?:[0-9a-fA-F]{2}){6,}", lambda one: bytes.fromhex(one[0]).decode("utf-8", "replace"), text)


def _from_base64(one: re.Match[str]) -> str:
    try:
        return base64.b64decode(one[0], validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return one[0]


def _row(number: int) -> list[str]:
    named = WORD + "".join(DIGITS[int(digit)] for digit in str(number % 100))
    day = f"{YEAR}-{number % 12 + 1:02}-{number % 28 + 1:02}"
    count = f"{NUMBER}{number:05}"
    if number % 2:
        return [
            *(f"P-{count}", named, "男", day, f"{number % 15}岁", _identity(number), f"{named[:2]}父", "父亲"),
            *(
                f"154{number % 100:02}{NUMBER}",
                f"四川省成都市武侯区{named}街{number}号",
                f"北京儿童医院{named}院区",
                day,
                day,
            ),
            *(
                f"VSD {named}",
                f"室缺修补术{named}",
                day,
                f"{count}.5",
                f"{count}",
                f"{count}元",
                f"{named}的备注{count}",
            ),
        ]
    wrong = f"{named}?{count}"
    return [
        *(f"{wrong}", f"{named}1、{named}2", f"{named}性", f"{YEAR}年某月{named}", f"{named}岁半", f"{count}X{count}"),
        *(f"{named}(妈妈){count}", f"{named}的{named}", f"电话{count}转{named}", f"{named}省{count}", f"{named}医院"),
        *(
            f"{YEAR}-13-45",
            f"{YEAR}年{named}",
            f"{named}病{count}",
            f"{named}术{count}",
            f"{count}日",
            f"约{count}或{named}",
        ),
        *(f"{count}万元左右{named}", f"-{count}", f"=cmd|{named}!{count}"),
    ]


def _identity(number: int) -> str:
    digits = f"990101{YEAR}{number % 12 + 1:02}{number % 28 + 1:02}{number % 1000:03}"
    return digits + "10X98765432"[sum(int(one) * weight for one, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def written_csv(rows: list[list[str]], heads: tuple[str, ...] = HEADS, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows] if heads else rows)
    return text.getvalue().encode(encoding, "replace")


def written_xlsx(rows: list[list[str]], heads: tuple[str, ...] = HEADS) -> bytes:
    """A workbook; every third number is a number and not a text, every third date a date."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("病例")
    for at, row in enumerate([list(heads), *rows]):
        for column, text in enumerate(row):
            if at % 3 == 1 and re.fullmatch(r"\d{6,11}(?:\.\d)?", text):
                sheet.write_number(at, column, float(text))
            else:
                sheet.write_string(at, column, text)
    sheet.write_comment(2, 2, f"{WORD}批注{NUMBER}")
    book.close()
    return buffer.getvalue()


def good_files(folder: Path) -> dict[str, Path]:
    """Two files that can be read, of 10,000 marked values together."""
    rows = values(1, 500)
    files = {"book": folder / "book.xlsx", "text": folder / "text.csv"}
    files["book"].write_bytes(written_xlsx(rows[:250]))
    files["text"].write_bytes(written_csv(rows[250:], encoding="gb18030"))
    return files


def small_file(folder: Path) -> Path:
    """A file that can be read, small enough to be read often."""
    path = folder / "small.csv"
    path.write_bytes(written_csv(values(700, 8)))
    return path


def bad_files(folder: Path) -> dict[str, Path]:
    """Files that fail, each at another place of the reader: full of marked values all the same."""
    rows = values(600, 12)
    book = written_xlsx(rows)
    made = {
        "no-header.csv": written_csv(rows, ()),
        "no-header.xlsx": written_xlsx(rows[1:], tuple(rows[0])),
        "unknown-headers.csv": written_csv(rows, tuple(f"{WORD}列{NUMBER}{at}" for at in range(20))),
        "one-known-header.csv": written_csv(rows, ("患儿姓名", *rows[0][1:])),
        "more-cells.csv": written_csv([[*row, *row] for row in rows]),
        "quotes.csv": written_csv(rows).replace(b"VSD", b'"VSD'),
        "cut.xlsx": book[: len(book) // 2],
        "damaged.xlsx": _damaged(book),
        "other.xlsx": written_csv(rows),
        "bytes.csv": written_csv(rows) + "鹦鹉".encode("utf-16") + bytes(range(128, 256)) * 9,
        "nothing.csv": WORD.encode() * 5,
        "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + written_csv(rows),
        "page.xls": f"<html><table><tr><td>{WORD}</td><td>{NUMBER}".encode() * 20,
        "words.json": f'{{"{WORD}": ["{NUMBER}", '.encode(),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in made}


def _damaged(book: bytes) -> bytes:
    """A workbook whose sheet is no XML from its middle on."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            new.writestr(entry, data[: len(data) // 2] + b"<</" if "sheet1" in entry else data)
    return out.getvalue()
