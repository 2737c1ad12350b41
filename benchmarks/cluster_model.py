"""How long will a fit take on a cluster, and what will it wait for?

``python -m benchmarks.cluster_model benchmarks/results/cluster-parts.jsonl --seed 1`` prints three
tables in Markdown: evaluations on this machine, predicted from their parts and measured; fits of
10^9 and 10^12 rows on 1 to 1,000 workers; and what single ills do to one of them. The same file and
seed give the same tables; ``--page docs/scale.md`` writes them there. The model is in
`cluster_costs` and `cluster_simulation`.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from .cluster_costs import Measured, Prediction, Site, fits, here, ills, partial_bytes, read

__all__ = ["duration", "filled", "main", "tables"]


def duration(seconds: float) -> str:
    """Two digits, in the unit a reader would take.

    >>> duration(0.01234), duration(95.0), duration(5000.0), duration(400_000.0)
    ('0.012 s', '95 s', '83 min', '4.6 days')
    """
    for least, unit, name in (
        (172_800.0, 86_400.0, "days"),
        (6e3, 3600.0, "h"),
        (600.0, 60.0, "min"),
    ):
        if seconds >= least:
            return f"{float(f'{seconds / unit:.2g}'):g} {name}"
    return f"{float(f'{seconds:.2g}'):g} s"


def here_table(m: Measured) -> str:
    """Predicted against measured, in Markdown."""
    lines = [
        "| workers | rows x columns | partitions | sums | predicted | measured: least | median |",
        "|---:|---:|---:|---|---:|---:|---:|",
    ]
    ratios = []
    for row, predicted in here(m):
        seconds = sorted(row["seconds"])
        ratios.append(predicted / seconds[0])
        lines.append(
            f"| {row['workers']} | {row['rows']:,} x {row['columns']} | {row['partitions']} | "
            f"{'gradient' if row['order'] == 1 else 'information'} | {predicted:.2f} s | "
            f"{seconds[0]:.2f} s | {seconds[len(seconds) // 2]:.2f} s |"
        )
    lines += ["", f"Predicted is {min(ratios):.2f} to {max(ratios):.2f} of the least measured."]
    return "\n".join(lines)


def fits_table(predictions: list[Prediction]) -> str:
    """A row a size and number of columns, a column a number of workers, in Markdown."""
    workers = sorted({p.workers for p in predictions})
    lines = [
        "| rows | columns | " + " | ".join(f"{w:,} worker{'s' * (w > 1)}" for w in workers) + " |",
        "|---:|---:|" + "---|" * len(workers),
    ]
    for n, k in sorted({(p.n_rows, p.columns) for p in predictions}):
        cells = [_cell(p) for p in predictions if (p.n_rows, p.columns) == (n, k)]
        lines.append(f"| 10^{len(str(n)) - 1} | {k} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(p: Prediction) -> str:
    about = "" if p.simulated else "about "
    where = "kept" if p.kept else "anew"
    return f"{about}{duration(p.seconds)} ({where}; {p.waits_for})"


def ills_table(m: Measured, site: Site, seed: int) -> str:
    """Seconds of two fits of 10^9 rows under each ill, in Markdown."""
    few, many = ills(m, site, seed, 10, 100), ills(m, site, seed, 100, 1000)
    lines = ["| 10^9 rows | 10 columns, 100 workers | 100 columns, 1,000 workers |",
             "|---|---:|---:|"]  # fmt: skip
    for (word, one), (_, other) in zip(few, many, strict=True):
        lines.append(f"| {word} | {duration(one)} | {duration(other)} |")
    return "\n".join(lines)


def parts_table(m: Measured) -> str:
    """What an evaluation is made of, in Markdown."""
    lines = [
        "| columns | us a partition: gradient | information | ns a row: gradient | information "
        "| adding eight partial sums | bytes of one |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for k in sorted(m.add):
        own = " | ".join(f"{m.leaf[k, order] * 1e6:.0f}" for order in (1, 2))
        rows = " | ".join(f"{m.row[k, order] * 1e9:.0f}" for order in (1, 2))
        lines.append(
            f"| {k} | {own} | {rows} | {m.add[k] * 1e6:.0f} us | {partial_bytes(k):,.0f} |"
        )
    lines += [
        "",
        f"Scheduler and client together take {m.scheduling * 1e3:.2f} ms of one processor a task, "
        f"so at most {1 / m.scheduling:,.0f} tasks a second; a worker {m.overhead * 1e3:.1f} ms. "
        f"The smallest graph takes {m.base * 1e3:.0f} ms. One thread decodes "
        f"{m.decode / 1e9:.2f} GB/s of uncompressed doubles from Parquet.",
    ]
    return "\n".join(lines)


def tables(m: Measured, site: Site, seed: int) -> dict[str, str]:
    """All of them, by name."""
    return {
        "parts": parts_table(m),
        "here": here_table(m),
        "fits": fits_table(fits(m, site, seed)),
        "ills": ills_table(m, site, seed),
    }


def filled(page: str, found: dict[str, str]) -> str:
    """A page with these tables in place of those between its marks.

    >>> filled("<!-- TABLE: a -->old<!-- END -->", {"a": "new"}).split()[3:5]
    ['-->', 'new']
    """
    for name, text in found.items():
        mark = rf"(<!-- TABLE: {name} -->).*?(<!-- END -->)"
        page = re.sub(mark, lambda m, t=text: f"{m[1]}\n{t}\n{m[2]}", page, flags=re.S)
    return page


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("parts", type=Path, help="a file that benchmarks.cluster_parts wrote")
    parser.add_argument("--replay", type=Path, nargs="*", default=[], help="files of dask_race")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="a page to write them into")
    for name, default in vars(Site()).items():
        parser.add_argument(f"--{name}", type=float, default=default)
    options = parser.parse_args()
    site = Site(**{name: getattr(options, name) for name in vars(Site())})
    found = tables(read(options.parts, *options.replay), site, options.seed)
    if options.page is not None:
        page = options.page.read_text(encoding="utf-8")
        options.page.write_text(filled(page, found), encoding="utf-8")
    print("\n\n".join(found.values()))


if __name__ == "__main__":
    main()
