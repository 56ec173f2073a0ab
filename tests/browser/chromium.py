"""Where this machine keeps its Chromium or Chrome. As a program: prints the path, or ends with status 1."""

import os
import shutil
import sys
from itertools import chain
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATIONS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")
# Without a screen, and without anything that it does by itself.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def find_chromium() -> str | None:
    if named := os.environ.get("CHROME"):
        return shutil.which(named)
    folders = (Path("/Applications"), Path.home() / "Applications")
    on_path = (shutil.which(name) for name in NAMES)
    on_mac = (str(folder / name) for folder in folders for name in MAC_APPLICATIONS if (folder / name).exists())
    return next(filter(None, chain(on_path, on_mac)), None)


if __name__ == "__main__":
    found = find_chromium()
    sys.stdout.write(f"{found}\n" if found else "")
    sys.exit(not found)
