"""When the first question is painted on a slow phone: a processor four times slower, 1.6 Mbit/s, 150 ms latency.

A Chromium with nothing in its cache opens `/nl/` of a real process of `main.py`. Timed by the browser itself, from the
start of the navigation: the first paint with content, the largest one (a paragraph of the question that stands in the
delivered page), and when the stage has taken over, after which answers go over the socket.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import sleep

from machine import machine, table
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import find_chromium  # noqa: E402

RUNS, AT_MOST = 9, 1200  # milliseconds
SLOWER, BYTES_A_SECOND, LATENCY = 4, 1_600_000 / 8, 150
PHONE = {"width": 360, "height": 640}
WATCH = """
window.seen = {};
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { seen.largest = entry.startTime; }))
  .observe({ type: "largest-contentful-paint", buffered: true });
new MutationObserver(() => { if (document.querySelector(".stage .page")) seen.stage ??= performance.now(); })
  .observe(document, { childList: true, subtree: true });
"""
FIRST = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@contextmanager
def served() -> Iterator[str]:
    """A fresh process of `main.py`; its first page."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("BIJDRAGEWIJZER_")}
    command = [sys.executable, "main.py", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=own, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as caller:
                if caller.connect_ex(("127.0.0.1", port)) == 0:
                    break
            sleep(0.1)
        yield f"http://127.0.0.1:{port}/nl/"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def visit(browser: Browser, url: str) -> tuple[float, float, float]:
    """Milliseconds until the first paint, the largest one, and the stage."""
    with browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        line = {"latency": LATENCY, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
        devtools.send("Network.emulateNetworkConditions", {"offline": False, **line})
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(WATCH)
        page.goto(url, wait_until="commit")
        page.wait_for_function("seen.stage && seen.largest")
        return page.evaluate(FIRST), page.evaluate("seen.largest"), page.evaluate("seen.stage")


def main() -> None:
    print(machine(("nicegui", "playwright")))
    with served() as url, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        with playwright.chromium.launch(executable_path=find_chromium(), args=flags) as browser:
            visit(browser, url)  # the first one of a process is slower for everybody
            found = list(zip(*(visit(browser, url) for _ in range(RUNS)), strict=True))
            print(f"Chromium {browser.version}")
    names = ("first paint with content", "largest paint", "stage takes over")
    rows = [
        (name, f"{median(each):.0f}", f"{min(each):.0f}", f"{max(each):.0f}")
        for name, each in zip(names, found, strict=True)
    ]
    print(table(("slow phone", "ms (median)", "fastest", "slowest"), rows))
    painted = median(found[1])
    print(f"Target: the question is painted within {AT_MOST} ms: {'met' if painted <= AT_MOST else 'NOT met'}")


if __name__ == "__main__":
    main()
