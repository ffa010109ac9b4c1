"""What a page asks for, what it weighs, and what the browser complains of."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request

MOST_BYTES = 60 * 1024


@dataclass
class Traffic:
    """All that a page transfers once it is watched. For the weight, watch a page of a new browser: its cache is empty."""

    address: str
    finished: list[Request] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page, address: str) -> "Traffic":
        """Watch a page of the product at `address`."""
        found = cls(address)
        page.on("request", lambda request: found.asked.append(request.url))
        page.on("requestfinished", found._finish)
        page.on("console", found._hear)
        page.on("pageerror", lambda error: found.said.append(str(error)))
        return found

    def _finish(self, request: Request) -> None:
        self.finished.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(message.text)

    def assert_quiet(self, status: int = 200) -> None:
        """Nothing is asked of third parties, and nothing is wrong but the status that the page is meant to have."""
        foreign = [url for url in self.asked if not url.startswith((self.address, "data:"))]
        wrong = [text for text in self.said if status == 200 or f"status of {status}" not in text]
        assert (foreign, wrong) == ([], []), (foreign, wrong)

    def weights(self) -> dict[str, int]:
        """Return the bytes of each answer's body as it was transferred; images do not count."""
        return {
            request.url.removeprefix(self.address): request.sizes()["responseBodySize"]
            for request in self.finished
            if request.url.startswith(self.address) and not _is_image(request)
        }

    def assert_light(self) -> None:
        """The page with its style and its programs is small enough for a slow link. Call it before the page is left."""
        weights = self.weights()
        styles = [bytes_ for path, bytes_ in weights.items() if path.endswith(".css")]
        assert styles, "a page without any style was not watched from the start"
        assert min(styles) > 0, "the cache was warm: this is no weight"
        total = sum(weights.values())
        assert total <= MOST_BYTES, f"{total} bytes: {weights}"


def _is_image(request: Request) -> bool:
    return request.resource_type == "image" or request.url.endswith(".svg")  # the icon counts as something else
