"""How each command is called with a file of marked values: the table that the canary test runs through.

A command that is not here fails the test. Give it a line: its words with {file} where a spreadsheet goes, even one it
was not made for, for people mix files up. Or say in `EXEMPT` why no cell can come its way.

    {files}  all marked files at once, good and bad      {file}    some of them, one after the other
    {small}, {cut}   one that can be read, one not       {book}, {text}  a workbook and a csv of 5,000 each
    {headless}  one whose headers are mostly a row of data
    {clean}  what zm clean makes of {small}
    {review} a review workbook made from marked values   {gold}    gold data of marked values
    {source} the source folder of a small dictionary     {key}     a file with a key for pseudonyms
    {out}    a new folder for results
"""

from __future__ import annotations

from zhengming.masking.profiles import names
from zhengming.reports import OUTPUTS

REPORTS = tuple(word for form in OUTPUTS for word in ("--report", f"{form}={{out}}/report.{form}"))

CALLS: dict[str, list[tuple[str, ...]]] = {
    "evaluate": [("{cut}",), ("{small}",), ("{gold}",)],
    "clean": [("{files}", "-o", "{out}", "--annotate", "--jobs", "1"), ("{small}", "-o", "{key}")],
    "validate": [
        ("{files}", *REPORTS, "--jobs", "1"),
        ("{small}", *REPORTS, "--previous", "{book}", "--lang", "en", "--output-format", "json"),
        ("{small}", "--write-baseline", "{out}/known.json"),
        ("{small}", "--baseline", "{small}"),
        ("{small}", "--table", "{small}"),
        ("{small}", "--dict", "{small}"),
        ("{small}", "--decisions", "{small}"),
    ],
    "mask": [
        ("{book}", "-p", "research", "-o", "{out}/masked.xlsx", "--key-file", "{key}", "--on", "2024-01-01"),
        *(("{small}", "-p", name, "-o", "{out}/masked.csv", "--k", "3") for name in names() if name != "research"),
        *(("{file}", "-p", "nobody", "-o", "{out}/masked.csv"), ("{cut}", "-p", "public", "-o", "{out}/masked.csv")),
        ("{small}", "-p", "research", "-o", "{out}/masked.csv", "--key-file", "{small}"),
        ("{small}", "-p", "{small}", "-o", "{out}/masked.csv"),
        ("{small}", "-p", "public", "-o", "{small}"),
    ],
    "trace": [
        *(("{clean}", f"{column}{row}") for column in ("D", "H", "N", "Z") for row in (5, 6)),
        *(("{clean}", "D5", "--json"), ("{file}", "D5"), ("{clean}", "N6", "--source", "{small}")),
    ],
    "profile": [("{file}",), ("{headless}",), ("{headless}", "--json")],
    "code": [("{file}", "-o", "{out}/coded.csv", "--column", "诊断=disease")],
    "schema": [("{small}",)],
    "learn": [("{gold}", "-o", "{out}/model"), ("{small}", "-o", "{out}/model"), ("--show", "{small}")],
    "template": [("{file}", "-o", "{out}/form.xlsx")],
    "dict lint": [("{file}",)],
    "dict export": [("-o", "{out}", "--dict", "{file}")],
    "dict new": [("{file}",)],
    "dict import": [("{file}", "--into", "{source}", "--code", "代码", "--name", "名称", "--category", "thing")],
    "dict stats": [("{file}",)],
    "dict add": [("{file}", "-c", "thing", "--name", "名")],
    "dict term": [("{file}", "C1", "名")],
    "dict rename": [("{file}", "C1", "名")],
    "dict move": [("{file}", "C1")],
    "dict retire": [("{file}", "C1")],
    "dict unite": [("{file}", "C1")],
    "dict split": [("{file}", "C1")],
    "dict diff": [("{file}", "{file}"), ("{source}", "{source}", "--data", "{clean}")],
    "dict migrate": [
        ("{file}", "--from", "{source}", "--to", "{source}", "-o", "{out}"),
        ("{clean}", "--from", "{source}", "--to", "{source}", "-o", "{out}"),
        ("{clean}", "--from", "{cut}", "--to", "{small}", "-o", "{out}"),
    ],
    "dict merge": [("{small}", "{out}", "{book}")],
    # Of a log of decisions, `promote` and `propose` show the wordings that are to become names of the dictionary, which
    # is published; of a log that is none they show nothing.
    "dict promote": [("{file}", "--into", "{source}")],
    "dict propose": [("{file}",)],
    "dict build": [("{file}",)],
    "dict index": [("{file}",)],
    "dict release": [("{file}",)],
    "dict verify": [("{file}",)],
    "dict install": [("{file}",)],
    "dict log": [("{file}",)],
    "review export": [("{files}", "-o", "{out}/review.xlsx")],
    "review apply": [
        ("{review}", "--decisions", "{out}/decisions.csv", "--reviewer", "甲", "--time", "2024-01-01"),
        ("{file}", "--decisions", "{out}/decisions.csv", "--reviewer", "甲", "--time", "2024-01-01"),
        ("{review}", "--decisions", "{file}", "--reviewer", "甲", "--time", "2024-01-01"),
    ],
    "review cluster": [("{files}", "-o", "{out}/clusters.csv")],
    "review merge": [
        ("{review}", "{review}", "-o", "{out}/merged.xlsx"),
        ("{file}", "{file}", "-o", "{out}/merged.xlsx"),
    ],
}
EXEMPT = {
    "lookup": "shows how the text that it is given is read: the person who asks has typed it",
    "explain": "likewise",
    "demo": "reads only the samples of the package, whose persons are invented",
    "rules": "reads no file",
}
# Results that hold cells because that is what they are for; whatever else a command writes is looked through.
RESULTS = (".xlsx", ".xls", ".csv", ".tsv", ".parquet")
