"""python -m nncalc."""

from nncalc.cli import main

main()
