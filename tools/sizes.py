"""Prints the sizes that we want to keep (CONTRIBUTING.md) and fails where they are passed."""

import ast
import statistics
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "waywatch"
LIMITS = {
    "function median": 8,
    "function p95": 30,
    "functions over 50 lines, %": 1.0,
    "file p95": 320,
    "untyped functions": 0,
}


def p95(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.95)] if values else 0


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def untyped(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = [a for a in (*function.args.args, *function.args.kwonlyargs) if a.arg not in {"self", "cls"}]
    return function.returns is None or any(a.annotation is None for a in arguments)


def main() -> int:
    files = [file for file in SOURCE.rglob("*.py") if "migrations" not in file.parts]
    found = [function for file in files for function in functions(ast.parse(file.read_text()))]
    lengths = [(function.end_lineno or 0) - function.lineno + 1 for function in found]
    file_lengths = [len(file.read_text().splitlines()) for file in files]
    figures = {
        "function median": statistics.median(lengths),
        "function p95": p95(lengths),
        "functions over 50 lines, %": round(100 * sum(n > 50 for n in lengths) / len(lengths), 2),
        "file p95": p95(file_lengths),
        "untyped functions": sum(untyped(function) for function in found),
    }
    for name, value in figures.items():
        print(f"{name}: {value} (at most {LIMITS[name]})")
    return int(any(value > LIMITS[name] for name, value in figures.items()))


if __name__ == "__main__":
    sys.exit(main())
