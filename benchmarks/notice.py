"""The reporter's page on a slow link, in a real browser against the real product: when the numbers stand, and what the program weighs.

The link is simulated by the browser: 250 kbit a second down, 50 up, 300 ms each way and back (its preset for 2G). Limits are those
we set ourselves. Prints one JSON object a line: name, value, unit, size, against (the limit), ratio (value / limit).
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

SLOW = {"offline": False, "latency": 300, "downloadThroughput": 250_000 / 8, "uploadThroughput": 50_000 / 8}
RUNS = 5
OK = 200
LIMITS = {"numbers visible": 3.0, "questions usable": 8.0, "works offline": 20.0, "whole program": 60.0}
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


@contextmanager
def product() -> Iterator[str]:
    """Run a demonstration on loopback for the length of the block; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="ww-bench-") as folder:
        environment = {**os.environ, "WAYWATCH_DATA": f"{folder}/var", "PORT": str(port)}
        command = [sys.executable, "-c", "from waywatch.project.cli import main; main()", "demo"]
        with Path(folder, "log").open("wb") as log:
            running = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield _answering(f"http://localhost:{port}", running)
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)


def _answering(address: str, running: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and running.poll() is None:
        try:
            connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=2)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == OK:
                return address
        except OSError:
            time.sleep(0.2)
    sys.exit("The product did not start.")


def visit(browser: Browser, address: str) -> dict[str, float]:
    """Open the page in a fresh browser over the slow link; seconds from the first request, and kilobytes that came."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US")
    try:
        page = context.new_page()
        received = _counting(context, page)
        began = time.monotonic()
        page.goto(f"{address}/notice/en/", wait_until="commit")
        found = {}
        page.get_by_text("1-888-373-7888").wait_for(state="visible")
        found["numbers visible"] = time.monotonic() - began
        page.locator("#program").wait_for(state="visible")
        found["questions usable"] = time.monotonic() - began
        found["whole program"] = received[0] / 1024
        page.locator("#offline-ready:not([hidden])").wait_for(state="attached", timeout=60_000)
        found["works offline"] = time.monotonic() - began
        return found
    finally:
        context.close()


def _counting(context: BrowserContext, page: Page) -> list[float]:
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    received = [0.0]

    def arrived(event: dict[str, float]) -> None:
        received[0] += event["encodedDataLength"]

    session.on("Network.loadingFinished", arrived)
    return received


def main() -> None:
    with product() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS, chromium_sandbox=False)
        runs = [visit(browser, address) for _ in range(RUNS)]
        browser.close()
    for name, limit in LIMITS.items():
        value = sorted(run[name] for run in runs)[RUNS // 2]
        unit = "KB" if name == "whole program" else "s"
        row = {"name": f"notice: {name}", "value": round(value, 2), "unit": unit, "size": "2G, median of 5"}
        print(json.dumps({**row, "against": f"limit of {limit:g} {unit}", "ratio": round(value / limit, 2)}))


if __name__ == "__main__":
    main()
