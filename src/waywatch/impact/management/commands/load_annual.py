"""`waywatch load-annual FILE`: yearly figures as printed. The format: docs/reference/annual-file.md."""

from collections.abc import Callable
from typing import Any, ClassVar

from waywatch.impact.loading import load_annual
from waywatch.lib.loadcommand import LoadCommand
from waywatch.lib.loading import Summary


class Command(LoadCommand):
    help = "Load published yearly figures from FILE. Loading the same file again changes nothing."
    task: ClassVar[str] = "load-annual"

    def load(self, data: dict[str, Any], progress: Callable[[int, int], None]) -> Summary:
        return load_annual(data, progress=progress)
