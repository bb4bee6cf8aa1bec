"""``python -m hetao``: the command line."""

from hetao.cli import main

main()
