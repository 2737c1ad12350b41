"""The house: floors, third-party packages by room, file lengths, forbidden words.

Everything is read from the source with `ast`, so nothing here depends on what is installed.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "logreg_core"

# A module imports only from floors below its own. Packages count as one room.
FLOORS = (
    "errors jit_kernels tails blas_threads coordinates workers row_sources read_ahead",
    "dask_client",
    "formulas split vectors emission_kernels gather_kernels columns csv_rows option_checks "
    "double_double_kernels changes proportions column_fill separation_frame metrics "
    "atomic_files csv_cells plain_values sealed_json",
    "terms vector_kernels compensated_kernels",
    "formula row_kernels cholesky_kernels rotation_kernels",
    "reference_data kernels leverage_kernels frames outcomes new_rows row_checks sparse_rows plan "
    "separation_programme separation_proof levels design_report csv_files encoding",
    "contrasts reference spans csv_chunks certificate_kernels file_lists",
    "dask_facts array_blocks batch_checks batch_labels regrid span_filling",
    "blocks arrow_columns dask_places",
    "arrays ascent sampling scoring secants rank design datasets separation_face named_blocks "
    "parquet_files journal extremes "
    "dask_sums",
    "separation problem newton summary progress estimator_input survey streamed_design "
    "row_rules dask_parts dask_rows side_by_side",
    "model_schema fit_scores fit_summary export exact_terms stream_blocks csv_types dask_opening",
    "model_file log_odds_error metric iterable_blocks dask_blocks table_blocks parquet_rows",
    "parquet_blocks csv_blocks arrow_blocks kept_blocks",
    "sample_model",
    "fast irls firth result evidence certificate_result",
    "fitted_rows",
    "maximise concerns loading csv_predictions judged_rows",
    "separated checkpoints",
    "finishing approach",
    "certificate",
    "fitting steps polishing",
    "inference dask_estimator",
    "estimator design_transformer diagnostics crosscheck evaluation",
    "plots verified_status",
    "report learn teach",
    "briefing",
    "cli __init__",
    "__main__",
)
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names.split()}

# third-party package: the modules that may import it at their top
ROOMS = {
    "numba": r"(.*_)?kernels",
    "sklearn": r"estimator(_input)?|design_transformer|crosscheck",
    "matplotlib": r"plots",
    "dask": r"",
    "pyarrow": r"parquet_blocks",
    "jinja2": r"report",
    "click": r"cli",
    "rich": r"report|progress",
    "statsmodels": r"",
    "glum": r"",
    "mpmath": r"",
    "scipy": r"",  # imported inside functions: it costs more to import than the whole package
    "narwhals": r"",
    "onnx": r"",
    "onnxruntime": r"",
    "duckdb": r"",
    "pandas": r"datasets|design|csv_(files|chunks|predictions)|encoding|(fit_)?summary|result"
    r"|diagnostics|crosscheck|report|verified_status|estimator(_input)?|design_transformer|evaluation|plots|cli|inference",
}
MOST_LINES = 320


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


HEAVY = "sklearn matplotlib dask pyarrow jinja2 statsmodels glum mpmath rich click narwhals"


def imports(path: Path, top_only: bool = False) -> list[tuple[str, bool]]:
    """(module, is it ours) of every import, or of those that run when the module is loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    guarded = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and "TYPE_CHECKING" in ast.dump(test.test)
        for node in ast.walk(test)
    }
    depth = len(path.relative_to(PACKAGE).parts)
    found = []
    for node in ast.walk(tree):
        if id(node) in guarded or (top_only and id(node) in inside):
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name.split(".")[0], False) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                parts = (node.module or "").split(".")
                ours = parts[0] == "logreg_core" and len(parts) > 1
                found.append((parts[1] if ours else parts[0], ours))
            elif node.level == depth:  # up to the package itself
                names = [node.module] if node.module else [alias.name for alias in node.names]
                rooms = [name.split(".")[0] for name in names]
                found += [(name, True) for name in rooms if not name.startswith("__")]
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_only_downwards(path: Path) -> None:
    here = room(path)
    assert here in FLOOR, f"{here} has no floor: give it one in FLOORS"
    for name, ours in imports(path):
        if ours and name != here:
            assert FLOOR[name] < FLOOR[here], f"{here} imports {name}, which is not below it"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_third_party_packages_stay_in_their_rooms(path: Path) -> None:
    for name, ours in imports(path, top_only=True):
        if not ours and name in ROOMS:
            names = {room(path), path.stem}
            assert any(re.fullmatch(ROOMS[name], n) for n in names), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_source_obeys_the_house_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES, f"{path.name} has {text.count(chr(10))} lines"
    names = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    assert not names & {"print", "eval", "exec", "prange", "pickle"}
    assert "parallel=True" not in re.sub(r'""".*?"""', "", text, flags=re.S)
    assert "fastmath=True" not in text
    assert not re.search(r"\bTODO\b|\bFIXME\b|\bXXX\b", text)


def test_import_is_light() -> None:
    code = (
        "import sys, numpy, pandas, numba; before = set(sys.modules); import logreg_core; "
        f"new = {{m.split('.')[0] for m in set(sys.modules) - before}} & set('{HEAVY}'.split()); "
        "sys.exit(str(new) if new else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_public_names_exist() -> None:
    import logreg_core

    for name in logreg_core.__all__:
        assert getattr(logreg_core, name) is not None
