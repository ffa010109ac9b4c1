"""`make bench` runs all benchmarks, `make bench NAME=geo` runs one. Each prints one JSON object a line."""

import importlib
import sys
from pathlib import Path


def main() -> None:
    known = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))
    wanted = sys.argv[1:] or known
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(known)}.")
    for name in wanted:
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
