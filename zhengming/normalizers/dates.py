"""Dates: calendar days as senders write them, typed by Excel, or kept as its serial numbers.

The worse mistake is a wrong day that nobody looks at: ages, the order of admission and operation, and the check
against the identity number all hang on it. So no day is invented (2021年3月 goes to review with no value, reason
`month-precision`), no order is guessed (6/7/2021 goes to review, `day-month-order`), a two-digit year is only ever a
proposal, and there is no clock here: whether a date lies in the future is for the table spec to say.

Canonical text is ISO 8601 (`2021-07-06`). Years from 1901 to 2099 are valid; 1900-01-01 and the days around it are
how systems write "no date".

>>> normalize("2021年7月6日").value
datetime.date(2021, 7, 6)
>>> normalize(44383).value
datetime.date(2021, 7, 6)
>>> normalize("6/7/2021").reason, normalize("2021-02-30").reason
('day-month-order', 'impossible-date')
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from zhengming.normalizers import cells, written_dates
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched

FIRST_YEAR, LAST_YEAR = written_dates.FIRST_YEAR, written_dates.LAST_YEAR
FIRST_SERIAL_YEAR = 1950  # chosen: a smaller number is rather one in the wrong column; 12000 is a day of 1932


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The calendar day a cell states.

    Accepted: `typed-date`, `written-date`, `chinese-numerals`, `month-name`, `compact-date`, `excel-serial`,
    `day-first`, `month-first` (from the sender's stated order, or the only possible one), `time-dropped`.
    Review with a value: `two-digit-year`, `year-out-of-range`, `serial-as-text`, `approximate`, `extra-text`,
    `time-zone`, `order-contradicted`. Review without: `month-precision`, `year-precision`, `no-year`,
    `day-month-order`, `several-dates`, `lunar-calendar`. Unmatched: `impossible-date`, `not-a-date`.
    """
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, datetime):
        return _of_instant(raw)
    if isinstance(raw, date):
        return written_dates.judged(date(raw.year, raw.month, raw.day), "typed-date")
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        return _of_number(raw, context)
    if isinstance(raw, str):
        text = cells.folded(raw)
        return _of_serial_text(text, context) or written_dates.read(text, context.order)
    return unmatched("not-a-date")


def is_valid(value: object) -> bool:
    """Whether `value` is a calendar day, and no instant, from 1901 to 2099."""
    return isinstance(value, date) and not isinstance(value, datetime) and FIRST_YEAR <= value.year <= LAST_YEAR


def format(value: date) -> str:
    """ISO 8601.

    >>> format(date(2021, 7, 6))
    '2021-07-06'
    """
    return value.isoformat()


def of_serial(serial: int, *, date1904: bool = False) -> date | None:
    """The day with this Excel serial number, or None where there is none (ECMA-376 part 1, 18.17.4.1).

    The 1900 system counts from 1 = 1900-01-01 and has a day 60, 1900-02-29, that never was.

    >>> of_serial(61), of_serial(60), of_serial(0, date1904=True)
    (datetime.date(1900, 3, 1), None, datetime.date(1904, 1, 1))
    """
    if not 0 <= serial < 100_000 or (not date1904 and serial in (0, 60)):
        return None
    if date1904:
        return date(1904, 1, 1) + timedelta(days=serial)
    return date(1899, 12, 30 if serial > 60 else 31) + timedelta(days=serial)


def _of_instant(raw: datetime) -> Outcome:
    """The day of a typed date and time; one of another time zone may be the day before in China."""
    if raw.utcoffset() not in (None, timedelta(hours=8)):
        return written_dates.in_china(raw)
    reason = "time-dropped" if raw.time() != datetime.min.time() else "typed-date"
    return written_dates.judged(raw.date(), reason)


def _of_number(raw: float | Decimal, context: Context) -> Outcome:
    """The day of a number: the digits of a date, or a serial number."""
    if raw != raw or not 0 < raw < 10**15:
        return unmatched("not-a-date")
    whole = int(raw)
    if raw == whole and len(str(whole)) in (4, 6, 8, 14):
        return written_dates.read(str(whole), context.order)
    if FIRST_YEAR <= whole <= LAST_YEAR:
        return review(None, "month-precision")  # 2021.7 typed as a number; 2021.10 has become 2021.1
    day = of_serial(whole, date1904=context.date1904)
    if day is None or not FIRST_SERIAL_YEAR <= day.year <= LAST_YEAR:
        return unmatched("not-a-date")
    return accepted(day, "excel-serial")


def _of_serial_text(text: str, context: Context) -> Outcome | None:
    """A serial number kept as text, as in a csv saved from an unformatted column: the date system is not known."""
    whole = text.partition(".")[0]
    if not (len(whole) == 5 and text.isascii() and text.replace(".", "", 1).isdigit()):
        return None
    outcome = _of_number(int(whole), context)
    return review(outcome.value, "serial-as-text", 0.8) if outcome.status == "accepted" else outcome
