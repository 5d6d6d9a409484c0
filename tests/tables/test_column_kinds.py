"""What columns are by their cells: numbers as text, identifiers as numbers, a table that goes on without a header."""

from __future__ import annotations

from zhengming.tables import CellValue, Sheet
from zhengming.tables.layout import continued, tables_of

FIELDS = {"编号": "case_no", "姓名": "child_name", "诊断": "diagnosis", "费用": "total_cost"}
HEAD: list[CellValue] = ["编号", "姓名", "诊断", "费用"]


def kinds(column: list[CellValue], header: str = "费用") -> list[tuple[str, object]]:
    rows: list[list[CellValue]] = [["姓名", header], *(["甲", value] for value in column)]
    (table,) = tables_of(Sheet("表", rows), FIELDS.get)
    return [(notice.kind, notice.params.get("count")) for notice in table.notices]


def test_numbers_kept_as_text_are_told() -> None:
    assert kinds([1, 2, 3, 4, 5, 6, 7, "8", "1,000.5"]) == []  # two in nine are too many to say what the column is
    assert kinds([1, 2, 3, 4, 5, 6, 7, 8, "9", "1,000.5"]) == [("numbers-as-text", 2)]
    assert kinds([1, 2, 3, 4, 5, "无"]) == []
    assert kinds([1, 2, 3, 4, 5]) == []


def test_identifiers_kept_as_numbers_are_told() -> None:
    assert kinds(["0012", "0013", "0014", 15], "编号") == [("identifiers-as-numbers", 1)]
    assert kinds(["0012", "0013", "0014"], "编号") == []
    assert kinds(["室缺", "房缺", "法四", 15], "诊断") == []


def first() -> Sheet:
    return Sheet("一月", [HEAD, ["990101", "甲", "室缺", 1], ["990102", "乙", "房缺", 2]])


def test_a_sheet_that_goes_on_takes_the_header_of_the_one_before() -> None:
    (before,) = tables_of(first(), FIELDS.get)
    sheet = Sheet("二月", [["990103", "丙", "室缺", 3], [], ["990104", "丁", "法四", 4], ["合计", None, None, 7]])
    after = continued(sheet, before)
    assert after is not None
    assert [row.cells for row in after.rows] == [tuple(sheet.rows[0]), tuple(sheet.rows[2])]
    assert [column.field for column in after.columns] == ["case_no", "child_name", "diagnosis", "total_cost"]
    assert [(one.row, one.kind) for one in after.explained] == [(2, "blank"), (4, "total")]
    assert [notice.kind for notice in after.notices] == ["header-continued"]


def test_another_sheet_does_not() -> None:
    (before,) = tables_of(first(), FIELDS.get)
    for rows in (
        [["填表说明"], ["请核对后提交"]],
        [["甲", "室缺", 1, "990101"], ["乙", "房缺", 2, "990102"]],
        [["990103", "丙", "室缺", 3, "多"]],
        [],
    ):
        assert continued(Sheet("说明", rows), before) is None
