"""The data dictionary: its model, its source form on disk, the linter, and what makes two texts the same term."""
