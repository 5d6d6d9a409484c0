"""The entry point of `zm` and of `python -m zhengming`: the version is told before anything is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; `zm --version` answers without building it."""
    if sys.argv[1:] == ["--version"]:
        from zhengming import __version__

        sys.stdout.write(f"zhengming {__version__}\n")
        return
    from zhengming import cli

    cli.main()


if __name__ == "__main__":
    main()
