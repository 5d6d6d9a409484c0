"""Layouts as hospitals make them, each with the records that should come of it.

A layout is a grid and its merged ranges; records are given by field. Names are invented, identity numbers impossible.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from zhengming.tables import CellValue, Merge, Sheet

Record = dict[str, CellValue]
Row = list[CellValue]

CHILDREN: tuple[Record, ...] = tuple(
    {
        "case_no": f"B{number:04}",
        "child_name": name,
        "sex": "男" if number % 2 else "女",
        "birth_date": dt.date(2019 + number % 4, number, 2 * number + 1),
        "id_number": f"99010520{19 + number % 4}{number:02}{2 * number + 1:02}{number:03}X",
        "hospital": "示范儿童医院" if number < 4 else "样板心血管医院",
        "diagnosis": ("室间隔缺损", "房间隔缺损", "法洛四联症", "动脉导管未闭")[number % 4],
        "procedure": ("室缺修补术", "房缺封堵术", "根治术", "导管结扎术")[number % 4],
        "admission_date": dt.date(2024, 3, number),
        "total_cost": 10_000.5 + 1_000 * number,
        "guardian_name": f"{name[0]}建国",
        "phone": f"1390000{number:04}",
    }
    for number, name in enumerate(("赵一一", "钱二二", "孙三三", "李四四", "周五五", "吴六六"), start=1)
)
HEADS = {
    "case_no": ("编号", "案例编号", "登记号"),
    "child_name": ("姓名", "患儿姓名", "患者姓名"),
    "sex": ("性别", "性 别", "性别"),
    "birth_date": ("出生日期", "出生\n日期", "出生年月日"),
    "id_number": ("身份证号", "身份证号码", "证件号码"),
    "hospital": ("就诊医院", "医院名称", "治疗医院"),
    "diagnosis": ("诊断", "疾病诊断", "临床诊断"),
    "procedure": ("手术名称", "手术方式", "术式"),
    "admission_date": ("入院日期", "入院时间", "住院日期"),
    "total_cost": ("总费用", "总费用（元）", "医疗总费用"),
    "guardian_name": ("监护人", "家长姓名", "监护人姓名"),
    "phone": ("联系电话", "电话", "手机号码"),
}
SIX = ("case_no", "child_name", "sex", "birth_date", "diagnosis", "total_cost")
FOUR = ("child_name", "sex", "diagnosis", "phone")


@dataclass(frozen=True)
class Layout:
    """Sheets, and the records that stand in them."""

    sheets: tuple[Sheet, ...]
    records: tuple[Record, ...]


def head(fields: Sequence[str], variant: int = 0) -> Row:
    return [HEADS[name][variant] for name in fields]


def line(child: Record, fields: Sequence[str]) -> Row:
    return [child[name] for name in fields]


def lines(fields: Sequence[str], children: Sequence[Record] = CHILDREN) -> list[Row]:
    return [line(child, fields) for child in children]


def only(fields: Sequence[str], children: Sequence[Record] = CHILDREN) -> tuple[Record, ...]:
    return tuple({name: child[name] for name in fields} for child in children)


def grid(
    rows: Sequence[Row],
    fields: Sequence[str] = SIX,
    *,
    merges: Sequence[tuple[int, int, int, int]] = (),
    name: str = "表",
) -> Layout:
    """A layout of one sheet with all the children in it."""
    return Layout((Sheet(name, [list(row) for row in rows], tuple(Merge(*one) for one in merges)),), only(fields))


def title_over_header(v: int) -> Layout:
    return grid(
        [
            ["2024年度先心病救助名单"],
            [f"填报单位：示范医院{v}", None, None, "填报日期：2024-05-01"],
            [],
            head(SIX, v),
            *lines(SIX),
        ],
        merges=[(1, 1, 1, 6)],
    )


def table_off_the_corner(v: int) -> Layout:
    pad: Row = [None] * (v + 1)
    return grid([[] for _ in range(v + 2)] + [pad + row for row in (head(SIX, v), *lines(SIX))])


def two_header_rows_with_groups(v: int) -> Layout:
    fields = ("case_no", "child_name", "sex", "birth_date", "guardian_name", "phone", "diagnosis", "total_cost")
    top: Row = [HEADS["case_no"][v], "患儿信息", None, None, "家长信息", None, "诊疗", None]
    sub: Row = [None, "姓名", "性别", "出生日期", "家长姓名", "联系电话", "诊断", "总费用"]
    return grid([top, sub, *lines(fields)], fields, merges=[(1, 1, 2, 1), (1, 2, 1, 4), (1, 5, 1, 6), (1, 7, 1, 8)])


def group_decides_the_field(v: int) -> Layout:
    fields = ("child_name", "sex", "guardian_name", "phone", "diagnosis")
    top: Row = ["患儿", None, "监护人", None, "诊断"]
    sub: Row = ["姓名", "性别", "姓名", "电话", None]
    return grid(
        [["名单"], top, sub, *lines(fields)], fields, merges=[(1, 1, 1, 5), (2, 1, 2, 2), (2, 3, 2, 4), (2, 5, 3, 5)]
    )


def three_header_rows(v: int) -> Layout:
    fields = ("case_no", "child_name", "sex", "birth_date", "diagnosis", "procedure", "total_cost")
    rows: list[Row] = [
        ["编号", "基本情况", None, None, "住院情况", None, None],
        [None, "姓名", "性别", "出生日期", "临床", None, "费用"],
        [None, None, None, None, "诊断", "手术名称", "总费用"],
    ]
    merges = [(1, 1, 3, 1), (1, 2, 1, 4), (1, 5, 1, 7), (2, 2, 3, 2), (2, 3, 3, 3), (2, 4, 3, 4), (2, 5, 2, 6)]
    return grid([*rows, *lines(fields)], fields, merges=merges)


def header_in_two_languages(v: int) -> Layout:
    return grid([head(SIX, v), ["Case No.", "Name", "Sex", "Date of birth", "Diagnosis", "Total cost"], *lines(SIX)])


def row_of_units(v: int) -> Layout:
    fields = ("case_no", "child_name", "diagnosis", "total_cost")
    return grid([head(fields, v), [None, None, None, "元"], *lines(fields)], fields)


def columns_counted_under_header(v: int) -> Layout:
    return grid([head(SIX, v), [1, 2, 3, 4, 5, 6] if v else ["1", "2", "3", "4", "5", "6"], *lines(SIX)])


def total_below(v: int) -> Layout:
    total: list[Row] = [
        ["合计", None, None, None, None, 1],
        [None, "总计", None, None, None, 1],
        [None, None, None, None, "合计：", 1],
    ]
    return grid([head(SIX, v), *lines(SIX), total[v]])


def subtotals_between(v: int) -> Layout:
    body = lines(SIX)
    return grid(
        [
            head(SIX, v),
            *body[:3],
            [None, "小计", None, None, None, 3],
            *body[3:],
            ["小计"],
            ["合计", None, None, None, None, 6],
        ]
    )


def notes_and_signatures_below(v: int) -> Layout:
    notes: list[Row] = [
        ["备注：以上信息均已核对。"],
        ["1. 费用单位为元。"],
        ["制表人：某某", None, "审核人：某某", None, "日期：2024年5月"],
    ]
    return grid([head(SIX, v), *lines(SIX), [], *notes[: v + 1]])


def header_printed_on_each_page(v: int) -> Layout:
    body = lines(SIX)
    title: list[Row] = [["救助名单"], []]
    return grid(
        [
            *title,
            head(SIX, v),
            *body[:2],
            ["第1页 共3页"],
            *title,
            head(SIX, v),
            *body[2:4],
            ["第2页 共3页"],
            *title,
            head(SIX, v),
            *body[4:],
        ]
    )


def merged_hospital_down(v: int) -> Layout:
    fields = ("hospital", "child_name", "sex", "diagnosis")
    body = lines(fields)
    for index in (1, 2, 4, 5):
        body[index][0] = None
    return grid([head(fields, v), *body], fields, merges=[(2, 1, 4, 1), (5, 1, 7, 1)])


def numbered_empty_lines(v: int) -> Layout:
    fields = ("child_name", "sex", "diagnosis")
    body: list[Row] = [[number, *row] for number, row in enumerate(lines(fields), start=1)]
    return grid([["序号", *head(fields, v)], *body, *([7 + extra, None, None, None] for extra in range(v + 2))], fields)


def blank_rows_between(v: int) -> Layout:
    rows: list[Row] = [head(SIX, v)]
    for row in lines(SIX):
        rows += [row, *([] for _ in range(v + 1))]
    return grid(rows)


def two_tables_below_each_other(v: int) -> Layout:
    first, second = CHILDREN[:3], CHILDREN[3:]
    other = ("child_name", "diagnosis", "sex", "hospital")
    rows = [
        ["一、住院患儿"],
        head(SIX, v),
        *lines(SIX, first),
        *([] for _ in range(v)),
        ["二、门诊患儿"],
        head(other, v),
        *lines(other, second),
    ]
    return Layout((Sheet("表", rows),), only(SIX, first) + only(other, second))


def same_table_twice_with_other_order(v: int) -> Layout:
    first, second = CHILDREN[:3], CHILDREN[3:]
    other = tuple(reversed(SIX))
    rows = [head(SIX, v), *lines(SIX, first), [], head(other, v), *lines(other, second)]
    return Layout((Sheet("表", rows),), only(SIX, first) + only(other, second))


def list_in_two_columns(v: int) -> Layout:
    gap: Row = [None] * (v % 2)
    left, right = CHILDREN[:3], CHILDREN[3:]
    rows = [["名单"], [*head(FOUR, v), *gap, *head(FOUR, v)]]
    rows += [[*line(a, FOUR), *gap, *line(b, FOUR)] for a, b in zip(left, right, strict=True)]
    return Layout((Sheet("表", rows),), only(FOUR, left) + only(FOUR, right))


def list_in_two_columns_uneven(v: int) -> Layout:
    left, right = CHILDREN[:4], CHILDREN[4:]
    rows: list[Row] = [[*head(FOUR, v), *head(FOUR, v)]]
    for index, a in enumerate(left):
        rows.append([*line(a, FOUR), *(line(right[index], FOUR) if index < len(right) else [])])
    return Layout((Sheet("表", rows),), only(FOUR, left) + only(FOUR, right))


def summary_beside_the_list(v: int) -> Layout:
    side: list[Row] = [["就诊医院", "备注"], ["示范儿童医院", "三例"], ["样板心血管医院", "三例"]]
    rows = [
        [*row, None, *(side[index] if index < len(side) else [])]
        for index, row in enumerate([head(SIX, v), *lines(SIX)])
    ]
    return Layout(
        (Sheet("表", rows),),
        (
            *only(SIX),
            {"hospital": "示范儿童医院", "remark": "三例"},
            {"hospital": "样板心血管医院", "remark": "三例"},
        ),
    )


def one_sheet_a_month(v: int) -> Layout:
    first, second = CHILDREN[: v + 1], CHILDREN[v + 1 :]
    sheets = (
        Sheet("1月", [head(SIX, v), *lines(SIX, first)]),
        Sheet("2月", [["二月"], head(SIX, v), *lines(SIX, second)]),
        Sheet("3月", []),
    )
    return Layout(sheets, only(SIX))


def form_in_pairs(v: int) -> Layout:
    fields = ("child_name", "sex", "birth_date", "id_number", "hospital", "diagnosis", "guardian_name", "phone")
    sheets = []
    for child in CHILDREN[: v + 2]:
        rows: list[Row] = [["救助申请表"]]
        for left, right in zip(fields[::2], fields[1::2], strict=True):
            rows.append([HEADS[left][v], child[left], HEADS[right][v], child[right]])
        sheets.append(Sheet(str(child["child_name"]), rows, (Merge(1, 1, 1, 4),)))
    return Layout(tuple(sheets), only(fields, CHILDREN[: v + 2]))


def form_with_wide_values(v: int) -> Layout:
    child = CHILDREN[v]
    rows: list[Row] = [
        ["先心病患儿救助申请表"],
        ["姓名", child["child_name"], None, "性别", child["sex"], "出生日期", child["birth_date"]],
        ["身份证号", child["id_number"], None, None, "联系电话", child["phone"], None],
        ["诊断", child["diagnosis"]],
        ["就诊医院", child["hospital"], None, None, "总费用", child["total_cost"]],
        ["申请人签字：", None, None, "日期："],
    ]
    fields = ("child_name", "sex", "birth_date", "id_number", "phone", "diagnosis", "hospital", "total_cost")
    merges = (Merge(1, 1, 1, 7), Merge(2, 2, 2, 3), Merge(3, 2, 3, 4), Merge(4, 2, 4, 7), Merge(5, 2, 5, 4))
    return Layout((Sheet("申请表", rows, merges),), only(fields, [child]))


def form_with_labels_down(v: int) -> Layout:
    fields = ("child_name", "sex", "birth_date", "diagnosis", "phone", "hospital")
    child = CHILDREN[v]
    rows: list[Row] = [["患儿登记"], *([HEADS[name][v] + ("：" if v else ""), child[name]] for name in fields)]
    return Layout((Sheet("表", rows),), only(fields, [child]))


def forms_one_below_the_other(v: int) -> Layout:
    fields = ("child_name", "sex", "diagnosis", "phone")
    rows: list[Row] = []
    for child in CHILDREN[:4]:
        rows += [
            ["救助登记卡"],
            *([[HEADS[a][v], child[a], HEADS[b][v], child[b]] for a, b in (fields[:2], fields[2:])]),
            [],
        ]
    return Layout((Sheet("表", rows),), only(fields, CHILDREN[:4]))


def form_in_one_cell_each(v: int) -> Layout:
    fields = ("child_name", "sex", "diagnosis", "phone")
    child = CHILDREN[v]
    cells: Row = [f"{HEADS[name][v]}：{child[name]}" for name in fields]
    rows: list[Row] = [["登记卡"], cells[:2], cells[2:]] if v else [["登记卡"], *([cell] for cell in cells)]
    return Layout((Sheet("表", rows),), only(fields, [child]))


def form_with_sections(v: int) -> Layout:
    child = CHILDREN[v]
    rows: list[Row] = [
        ["患儿", "姓名", child["child_name"], "性别", child["sex"]],
        [None, "诊断", child["diagnosis"], "出生日期", child["birth_date"]],
        ["监护人", "姓名", child["guardian_name"], "电话", child["phone"]],
        [None, "现住址", "某市某区"],
    ]
    fields = ("child_name", "sex", "diagnosis", "birth_date", "guardian_name", "phone")
    return Layout(
        (Sheet("表", rows, (Merge(1, 1, 2, 1), Merge(3, 1, 4, 1))),),
        tuple({**one, "address": "某市某区"} for one in only(fields, [child])),
    )


def form_with_values_below(v: int) -> Layout:
    child = CHILDREN[v]
    blocks = (
        ("child_name", "sex", "birth_date"),
        ("hospital", "diagnosis", "procedure"),
        ("guardian_name", "phone", "total_cost"),
    )
    rows: list[Row] = [["登记表"]]
    for block in blocks:
        rows += [head(block, v), line(child, block)]
    return Layout((Sheet("表", rows),), only([name for block in blocks for name in block], [child]))


def table_on_its_side(v: int) -> Layout:
    fields = ("child_name", "sex", "birth_date", "diagnosis", "total_cost", "phone")
    rows: list[Row] = [[HEADS[name][v], *(child[name] for child in CHILDREN)] for name in fields]
    return Layout((Sheet("表", [["名单"], *rows] if v else rows),), only(fields))


def table_on_its_side_with_numbers(v: int) -> Layout:
    fields = ("child_name", "sex", "diagnosis", "phone")
    rows: list[Row] = [
        ["序号", *range(1, 7)],
        *([HEADS[name][v], *(child[name] for child in CHILDREN)] for name in fields),
    ]
    return Layout((Sheet("表", rows),), only(fields))


def unknown_columns_among_known(v: int) -> Layout:
    rows: list[Row] = [
        ["内部批号", *head(SIX, v), "甲乙丙丁"],
        *([f"x{index}", *row, "略"] for index, row in enumerate(lines(SIX))),
    ]
    return grid(rows)


def instructions_above(v: int) -> Layout:
    told: list[Row] = [
        ["填表说明"],
        ["1. 姓名须与身份证一致；"],
        ["2. 诊断请写全称，不要缩写；"],
        ["3. 费用以元为单位。"],
    ]
    return grid([*told[: v + 2], [], head(SIX, v), *lines(SIX)])


def example_row(v: int) -> Layout:
    return grid([head(SIX, v), ["示例", "张某某", "男", "2020-01-01", "室间隔缺损", 10000], *lines(SIX)])


def empty_spacer_columns(v: int) -> Layout:
    def spread(row: Row) -> Row:
        return [cell for value in row for cell in (value, None)]

    return grid([spread(head(SIX, v)), *map(spread, lines(SIX))])


def header_far_down(v: int) -> Layout:
    return grid(
        [[f"第{number}条 本项目资助对象为经济困难家庭的先心病患儿"] for number in range(70 + v)]
        + [head(SIX, v), *lines(SIX)]
    )


def text_only(v: int) -> Layout:
    layout = grid([head(SIX, v), *([str(value) for value in row] for row in lines(SIX))])
    return Layout(layout.sheets, tuple({name: str(value) for name, value in one.items()} for one in layout.records))


def group_names_written_again(v: int) -> Layout:
    fields = ("child_name", "sex", "guardian_name", "phone", "diagnosis")
    rows: list[Row] = [["患儿", "患儿", "监护人", "监护人", "诊疗"], ["姓名", "性别", "姓名", "电话", "诊断"]]
    return grid([*rows, *lines(fields)], fields)


def hints_below_the_header(v: int) -> Layout:
    hints: list[Row] = [
        ["（必填）", "（必填）", "（下拉选择）", "（格式：2024-01-01）", "（必填）", "（元）"],
        ["必填", "必填", "请选择", "格式：2024-01-01", "请填写全称", "选填"],
        ["Required", "Required", "choose", "format: 2024-01-01", "required", "optional"],
    ]
    return grid([head(SIX, v), hints[v], *lines(SIX)])


def counts_below_the_table(v: int) -> Layout:
    counts: list[Row] = [["病种", "例数"], ["室间隔缺损", 2], ["房间隔缺损", 2]]
    if v:
        counts = [["诊断", "人数", "占比"], ["室间隔缺损", 2, "33%"], ["房间隔缺损", 2, "33%"]]
    return grid([head(SIX, v), *lines(SIX), [], *counts])


def form_with_boxes(v: int) -> Layout:
    child = CHILDREN[1]
    rows: list[Row] = [
        ["姓名", child["child_name"], "性别", ("□男 ☑女", "□男  √女", "○男 ●女")[v]],
        ["诊断", child["diagnosis"], "与患儿关系", "父亲"],
        ["监护人", child["guardian_name"], "联系电话", child["phone"]],
        ["身份证号", child["id_number"], "就诊医院", child["hospital"]],
    ]
    fields = ("child_name", "sex", "diagnosis", "guardian_name", "phone", "id_number", "hospital")
    record = only(fields, [child])[0]
    return Layout((Sheet("表", rows),), ({**record, "guardian_relation": "父亲"},))


def forms_side_by_side(v: int) -> Layout:
    pair = (("child_name", "sex"), ("diagnosis", "phone"))
    rows: list[Row] = [["登记卡", None, None, None, *([None] * (v % 2)), "登记卡"]]
    for left, right in pair:
        row: Row = []
        for child in CHILDREN[:2]:
            row += [HEADS[left][v], child[left], HEADS[right][v], child[right], *([None] * (v % 2))]
        rows.append(row)
    return Layout((Sheet("表", rows),), only([name for names in pair for name in names], CHILDREN[:2]))


def english_throughout(v: int) -> Layout:
    heads: list[Row] = [
        ["Case No.", "Patient Name", "Gender", "Date of Birth", "Diagnosis", "Total Cost"],
        ["case_no", "name", "sex", "birth_date", "diagnosis", "total_cost"],
        ["Case Number", "Child's name", "Sex", "DOB", "Diagnosis", "Total cost (CNY)"],
    ]
    return grid([["Medical aid list"], heads[v], *lines(SIX), ["Total", None, None, None, None, 5]])


def marks_in_the_header(v: int) -> Layout:
    marked: list[Row] = [
        ["*编号", "*姓名", "性别*", "出生日期（必填）", "诊断：", "总费用（元）"],
        ["1.编号", "2.姓名", "3.性别", "4.出生日期", "5.诊断", "6.总费用"],
        ["编号\nNo.", "姓名 Name", "性别/Sex", "出生日期\nDate of birth", "诊断 Diagnosis", "总费用\nTotal cost"],
    ]
    return grid([marked[v], *lines(SIX)])


def hospital_heads_its_group(v: int) -> Layout:
    body = lines(SIX)
    rows = [head(SIX, v), ["（一）示范儿童医院"], *body[:3], ["（二）样板心血管医院"], *body[3:]]
    return grid(rows, merges=[(2, 1, 2, 6), (6, 1, 6, 6)])


def total_with_counts(v: int) -> Layout:
    totals: list[Row] = [
        [7, "合计", None, "6例", None, 81003],
        [None, "合 计", "男3人", None, None, "81,003元"],
        ["7", "总计：", None, None, None, "8.1万元"],
    ]
    totals[1][2] = None
    body: list[Row] = [[number, *row[1:]] for number, row in enumerate(lines(SIX), start=1)]
    layout = grid([["序号", *head(SIX, v)[1:]], *body, totals[v]])
    return Layout(layout.sheets, only(SIX[1:]))


def titles_that_count_pages(v: int) -> Layout:
    body = lines(SIX)
    rows: list[Row] = []
    for page in range(3):
        rows += [[f"救助名单（第{page + 1}页）"], head(SIX, v), *body[2 * page : 2 * page + 2]]
    return grid(rows)


def departments_head_their_rows(v: int) -> Layout:
    body = lines(SIX)
    return grid([head(SIX, v), ["心外科"], *body[:4], ["心内科"], *body[4:]])


def form_with_a_gap_before_the_value(v: int) -> Layout:
    fields = ("child_name", "sex", "birth_date", "diagnosis", "phone")
    child = CHILDREN[v]
    rows: list[Row] = [["登记表"], *([HEADS[name][v], None, child[name]] for name in fields)]
    return Layout((Sheet("表", rows),), only(fields, [child]))


LAYOUTS: tuple[Callable[[int], Layout], ...] = (
    title_over_header,
    table_off_the_corner,
    two_header_rows_with_groups,
    group_decides_the_field,
    three_header_rows,
    header_in_two_languages,
    row_of_units,
    columns_counted_under_header,
    total_below,
    subtotals_between,
    notes_and_signatures_below,
    header_printed_on_each_page,
    merged_hospital_down,
    numbered_empty_lines,
    blank_rows_between,
    two_tables_below_each_other,
    same_table_twice_with_other_order,
    list_in_two_columns,
    list_in_two_columns_uneven,
    summary_beside_the_list,
    one_sheet_a_month,
    form_in_pairs,
    form_with_wide_values,
    form_with_labels_down,
    forms_one_below_the_other,
    form_in_one_cell_each,
    form_with_sections,
    form_with_values_below,
    table_on_its_side,
    table_on_its_side_with_numbers,
    unknown_columns_among_known,
    instructions_above,
    example_row,
    empty_spacer_columns,
    header_far_down,
    text_only,
    group_names_written_again,
    hints_below_the_header,
    counts_below_the_table,
    form_with_boxes,
    forms_side_by_side,
    english_throughout,
    marks_in_the_header,
    hospital_heads_its_group,
    total_with_counts,
    titles_that_count_pages,
    departments_head_their_rows,
    form_with_a_gap_before_the_value,
)
VARIANTS = range(3)


def all_layouts() -> Iterator[tuple[str, Layout]]:
    for make in LAYOUTS:
        for variant in VARIANTS:
            yield f"{make.__name__}-{variant}", make(variant)
