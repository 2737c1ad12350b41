"""The command line: ``logreg`` and ``python -m logreg_core``.

A command is a file of its own, named in `group.COMMANDS` and loaded when it is called. Commands
read options, call the library and print; nothing is computed here. What a command needs is
imported inside it, so that ``--help`` and ``fit`` pay for nothing they do not use.
"""

from .group import main

__all__ = ["main"]
