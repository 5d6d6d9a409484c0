"""The gate: what of the findings counts, and whether a file may pass.

    selection   which rules are asked about, and from which severity on a finding closes the gate
    baseline    findings that are known and accepted, kept in a file
    deliveries  what changed since the sender's last delivery

Files are read by the pipeline; here their results are judged.
"""
