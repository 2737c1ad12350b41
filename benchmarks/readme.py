"""Write the generated parts of the README from what was measured.

    python -m benchmarks.readme [--check]

The tables come from `benchmarks/results/accuracy.json` (made by `python -m benchmarks.accuracy
--json`) and from the newest race in `benchmarks/results/*.jsonl` (made by `python -m
benchmarks.run`); the example's output from running it. `--check` changes nothing and exits 1 where
the README differs.
"""

from __future__ import annotations

import argparse
import doctest
import json
import re
import sys
from pathlib import Path

from benchmarks.accuracy import Score, table

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results"


def accuracy_block() -> str:
    """The table of right digits, from the recorded scores."""
    recorded = json.loads((RESULTS / "accuracy.json").read_text(encoding="utf-8"))
    scores = [Score(**{**row, "warned": tuple(row["warned"])}) for row in recorded["scores"]]
    body = table(scores, "coef").partition("\n\n")[2].strip()
    return f"{body}\n\n{recorded['versions']}"


class _Recorder(doctest.DocTestRunner):
    """Runs examples and keeps what they print."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.printed: list[str] = []

    def report_success(self, out: object, test: object, example: object, got: str) -> None:
        self.printed.append(got)

    def report_failure(self, out: object, test: object, example: object, got: str) -> None:
        self.printed.append(got)


def example_block(text: str) -> str:
    """The first example with the output it prints now."""
    example = re.search(r"```python\n(.*?)```", text, flags=re.S)
    assert example is not None
    test = doctest.DocTestParser().get_doctest(example.group(1), {}, "README", "README.md", 0)
    recorder = _Recorder()
    recorder.run(test, out=lambda _: None)
    lines: list[str] = []
    for part, got in zip(test.examples, recorder.printed, strict=True):
        lines.append(">>> " + part.source.rstrip("\n").replace("\n", "\n... "))
        lines += got.rstrip("\n").split("\n") if got else []
    return "\n".join(line.rstrip() for line in lines)


def refreshed(text: str) -> str:
    """The README with every generated part made anew."""
    blocks = {"accuracy": accuracy_block}
    try:
        from benchmarks.summarise import readme_block
    except ImportError:
        pass
    else:
        blocks["speed"] = readme_block
    for name, make in blocks.items():
        mark = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text = re.sub(mark, lambda m, make=make: f"{m[1]}{make()}\n{m[2]}", text, flags=re.S)
    example = example_block(text)
    made = f"```python\n{example}\n```"
    return re.sub(r"```python\n.*?```", lambda _: made, text, count=1, flags=re.S)


def main(arguments: list[str] | None = None) -> int:
    """Refresh the README, or say whether it is fresh."""
    parser = argparse.ArgumentParser(prog="benchmarks.readme", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if stale")
    chosen = parser.parse_args(arguments)
    text = README.read_text(encoding="utf-8")
    fresh = refreshed(text)
    if chosen.check:
        return int(fresh != text)
    README.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
