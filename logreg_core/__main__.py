"""``python -m logreg_core``: the same as ``logreg``."""

from .cli import main

if __name__ == "__main__":
    main(prog_name="logreg")
