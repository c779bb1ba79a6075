"""`python -m service.cli` is `pgtill`."""

from service.cli import main

main()
