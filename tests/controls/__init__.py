"""
Negative controls: each protection removed in a copy, whose suite must then turn red.

    controls   which protections, how they are removed, who guards them
    workshop   a copy of the project, the removal, the suite's verdict
    python -m tests.controls   all of them, and docs/controls.md from what was seen
"""
