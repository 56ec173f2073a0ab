"""``python -m estimator``: the command line."""

from estimator.cli import main

main(prog_name="python -m estimator")
