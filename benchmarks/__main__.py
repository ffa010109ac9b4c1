"""`make bench` runs all benchmarks, `make bench NAME=geo` runs one. Each prints one JSON object a line."""

import importlib
import subprocess
import sys
from pathlib import Path


def main() -> None:
    known = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))
    wanted = sys.argv[1:] or known
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(known)}.")
    if len(wanted) == 1:
        importlib.import_module(f"benchmarks.{wanted[0]}").main()
        return
    for name in wanted:  # each in a process of its own: settings are read once a process
        subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)


if __name__ == "__main__":
    main()
