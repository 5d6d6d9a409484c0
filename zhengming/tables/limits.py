"""How much of a machine one foreign file may use, each limit with its unit."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for reading one file. Bytes are bytes, times are seconds; every limit can be raised by the caller.

    The reading child process gets `seconds` plus `seconds_per_mb` for each megabyte of the file, as processor time and
    as wall time alike.
    """

    file_bytes: int = 256 << 20  # the file as it lies on disk
    text_bytes: int = 128 << 20  # a csv is decoded in memory, at up to four bytes a character
    entries: int = 2_000  # files inside the zip
    entry_bytes: int = 512 << 20  # one of them, inflated
    total_bytes: int = 1 << 30  # all of them, inflated
    whole_bytes: int = 4 << 30  # sheets of an xlsx, inflated, that are read at once; larger ones are read row by row
    ratio: int = 200  # inflated to deflated, of one entry larger than a megabyte; honest sheets stay under 60
    grid_cells: int = 20_000_000  # the rectangle a dense reader allocates; a sparser sheet is read cell by cell
    memory_bytes: int = 3 << 29  # address space of the child; what it sends takes up to as much again in the parent
    seconds: int = 15  # with starting the child and unpacking what it sends, an ordinary file ends within 20
    seconds_per_mb: float = 1.5  # a megabyte of xlsx is about 170,000 cells and takes 0.3 s on a slow core
    isolate: bool = True  # False reads in this process: for files of our own making only

    def kept(self) -> Limits:
        """The limits where the rows of a large file are kept on disk."""
        return replace(
            self,
            file_bytes=4 << 30,
            text_bytes=4 << 30,
            entry_bytes=4 << 30,
            total_bytes=6 << 30,
            whole_bytes=min(self.whole_bytes, 64 << 20),
            grid_cells=200_000_000,
            seconds_per_mb=5.0,
        )

    def time_for(self, file_bytes: int) -> float:
        """Seconds that reading a file of this size may take.

        >>> Limits().time_for(10 << 20)
        30.0
        """
        return self.seconds + self.seconds_per_mb * (file_bytes / (1 << 20))


DEFAULT = Limits()
