"""python -m nncalc."""

from nncalc.cli.main import main

main()
