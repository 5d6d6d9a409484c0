"""The parts of `scale.py`: the work, who does it, and how what was measured is drawn."""
