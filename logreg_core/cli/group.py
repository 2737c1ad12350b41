"""The group of commands: which there are, and that none is loaded before it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from .. import __version__
from .messages import readable

__all__ = ["COMMANDS", "main"]

# A command NAME is `command` in the module NAME of this package.
COMMANDS = ("bench", "crosscheck", "deliverables", "explore", "fit", "gallery", "predict", "report")


class _Commands(click.Group):
    """Commands loaded by name, whose errors are those of the library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{cmd_name}", __package__).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        with readable():
            return super().invoke(ctx)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="logreg")
def main() -> None:
    """Binary logistic regression: maximum likelihood, with its quality stated.

    Without column options a command assumes the case study's columns (verified_status in the
    claims data); --target and --features name those of any other CSV file.

    \b
    Exit codes: 0 fitted or agreed; 2 bad input; 3 not converged or separated; 4 libraries differ.
    """
