"""Review in Excel: what a human must decide of a run, as one workbook, and back as decisions.

items    what is offered: each distinct open value once, with its answers; the stamp of a workbook
book     the workbook, written: a sheet to fill in, instructions, hidden lists
reading  the workbook, read back after Excel, WPS or LibreOffice saved it: answers, and what is wrong with them
export   results → workbook
apply    workbooks → decisions in the log
merge    several reviewers' copies → one workbook, with what they disagree on
"""
