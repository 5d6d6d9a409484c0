"""Files of more rows than memory should hold: cleaned portion by portion, what came of each portion kept on disk.

`portions` drives `cleaning.OneFile` over the portions, `repeats` finds rows of different portions that are alike,
`found` holds findings in few bytes, `frames` holds frames on disk, `sheets` and `result` write what came of it all.
The results are those of a file cleaned as a whole.
"""
