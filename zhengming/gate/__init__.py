"""The gate: what of the findings counts, and whether a file may pass.

    selection   which rules are asked about, and from which severity on a finding closes the gate
    baseline    findings that are known and accepted, kept in a file

Nothing here looks at a cell: findings go in, and those that count come out.
"""
