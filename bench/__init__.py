"""
What `make bench` runs: `python -m bench [PART ...]`.

    stage      one PostgreSQL, a database a part, server processes
    wrk        closed-loop load: as fast as answers come
    open_loop  open-loop load: at a rate, whatever comes back
    parts/     what is measured, one module a part
    report     results as JSON, Markdown and the README's figures; plots draws them
    server     `pgtill serve` with one more route, which does nothing
    baseline   the same endpoint as it would plainly be written
"""
