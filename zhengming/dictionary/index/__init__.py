"""The search index of a large category: arrays in one file beside its release, mapped into memory, never loaded.

`grams` turns texts into character pairs, `nearest` finds the terms most like many texts at once, `arrays` is the file.
"""
