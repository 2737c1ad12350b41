"""Tables and plots from a results file.

    python -m benchmarks.summarise RESULTS.jsonl [--docs FOLDER] [--png FOLDER]

Prints Markdown; writes speed.md and two SVG plots into docs/benchmarks.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.claims import claims_table
from benchmarks.results_file import BASE, BASE_INFERENCE, YARDSTICK, Cell, Results, Row, read

__all__ = ["problem_table", "readme_block", "report", "startup_table"]

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "benchmarks"
LEGEND = """\
Milliseconds of a fit; quartiles of the calls in brackets. "by X'X" and "by ours": minimum by
minimum, against one BLAS X'X, and against our default fit with (or without) inference as the row
has. "asked": right digits wanted of the worst coefficient; each peer runs at the loosest tolerance
that gives them, ours at its default. Too few digits get no ratio. "peak": memory over the input,
of one fit in a fresh process. "passes": readings of the data. A word is what became of it."""


def report(source: Path | list[Row] | Results, *, claims_too: bool = True) -> str:
    """The whole document in Markdown."""
    results = source if isinstance(source, Results) else read(source)
    parts = ["# Speed", machine_words(results), LEGEND]
    if claims_too:
        parts += ["## Claims", claims_table(results)]
    parts += ["## Starting up", startup_table(results)] if results.startup else []
    for problem, facts in results.problems.items():
        title = f"## {problem}: {facts['n']:,} rows, {facts['k']} columns"
        note = "Interrupted: incomplete.\n\n" if facts.get("partial") else ""
        parts += [title, note + problem_table(results, problem)]
    parts += [f"Skipped: {name} ({word})." for name, word in results.skipped.items()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def machine_words(results: Results) -> str:
    """Where, when and with what."""
    m = results.machine
    versions = ", ".join(f"{name} {v}" for name, v in m["versions"].items() if v)
    loads = [facts["load"] for facts in results.problems.values()]
    busy = f"load before {m['load']:g}, highest while measuring {max(loads, default=0.0):.1f}"
    return (
        f"{m['cpu']}; {m['threads']} threads on cores {m['cores']}; {m['platform']}; Python "
        f"{m['python']}; {'; '.join(m['blas'])}; {m['started']}; commit {m['commit']}; {busy}.\n\n"
        f"{versions}."
    )


def readme_block() -> str:
    """The newest race in a table for the README: ours, the yardstick, the fastest peers."""
    newest = max((ROOT / "benchmarks" / "results").glob("20*.jsonl"))
    results = read(newest)
    lines = [
        "| problem | BLAS X'X | fit | by X'X | fastest peer | by ours | with inference | by X'X "
        "| fastest peer | by ours |",
        "|---|---:|---:|---:|---|---:|---:|---:|---|---:|",
    ]
    for problem, facts in results.problems.items():
        blas = results.cell(problem, YARDSTICK)
        bare, full = results.cell(problem, BASE), results.cell(problem, BASE_INFERENCE)
        if blas is None or bare is None or full is None:
            continue
        line = f"| {problem}: {facts['n']:,} x {facts['k']} | {_ms(blas.least)} "
        for ours in (bare, full):
            peer = results.fastest_peer(problem, inference=ours is full)
            rival = f"{peer.contender} {_ms(peer.least)}" if peer else "none with 6 digits"
            times = f"{peer.least / ours.least:.1f}" if peer and ours.right else "-"
            rival = rival.replace(", inference", "")
            line += f"| {_ms(ours.least)} | {ours.least / blas.least:.1f} | {rival} | {times} "
        lines.append(line + "|")
    return "\n".join([*lines, "", _start_words(results), "", machine_words(results)])


def _start_words(results: Results) -> str:
    """What a process pays up to its first fit, and the peer that pays least."""
    rows = [row for row in results.startup if "word" not in row]
    paid = {(row["contender"], row["cache"]): row["import"] + row["first"] for row in rows}
    peers = [(seconds, name) for (name, _), seconds in paid.items() if name != BASE]
    if not peers or (BASE, "empty cache") not in paid:
        return ""
    least, name = min(peers)
    return (
        f"A new process pays {paid[BASE, 'cached']:.1f} s for imports and its first fit ({name}: "
        f"{least:.1f} s); the first on a machine compiles the kernels: "
        f"{paid[BASE, 'empty cache']:.1f} s."
    )


def problem_table(results: Results, problem: str) -> str:
    """A row a contender and target, fastest first."""
    lines = [
        "| contender | asked | digits | median ms | min ms | by X'X | by ours | peak MB | passes |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    cells = results.of(problem)
    cells.sort(key=lambda c: c.least if c.seconds else float("inf"))
    return "\n".join([*lines, *(_line(results, c) for c in _merged(cells))]) + "\n"


def _merged(cells: list[Cell]) -> list[tuple[Cell, str]]:
    """Targets that one tolerance serves share a row."""
    rows: dict[tuple[object, ...], tuple[Cell, str]] = {}
    for c in cells:
        key = (c.contender, c.tol, c.seconds)
        asked = "" if c.target is None else str(c.target)
        if key in rows:
            # the harder target decides whether the digits are enough
            asked = ", ".join(sorted({*rows[key][1].split(", "), asked}, key=int))
            kept = rows[key][0]
            c = kept if kept.right else c
        rows[key] = (c, asked)
    return list(rows.values())


def _line(results: Results, item: tuple[Cell, str]) -> str:
    cell, asked = item
    if not cell.seconds:
        return f"| {cell.contender} | {asked} | {cell.word or 'no answer'} | | | | | | |"
    blas = results.cell(cell.problem, YARDSTICK)
    ours = results.cell(cell.problem, BASE_INFERENCE if cell.inference else BASE)
    scored = cell.digits is not None
    first, third = (1e3 * q for q in cell.quartiles)
    digits = "" if not scored else f"{cell.digits:.1f}"
    digits += ", warned" if cell.warned else ""
    digits += f", then {cell.word}" if cell.word else ""
    columns = (
        cell.contender,
        asked,
        digits,
        f"{_ms(cell.middle)} [{first:.4g}, {third:.4g}]",
        _ms(cell.least),
        f"{cell.least / blas.least:.2f}" if blas and (cell.right or not scored) else "-",
        f"{cell.least / ours.least:.2f}" if ours and ours.right and cell.right else "-",
        "" if cell.peak_mb is None else f"{cell.peak_mb:.0f}",
        "" if cell.passes is None else f"{cell.passes:g}",
    )
    return "| " + " | ".join(columns) + " |"


def _ms(seconds: float) -> str:
    """Milliseconds, to three or four figures."""
    return f"{1e3 * seconds:.4g}" if seconds < 1.0 else f"{1e3 * seconds:,.0f}"


def startup_table(results: Results) -> str:
    """Import, first and later fits of 300 rows in a fresh process."""
    lines = [
        "Milliseconds in a fresh process, 300 rows; the import is what NumPy's leaves. What a\n"
        "library imports or compiles at its first fit is in that.\n",
        "| library | kernel cache | import | first fit | both | warm fit |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for row in results.startup:
        if "word" in row:
            lines.append(f"| {row['contender']} | {row['cache']} | {row['word']} | | | |")
            continue
        times = (row["import"], row["first"], row["import"] + row["first"], row["warm"])
        lines.append(f"| {row['contender']} | {row['cache']} | {' | '.join(map(_ms, times))} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Print the report; write it and the plots."""
    from benchmarks.plots import digits_plot, rows_plot

    parser = argparse.ArgumentParser(prog="benchmarks.summarise", description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--docs", type=Path, default=DOCS, help="where speed.md and the SVGs go")
    parser.add_argument("--png", type=Path, help="the plots as PNG too, into this folder")
    chosen = parser.parse_args(arguments)
    results = read(chosen.results)
    chosen.docs.mkdir(parents=True, exist_ok=True)
    pictures = "![time against digits](time_against_digits.svg)\n\n"
    pictures += "![time against rows](time_against_rows.svg)\n"
    text = report(results)
    (chosen.docs / "speed.md").write_text(text + "\n" + pictures, encoding="utf-8")
    for name, draw in (("time_against_digits", digits_plot), ("time_against_rows", rows_plot)):
        figure = draw(results)
        # no date inside: the same results give the same file
        figure.savefig(chosen.docs / f"{name}.svg", metadata={"Date": None})
        if chosen.png:
            figure.savefig(chosen.png / f"{name}.png", dpi=110)
    print(text)


if __name__ == "__main__":
    main()
