"""What `from estimator.rules import estimate` adds to the import of pydantic, in fresh processes.

Timed inside each process: `from estimator.rules import estimate` after `from pydantic import BaseModel`. The first
process only compiles, into a folder of its own so that no setting of the environment matters, and isn't counted.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from machine import machine, table

RUNS, AT_MOST = 21, 60.0  # milliseconds
ROOT = Path(__file__).parents[1]
CODE = """
from time import perf_counter
began = perf_counter()
from pydantic import BaseModel
between = perf_counter()
from estimator.rules import estimate
print(between - began, perf_counter() - between)
"""


def imports(cache: str) -> tuple[float, float]:
    """Milliseconds for pydantic, and for the rules after it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env = kept | {"PYTHONPYCACHEPREFIX": cache}
    run = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    pydantic, ours = map(float, run.stdout.split())
    return pydantic * 1000, ours * 1000


def main() -> None:
    print(machine())
    with TemporaryDirectory() as cache:
        imports(cache)
        pydantic, ours = zip(*(imports(cache) for _ in range(RUNS)), strict=True)
    rows = [
        (name, f"{median(found):.0f}", f"{min(found):.0f}", f"{max(found):.0f}")
        for name, found in (("pydantic", pydantic), ("estimator.rules after it", ours))
    ]
    print(table(("import", "ms (median)", "fastest", "slowest"), rows))
    print(f"Target: at most {AT_MOST:.0f} ms: {'met' if median(ours) <= AT_MOST else 'NOT met'}")


if __name__ == "__main__":
    main()
