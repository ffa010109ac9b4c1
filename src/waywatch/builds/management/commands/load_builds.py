"""`waywatch load-builds FILE`: published builds and yearly figures. The format: docs/reference/builds-file.md."""

from collections.abc import Callable
from typing import Any, ClassVar

from waywatch.builds.loading import load_builds
from waywatch.lib.loadcommand import LoadCommand
from waywatch.lib.loading import Summary


class Command(LoadCommand):
    help = "Load published builds and yearly figures from FILE. Loading the same file again changes nothing."
    task: ClassVar[str] = "load-builds"

    def load(self, data: dict[str, Any], progress: Callable[[int, int], None]) -> Summary:
        return load_builds(data, progress=progress)
