"""When the first question is painted on a slow phone: a processor four times slower, 1.6 Mbit/s, 150 ms latency.

A Chromium with nothing in its cache opens `/nl/` of a real process of `main.py`. Timed by the browser itself, from the
start of the navigation: the first paint with content, the largest one (a paragraph of the question that stands in the
delivered page), and when the stage has taken over, after which answers go over the socket.

Beside it, in turns, a bare page of NiceGUI with as many choices and a button, written as its documentation does: there
the question can be answered once it is painted.
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
BARE = """
import sys
from nicegui import ui
@ui.page("/nl/")
def page():
    ui.label("Welke hulp krijgt u?").classes("text-h4")
    for number in range(16):
        ui.checkbox(f"Hulp {number}: bijvoorbeeld schoonmaken of de was doen")
    ui.button("Volgende")
ui.run(port=int(sys.argv[-1]), reload=False, show=False, show_welcome_message=False)
"""
WATCH = """
window.seen = {};
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { seen.largest = entry.startTime; }))
  .observe({ type: "largest-contentful-paint", buffered: true });
new MutationObserver(() => {
  if (document.querySelector(".stage .page, .q-checkbox")) seen.stage ??= performance.now();
}).observe(document, { childList: true, subtree: true });
"""
FIRST = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@contextmanager
def served(*program: str) -> Iterator[str]:
    """A fresh process of a program that takes a port; its first page."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("BIJDRAGEWIJZER_")}
    command = [sys.executable, *program, str(port)]
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


def visit(browser: Browser, url: str) -> tuple[float, float, float, float]:
    """Milliseconds until the first paint, the largest one, and an answer can be given; kB over the line until then."""
    with browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        line = {"latency": LATENCY, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
        devtools.send("Network.emulateNetworkConditions", {"offline": False, **line})
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(WATCH)
        sizes: list[float] = []
        devtools.on("Network.loadingFinished", lambda finished: sizes.append(finished["encodedDataLength"] / 1000))
        page.goto(url, wait_until="commit")
        page.wait_for_function("seen.stage && seen.largest")
        return page.evaluate(FIRST), page.evaluate("seen.largest"), page.evaluate("seen.stage"), sum(sizes)


def main() -> None:
    print(machine(("nicegui", "playwright")))
    found: dict[str, list[tuple[float, float, float, float]]] = {"ours": [], "bare NiceGUI": []}
    with served("main.py", "--port") as ours, served("-c", BARE) as bare, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        with playwright.chromium.launch(executable_path=find_chromium(), args=flags) as browser:
            for run in range(RUNS + 1):
                for name, url in (("ours", ours), ("bare NiceGUI", bare)):
                    seen = visit(browser, url)
                    if run:  # the first one of a process is slower for everybody
                        found[name].append(seen)
            print(f"Chromium {browser.version}")
    names = ("first paint with content, ms", "largest paint, ms", "can be answered, ms", "kB until then")
    rows = [
        (f"{name}: {what}", f"{median(each):.0f}", f"{min(each):.0f}", f"{max(each):.0f}")
        for name, seen in found.items()
        for what, each in zip(names, zip(*seen, strict=True), strict=True)
    ]
    print(table(("slow phone", "median", "fastest", "slowest"), rows))
    painted = median(largest for _, largest, *_ in found["ours"])
    print(f"Target: the question is painted within {AT_MOST} ms: {'met' if painted <= AT_MOST else 'NOT met'}")


if __name__ == "__main__":
    main()
