"""Compiles the modules that read a cell, with mypyc, when a wheel is built: they take half the time then.

Which ones is in pyproject.toml. They stay ordinary Python: an editable installation runs them as they are, and so does
a wheel that is built where there is no C compiler, or with ZHENGMING_COMPILED=no. With ZHENGMING_COMPILED=yes it is an
error if they cannot be compiled.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WANTED = "ZHENGMING_COMPILED"
GROUP = "zhengming_reading"  # name of the library that all compiled modules share
# Nothing else calls its functions, so they are called directly, not through a table: cells take a tenth less.
FLAGS = [] if os.name == "nt" else ["-fvisibility=hidden"]

# Types of other packages are not there when a wheel is built: what comes from them is taken as it comes.
SETTINGS = """
[mypy]
ignore_missing_imports = True
follow_imports = silent
disable_error_code = import-untyped, import-not-found, misc, no-any-return, unused-ignore
"""


class CompiledReading(BuildHookInterface):
    """Adds the compiled modules to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the installation is editable or nobody wants it."""
        wanted = os.environ.get(WANTED, "")
        if self.target_name != "wheel" or version == "editable" or wanted == "no":
            return
        self._built = tempfile.TemporaryDirectory()
        try:
            libraries = compiled(Path(self.root), self._modules(), Path(self._built.name))
        except (Exception, SystemExit) as problem:  # whatever it was: the modules work as they are
            if wanted == "yes":
                raise
            self.app.display_warning(f"built without compiled modules, cells are read more slowly: {problem}")
            return
        build_data["force_include"].update(libraries)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def _modules(self) -> list[str]:
        """The paths of what is to be compiled."""
        root, left = Path(self.root), {"__init__", *self.config["interpreted"]}
        paths = sorted(path for pattern in self.config["compiled"] for path in root.glob(pattern))
        return [path.relative_to(root).as_posix() for path in paths if path.stem not in left]

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled, which the wheel has now."""
        if hasattr(self, "_built"):
            self._built.cleanup()


def compiled(root: Path, modules: list[str], directory: Path) -> dict[str, str]:
    """Compile the modules under `root` into `directory`; gives the libraries and their places in the wheel.

    Raises:
        SystemExit: mypyc cannot compile a module.
        setuptools.errors.BaseError: there is no compiler, or it failed.
    """
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    settings = directory / "mypy.ini"
    settings.write_text(SETTINGS, encoding="utf-8")
    with chdir(root):
        extensions = mypycify(
            ["--config-file", str(settings), "--cache-dir", str(directory / "cache"), *modules],
            opt_level="2",
            debug_level="0",
            target_dir=str(directory / "c"),
            group_name=GROUP,
        )
        for extension in extensions:
            extension.extra_compile_args += FLAGS
        command = build_ext(Distribution({"name": "zhengming", "ext_modules": extensions}))
        command.build_lib, command.build_temp = str(directory / "lib"), str(directory / "temp")
        command.ensure_finalized()
        command.run()
    library = directory / "lib"
    return {str(path): path.relative_to(library).as_posix() for path in sorted(library.rglob("*")) if path.is_file()}
