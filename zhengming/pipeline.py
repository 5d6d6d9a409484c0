"""From a sender's file to clean, coded rows: read → locate → normalize → validate → write.

`clean` and `validate` do it for one file; a `Run` does it for a batch, keeping what was built for the first file.
Every row of a sheet becomes a data row or is explained; every raw value stays beside its typed one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zhengming import __version__, collecting
from zhengming.cleaning import OneFile
from zhengming.configuration import LargeFiles, SenderProfile
from zhengming.dictionary.model import Dictionary
from zhengming.dictionary.rulings import Decisions
from zhengming.errors import ZhengmingError
from zhengming.findings import Finding, Place, finding
from zhengming.normalizers import columns
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.results import ANNOTATED, RESULT, CleanResult, ValidationReport, made_folder
from zhengming.schemas import spec as specs
from zhengming.schemas import waivers
from zhengming.schemas.across import Mark
from zhengming.tables import Sheet, Workbook
from zhengming.tables.locate import Located
from zhengming.tables.words import plain

if TYPE_CHECKING:
    from zhengming.large.result import LargeResult
    from zhengming.learning.model import Model
    from zhengming.remembering import Memory


MANIFEST = "manifest.json"
_SPREADSHEETS = frozenset(
    {".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".fods", ".csv", ".tsv", ".html", ".htm", ".mht", ".xml"}
)


def inputs(paths: Sequence[Path]) -> list[Path]:
    """The files `paths` name: a folder stands for the spreadsheets in it, a pattern (`*.xlsx`) for what it matches.

    Our own results (`*.clean.xlsx`, `*.annotated.xlsx`) are left out of folders and patterns: a result is never taken
    for an input.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            listed = [one for one in path.iterdir() if one.suffix.lower() in _SPREADSHEETS]
        elif not path.exists() and any(mark in path.name for mark in "*?["):
            listed = list(path.parent.glob(path.name))
        else:
            found.append(path)
            continue
        listed = sorted(one for one in listed if one.is_file() and not one.stem.endswith((RESULT, ANNOTATED)))
        found += listed or [path]  # nothing there: reading says so
    return found


def clean(
    path: str | Path,
    table: str | Path = "aid_case",
    dictionary: Dictionary | None = None,
    *,
    sender: str = "",
    decisions: Decisions | str | Path | None = None,
) -> CleanResult:
    """Clean one spreadsheet: type every cell, code every name, check the rows.

    `table` names a bundled table spec or a TOML file; `dictionary` is the bundled one by default; `decisions` of
    reviewers (what holds of a log, or its path) are applied to equal values.

    Raises:
        FileError: the file cannot be read, or no table is found in it.
        SpecError: no such table spec.
    """
    return Run(table=table, dictionary=dictionary, sender=sender, decisions=decisions).clean(path)


def validate(
    path: str | Path,
    table: str | Path = "aid_case",
    dictionary: Dictionary | None = None,
    *,
    sender: str = "",
    decisions: Decisions | str | Path | None = None,
) -> ValidationReport:
    """Check one spreadsheet against a table spec.

    Raises:
        FileError: the file cannot be read, or no table is found in it.
        SpecError: no such table spec.
    """
    return Run(table=table, dictionary=dictionary, sender=sender, decisions=decisions).validate(path)


class Run:
    """A batch: one table spec, one dictionary, the matchers built once, the facts of every file."""

    def __init__(
        self,
        *,
        table: str | Path = "aid_case",
        dictionary: Dictionary | None = None,
        sender: str = "",
        decisions: Decisions | str | Path | None = None,
        models: Sequence[Model] = (),
        specialities: Mapping[str, Sequence[str]] | None = None,
        profile: SenderProfile | None = None,
        memory: Memory | None = None,
        lang: str = "zh",
        today: dt.date | None = None,
        large: LargeFiles | None = None,
    ) -> None:
        """Load the spec, open the dictionary, read the decisions; `today` is the day of the run, if it matters.

        Of `models`, learned from decisions, each serves its own category.
        `specialities` says for a category which of its contexts the sender's cells are about (see `Matcher`);
        `profile` is what is known of the sender's tables. Results in `memory` are used again. `large` says which files
        `clean_into` works on portion by portion.

        Raises:
            SpecError: no such table spec.
            UnreadableFile: the log of decisions cannot be read.
        """
        self.spec = specs.load(table)
        self.dictionary = dictionary or Dictionary.open()
        self.sender = sender
        self.decisions = Decisions.of(decisions)
        self.models = {model.about.category: model for model in models}
        self.specialities = specialities or {}
        self.profile = profile or SenderProfile()
        self.known_headers = {plain(header): field for header, field in self.profile.headers.items()}
        self.wanted = [columns.Wanted(field.name, field.kind, field.category) for field in self.spec.fields]
        self.memory = memory
        self.lang = lang
        self.files: list[Mapping[str, object]] = []
        self.inputs: list[Path] = []  # never written over
        self.needs_attention = False
        self.several = True  # files, that may have the same children
        self.today = today
        self.large = large or LargeFiles()
        self._marks: list[Sequence[Mark]] = []
        self._matchers: dict[str, Matcher] = {}
        self._names: Counter[str] = Counter()

    def clean(self, path: str | Path) -> CleanResult:
        """Clean one file of the batch; see `clean`."""
        self.inputs.append(Path(path))
        result = self.cleaned(path)
        self.note(result.manifest, result.findings, result.marks)
        return result

    def cleaned(self, path: str | Path, stem: str = "") -> CleanResult:
        """One file cleaned, without a trace in this run; `stem` names its results."""
        with collecting.paused():
            return OneFile(self, Path(path)).clean(stem)

    def clean_into(
        self, directory: str | Path, path: str | Path, stem: str = "", *, data_format: str = "xlsx"
    ) -> CleanResult | LargeResult:
        """One file cleaned and written into `directory`, without a trace in this run; see `CleanResult.write`.

        A file of many rows is worked on portion by portion: the memory it takes follows the portion, not the file.

        Raises:
            FileError: the file cannot be read, no table is found in it, or a result cannot be written.
        """
        from zhengming.files import scratch
        from zhengming.large import portions
        from zhengming.tables.kept_rows import Keep

        result: CleanResult | LargeResult
        with scratch(made_folder(directory)) as store:
            with collecting.paused():
                file = OneFile(self, Path(path), keep=Keep(store, self.large.beyond))
                if not file.is_large:
                    result = file.clean(stem)
            if file.is_large:
                with collecting.between_portions() as sweep:
                    result = portions.cleaned(file, store, stem=stem, size=self.large.portion, sweep=sweep)
                    result.write(directory, data_format=data_format)
            else:
                result.write(directory, data_format=data_format)
        return result

    def forget(self, beyond: int) -> None:
        """Let the matchers go of what they read, where it is of more than `beyond` texts."""
        for matcher in self._matchers.values():
            matcher.forget(beyond)

    def located(self, path: str | Path) -> tuple[Workbook, Sequence[Located], Sequence[Finding]]:
        """A file as read, its tables as found, and what was noticed on the way; nothing is normalized.

        Raises:
            FileError: the file cannot be read, or no table is found in it.
        """
        return OneFile(self, Path(path)).located()

    def checked(self, sheet: Sheet) -> tuple[Finding, ...]:
        """What a check finds in a table in memory, without a trace in this run.

        Raises:
            NoTable: the sheet has none.
        """
        book = Workbook(file="", sha256="", format="csv", sheets=(sheet,))
        return OneFile(self, Path(), book).clean("table").findings

    def note(self, manifest: Mapping[str, object], findings: Sequence[Finding], marks: Sequence[Mark] = ()) -> None:
        """Keep the facts of a file of the batch, wherever it was done."""
        self.files.append(manifest)
        self._marks.append(marks)
        self.needs_attention |= any(one.severity != "info" for one in findings)

    def across(self) -> list[Finding]:
        """What is found only when the files of the batch are compared: a child that several of them have."""
        from zhengming.schemas import across

        found = across.repeated(self.spec, self._marks)
        found = waivers.apply(found, self.spec.waivers, today=self.today, sender=self.sender)
        self.needs_attention |= any(one.severity != "info" for one in found)
        return found

    def make_ready(self) -> None:
        """Load what every file needs, while the first is being read by another process."""
        from zhengming.schemas import compiled

        self.matcher("field")
        compiled.load()

    def prepare(self) -> None:
        """Build everything that the files will share, for processes that are about to be forked."""
        for category in ("field", *(field.category for field in self.spec.fields if field.category)):
            self.matcher(category).prepare()

    def validate(self, path: str | Path) -> ValidationReport:
        """Check one file of the batch; see `validate`."""
        result = self.clean(path)
        return ValidationReport(result.findings, result.manifest)

    def failed(self, path: Path, error: ZhengmingError) -> Finding:
        """Keep the fact that a file of the batch could not be done, and say it as a finding of that file."""
        self.files.append({"file": path.name, "error": str(error)})
        return finding(error.code or "ZM001", Place(path.name), kind="unreadable")

    def summary(self) -> dict[str, str | int]:
        """The facts of the run that a report shows."""
        counted = {
            name: sum(int(str(one.get(name, 0))) for one in self.files)
            for name in ("rows_in", "rows_out", "rows_explained")
        }
        return {
            "version": __version__,
            "dictionary": f"{self.dictionary.id} {self.dictionary.version} {self.dictionary.sha256}",
            **({"chain_head": self.dictionary.head} if self.dictionary.head else {}),
            "table": self.spec.name,
            "files": len(self.files),
            **counted,
        }

    def write_manifest(self, directory: str | Path) -> Path:
        """Write the facts of the run as `manifest.json` into `directory`.

        Raises:
            UnwritableFile: it cannot be written.
        """
        from zhengming.files import write_bytes

        target = made_folder(directory) / MANIFEST
        facts = {**self.facts(), "files": self.files}
        write_bytes(target, (json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode())
        return target

    def facts(self) -> dict[str, object]:
        """What the results depend on: tool, dictionary, table spec, sender."""
        return {
            "tool_version": __version__,
            "dictionary_id": self.dictionary.id,
            "dictionary_version": self.dictionary.version,
            "dictionary_sha256": self.dictionary.sha256,
            "dictionary_chain_head": self.dictionary.head,
            "table": f"{self.spec.name} {self.spec.version}",
            "sender": self.sender,
            **({"date": self.today.isoformat()} if self.today else {}),
            **({"decisions": len(self.decisions), "decisions_sha256": self.decisions.sha256} if self.decisions else {}),
            **({"models": {name: model.sha256 for name, model in self.models.items()}} if self.models else {}),
        }

    def matcher(self, category: str) -> Matcher:
        """The matcher of a category, built once."""
        if category not in self._matchers:
            self._matchers[category] = Matcher(
                self.dictionary,
                category,
                sender=self.sender,
                decisions=self.decisions,
                model=self.models.get(category),
                speciality=self.specialities.get(category, ()),
            )
        return self._matchers[category]

    def stem(self, path: Path) -> str:
        """The stem of a file's results: its own, numbered when an earlier file of the run has it."""
        self._names[path.stem] += 1
        count = self._names[path.stem]
        return path.stem if count == 1 else f"{path.stem} ({count})"


def demo(directory: str | Path, *, lang: str = "zh") -> str:
    """Write the sample spreadsheets into `directory`/inbox, clean them into `directory`/clean, and tell the result.

    Raises:
        UnwritableFile: the folder cannot be written.
    """
    from importlib import resources

    from zhengming.files import write_bytes
    from zhengming.findings import words

    spoken = words(lang)
    inbox, target = made_folder(Path(directory) / "inbox"), Path(directory) / "clean"
    run = Run(lang=lang)
    lines: list[str] = []
    first = ""
    samples = resources.files("zhengming") / "data" / "samples"
    for sample in sorted(samples.iterdir(), key=lambda one: one.name):
        if not sample.name.endswith((".xlsx", ".csv")):
            continue
        write_bytes(inbox / sample.name, sample.read_bytes())
        result = run.clean(inbox / sample.name)
        written = result.write(target)
        first = first or str(written[0])
        lines.append(result.one_line())
    run.write_manifest(target)
    return "\n".join(
        [
            spoken["demo_title"].format(folder=directory),
            *lines,
            spoken["demo_total"].format(**run.summary()),
            spoken["demo_next"].format(file=first),
        ]
    )
