"""Makes the sample spreadsheets of `zm demo`: four invented senders, each with the habits of a real one.

    python tools/make_samples.py [FOLDER]          (default: zhengming/data/samples)

Nobody in them exists: names are drawn from lists, identity numbers have the region 99, which is none, and telephone
numbers begin with 154, which no operator has. Hospitals are real and public; what a row says of them is invented.
Diagnoses and operations are in `sample_cases.tsv`. The same bytes come out every time: no clock, no random numbers,
and entries of the workbooks are stored, for compression differs between builds of zlib.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

HERE = Path(__file__).parent
TARGET = HERE.parent / "zhengming" / "data" / "samples"

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    *("子涵", "一诺", "梓轩", "欣怡", "浩然", "雨桐", "宇航", "诗涵", "俊杰", "思远", "佳琪", "明轩"),
    *("可馨", "文博", "语嫣", "天佑", "若曦", "嘉懿", "晨曦", "安然", "沐阳", "书瑶", "睿"),
)
REGIONS = (
    "河南省周口市",
    "四川省凉山州",
    "甘肃省定西市",
    "贵州省毕节市",
    "河北省邯郸市",
    "云南省昭通市",
    "青海省海东市",
)
HOSPITALS = {
    "a": ("首都医科大学附属北京儿童医院", "首都医科大学附属北京安贞医院", "中国医学科学院阜外医院"),
    "b": ("上海儿童医学中心", "复旦大学附属儿科医院", "浙大儿院", "南京市儿童医院"),
    "c": ("广州市妇女儿童医疗中心", "广东省人民医院", "湖南省儿童医院", "武汉亚心", "华西二院"),
    "d": ("重庆医科大学附属儿童医院", "西安市儿童医院", "郑州儿童医院", "青岛市妇女儿童医院"),
}
RELATIONS = {
    "a": ("父亲", "母亲", "祖父"),
    "b": ("父子", "母子", "爸爸"),
    "c": ("父", "母", "奶奶"),
    "d": ("父亲", "母亲", "外婆"),
}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, ISO 7064 MOD 11-2


@dataclass(frozen=True, slots=True)
class Case:
    """One application. Money is in yuan."""

    number: int
    sender: str
    diagnosis: str
    procedure: str
    remark: str

    @property
    def girl(self) -> bool:
        """Sex, by an irregular rule."""
        return self.number * 7 % 5 < 2

    @property
    def name(self) -> str:
        """The child's name."""
        return SURNAMES[self.number * 7 % len(SURNAMES)] + GIVEN[self.number * 5 % len(GIVEN)]

    @property
    def guardian(self) -> str:
        """The guardian's name: the child's surname for most."""
        surname = SURNAMES[(self.number * 7 + self.number % 3 // 2) % len(SURNAMES)]
        return surname + ["建国", "秀英", "志强", "桂兰", "海燕", "永福", "丽华"][self.number % 7]

    @property
    def relation(self) -> str:
        """The guardian's relation in the sender's words."""
        return RELATIONS[self.sender][self.number % 3]

    @property
    def hospital(self) -> str:
        """The hospital as the sender writes it; the first sender's cases are grouped by hospital."""
        names = HOSPITALS[self.sender]
        return names[self.number // 7 % len(names) if self.sender == "a" else self.number % len(names)]

    @property
    def admission(self) -> dt.date:
        """Day of admission, in the first months of 2024."""
        return dt.date(2024, 1, 3) + dt.timedelta(days=self.number * 11 % 89)

    @property
    def operated(self) -> bool:
        """Whether something was done that has a date."""
        return self.procedure not in {"无", "未手术", "随访", "观察", "待定", "待查", "药物治疗"}

    @property
    def operation(self) -> dt.date:
        """Day of the operation."""
        return self.admission + dt.timedelta(days=2 + self.number % 5)

    @property
    def discharge(self) -> dt.date:
        """Day of discharge."""
        return self.operation + dt.timedelta(days=6 + self.number * 3 % 9)

    @property
    def birth(self) -> dt.date:
        """Day of birth: from a month to nine years before admission."""
        return self.admission - dt.timedelta(days=30 + self.number * 373 % 3200)

    @property
    def age(self) -> str:
        """Age at admission as doctors write it: days, months, or years and months."""
        days = (self.admission - self.birth).days
        months = days * 12 // 365
        if months < 2:
            return f"{days}天"
        return f"{months}个月" if months < 24 else f"{months // 12}岁{months % 12 or ''}{'月' if months % 12 else ''}"

    @property
    def identity(self) -> str:
        """Of every sixth child an identity number, of the region 99 and else correct; the others' are not filled in."""
        if self.number % 6 != 1:
            return ""
        digits = (
            f"99010{self.number % 9 + 1}{self.birth:%Y%m%d}{self.number % 40:02d}{1 + self.number % 4 * 2 - self.girl}"
        )
        total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
        return digits + "10X98765432"[total % 11]

    @property
    def phone(self) -> str:
        """A telephone number that no operator gives out."""
        return f"1540000{1000 + self.number * 37 % 9000:04d}"

    @property
    def region(self) -> str:
        """Where the household is registered."""
        return REGIONS[self.number % len(REGIONS)]

    @property
    def total(self) -> int:
        """What the stay cost."""
        return (38_000 if self.operated else 6_200) + self.number * 1_337 % 41_000

    @property
    def insurance(self) -> int:
        """What the insurance paid."""
        return self.total * (45 + self.number % 20) // 100

    @property
    def grant(self) -> int:
        """What is asked for: the rest, in round numbers."""
        return (self.total - self.insurance) // 2 // 500 * 500


def cases(sender: str) -> list[Case]:
    """All cases of one sender."""
    with (HERE / "sample_cases.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        Case(number, row["sender"], row["diagnosis"], row["procedure"], row["remark"])
        for number, row in enumerate(rows)
        if row["sender"] == sender
    ]


class Workbook:
    """An xlsxwriter workbook in memory, with the few formats the samples use."""

    def __init__(self, sheet: str) -> None:
        """Begin with one sheet."""
        self._bytes = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._bytes, {"in_memory": True})
        self._book.set_properties({"created": dt.datetime(2024, 4, 8)})  # noqa: DTZ001 — a fixed stamp
        self.sheet = self._book.add_worksheet(sheet)
        self.plain = self._format()
        self.title = self._format(bold=True, font_size=16, align="center", border=0)
        self.line = self._format(border=0)
        self.header = self._format(bold=True, align="center", text_wrap=True, bg_color="#D9E1F2")
        self.date = self._format(num_format="yyyy-mm-dd")
        self.money = self._format(num_format="#,##0.00")
        self.middle = self._format(text_wrap=True, align="center")

    def _format(self, **properties: Any) -> Any:
        return self._book.add_format(
            {"font_name": "宋体", "font_size": 11, "border": 1, "valign": "vcenter", **properties}
        )

    def write(self, row: int, values: Sequence[object], column: int = 0) -> None:
        """Write one row, each value in the format of its type."""
        for index, value in enumerate(values, start=column):
            if isinstance(value, str):
                self.sheet.write_string(row, index, value, self.plain)
            elif isinstance(value, dt.date):
                self.sheet.write_datetime(row, index, value, self.date)
            elif isinstance(value, float):
                self.sheet.write_number(row, index, value, self.money)
            elif value is None:
                self.sheet.write_blank(row, index, None, self.plain)
            else:
                self.sheet.write_number(row, index, value, self.plain)

    def heads(self, row: int, texts: Sequence[str]) -> None:
        """Write one header row."""
        for column, text in enumerate(texts):
            self.sheet.write_string(row, column, text, self.header)

    def finish(self) -> bytes:
        """The file's bytes, its entries stored rather than compressed."""
        self._book.close()
        stored = io.BytesIO()
        with zipfile.ZipFile(self._bytes) as packed, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as out:
            for entry in packed.infolist():
                plain = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
                plain.external_attr = 0o600 << 16
                plain.create_system = 3  # the same on every system
                out.writestr(plain, packed.read(entry))
        return stored.getvalue()


def sender_a() -> bytes:
    """Two title rows, hospitals merged over their cases, notes and signatures under the table."""
    book = Workbook("2024年第一季度")
    heads = (
        *(
            "序号",
            "案例编号",
            "患儿姓名",
            "性别",
            "出生日期",
            "年龄",
            "身份证号",
            "监护人",
            "与患儿关系",
            "联系电话",
            "户籍所在地",
        ),
        *("就诊医院", "入院日期", "出院日期", "诊断", "手术名称", "手术日期", "总费用", "医保报销", "资助金额", "备注"),
    )
    last = len(heads) - 1
    book.sheet.merge_range(0, 0, 0, last, "2024年第一季度先天性心脏病患儿医疗救助申请汇总表", book.title)
    book.sheet.merge_range(1, 0, 1, last, "填报单位：项目办公室    填报日期：2024年4月8日    单位：元", book.line)
    book.heads(2, heads)
    rows = cases("a")
    for row, case in enumerate(rows, start=3):
        left = (row - 2, f"JZ2024{case.number + 1:04d}", case.name, "女" if case.girl else "男", case.birth, case.age)
        book.write(row, (*left, case.identity, case.guardian, case.relation, case.phone, case.region, None))
        book.write(row, (case.admission, case.discharge, case.diagnosis, case.procedure), 12)
        book.write(row, (case.operation if case.operated else None,), 16)
        book.write(row, (float(case.total), float(case.insurance), float(case.grant), case.remark or None), 17)
    for name in HOSPITALS["a"]:
        at = [row for row, case in enumerate(rows, start=3) if case.hospital == name]
        book.sheet.merge_range(at[0], 11, at[-1], 11, name, book.middle)
    below = len(rows) + 4
    for offset, text in enumerate(("填表说明：", "1. 出院日期未定的可暂不填写。", "2. 金额保留两位小数。")):
        book.sheet.write_string(below + offset, 0, text, book.line)
    book.sheet.write_string(below + 4, 0, "制表人：陈工", book.line)
    book.sheet.write_string(below + 4, 11, "审核人：", book.line)
    book.sheet.set_column(1, last, 14)
    book.sheet.set_column(14, 15, 40)
    return book.finish()


def sender_b() -> bytes:
    """A header of two rows, money in units of ten thousand yuan, dates written three ways."""
    book = Workbook("患儿登记表")
    groups = {
        "患儿信息": ("姓名", "性别", "出生年月", "身份证号码", "户籍地址"),
        "监护人": ("姓名", "与患儿关系", "联系电话"),
        "住院信息": ("医院名称", "入院时间", "出院时间", "诊断", "手术名称", "手术时间"),
        "费用（万元）": ("住院总费用", "医保报销", "资助金额"),
    }
    book.sheet.merge_range(0, 0, 0, 17, "先心病患儿救助登记表", book.title)
    book.sheet.merge_range(1, 0, 2, 0, "编号", book.header)
    column = 1
    for group, texts in groups.items():
        book.sheet.merge_range(1, column, 1, column + len(texts) - 1, group, book.header)
        for offset, text in enumerate(texts):
            book.sheet.write_string(2, column + offset, text, book.header)
        column += len(texts)
    ways: tuple[Callable[[dt.date], object], ...] = (
        lambda day: day,
        lambda day: f"{day.year}.{day.month}.{day.day}",
        lambda day: f"{day.year}年{day.month}月{day.day}日",
    )
    for row, case in enumerate(cases("b"), start=3):
        written = ways[row % 3]
        person = (case.name, "女" if case.girl else "男", written(case.birth), case.identity, case.region)
        stay = (case.hospital, written(case.admission), written(case.discharge), case.diagnosis, case.procedure)
        money = (f"{case.total / 10_000:.2f}万" if row % 5 == 0 else case.total / 10_000, case.insurance / 10_000)
        book.write(row, (f"B-{row - 2:03d}", *person, case.guardian, case.relation, case.phone, *stay))
        book.write(row, (written(case.operation) if case.operated else None, *money, case.grant / 10_000), 14)
    book.sheet.set_column(0, 17, 13)
    book.sheet.set_column(12, 13, 36)
    return book.finish()


def sender_c() -> bytes:
    """A csv in GB18030 from a hospital system: other words for every column, several diseases in one cell."""
    heads = (
        *(
            "个案号",
            "孩子姓名",
            "性别(1男2女)",
            "生日",
            "证件号码",
            "家长姓名",
            "与孩子关系",
            "手机号",
            "户籍",
            "医疗机构名称",
        ),
        *(
            "住院日期",
            "出院时间",
            "临床诊断",
            "手术方式",
            "手术时间",
            "住院总费用(元)",
            "医保已报销",
            "基金会资助",
            "备注",
        ),
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    for case in cases("c"):
        days = (f"{day.year}/{day.month}/{day.day}" for day in (case.birth, case.admission, case.discharge))
        birth, admission, discharge = days
        person = (f"{case.number:06d}", case.name, "2" if case.girl else "1", birth, case.identity, case.guardian)
        stay = (
            case.relation,
            case.phone,
            case.region,
            case.hospital,
            admission,
            discharge,
            case.diagnosis,
            case.procedure,
        )
        operation = f"{case.operation:%Y%m%d}" if case.operated else ""
        money = (f"{case.total:,}.00", str(case.insurance), f"{case.grant}元", case.remark)
        writer.writerow((*person, *stay, operation, *money))
    return text.getvalue().encode("gb18030")


def sender_d() -> bytes:
    """Printed pages pasted together: blank rows, the header again on the second page, a total, everything as text."""
    book = Workbook("Sheet1")
    heads = (
        *(
            "档案编号",
            "患儿姓名",
            "性别",
            "出生日期",
            "年龄",
            "患儿身份证号",
            "监护人姓名",
            "与患儿的关系",
            "联系方式",
            "户籍所在地",
        ),
        *(
            "就诊医院",
            "入院日期",
            "出院日期",
            "出院诊断",
            "手术名称",
            "手术日期",
            "总费用",
            "医保报销金额",
            "资助金额",
            "备注",
        ),
    )
    book.heads(0, heads)
    rows = cases("d")
    row = 1
    for number, case in enumerate(rows):
        if number == 9:
            book.heads(row + 1, heads)
            row += 2
        days = (f"{case.admission}", f"{case.discharge}", case.diagnosis, case.procedure)
        person = (
            f"2024{number + 1:05d}",
            case.name,
            "女" if case.girl else "男",
            f"{case.birth}",
            case.age,
            case.identity,
        )
        money = (case.total, case.insurance, case.grant, case.remark or None)
        book.write(row, (*person, case.guardian, case.relation, case.phone, case.region, case.hospital))
        book.write(row, (*days, f"{case.operation}" if case.operated else None, *money), 11)
        row += 2 if number in {4, 13} else 1
    book.write(row, ("合计", *[None] * 15))
    book.write(row, [sum(case.total for case in rows), sum(case.insurance for case in rows)], 16)
    book.write(row, [sum(case.grant for case in rows), None], 18)
    book.sheet.set_column(0, 19, 13)
    return book.finish()


SAMPLES: dict[str, Callable[[], bytes]] = {
    "sender_a.xlsx": sender_a,
    "sender_b.xlsx": sender_b,
    "sender_c.csv": sender_c,
    "sender_d.xlsx": sender_d,
}


def main(folder: Path) -> None:
    """Write all samples into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in SAMPLES.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
