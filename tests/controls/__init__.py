"""
Negative controls: each protection removed in a copy, whose suite must then turn red.

    controls   which protections, how they are removed, who guards them
    workshop   a copy of the project, the removal, the suite's verdict
    mutants    protections of functions, found in their sources; bounds and orders put wrong
    functions  a database to put them wrong in
    guards     guards of the service, found in its modules
    sweep      each guard removed, the test that misses it; trial, fork: how that takes seconds
    page       docs/controls.md
    python -m tests.controls   all of them, and docs/controls.md from what was seen
"""
