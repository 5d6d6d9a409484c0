"""LibreOffice as a test uses it: a workbook opened and saved again, as a colleague at another desk would."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# In CI it must be there: a test that is skipped proves nothing.
needs_office = pytest.mark.skipif(not OFFICE and not os.environ.get("CI"), reason="LibreOffice is not installed")


def saved_again(path: Path, folder: Path, kind: str = "xlsx", suffix: str = "") -> Path:
    """`path` as LibreOffice writes it after opening it: as `kind`, into `folder`."""
    assert OFFICE, "LibreOffice is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", suffix or kind, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{path.stem}.{kind}"
