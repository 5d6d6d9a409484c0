"""Settings for all tests."""

import sys
from pathlib import Path

from hypothesis import settings

# What is installed is tested, also where pytest was started with the checkout in front of it (`python -m pytest`). The
# checkout comes last, for processes that look for a function of a test.
ROOT = str(Path(__file__).parents[1])
sys.path[:] = [entry for entry in sys.path if entry not in ("", ROOT)] + [ROOT]

# The same examples every time, and no clock: a slow machine is no failure.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")
