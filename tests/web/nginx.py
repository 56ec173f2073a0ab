"""nginx as deploy/nginx has it, before real processes; on a port of its own, believing a test's X-Forwarded-For."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.browser.processes import ROOT, free_port

DEPLOY = ROOT / "deploy" / "nginx"
FOUND = shutil.which("nginx") or next((path for path in ("/usr/sbin/nginx",) if Path(path).exists()), None)
ASK_FIRST = "#real_ip_header X-Forwarded-For;\n    #set_real_ip_from 10.0.0.0/8;"
# Root's folders of a test are for root only; nginx would serve as somebody else.
AS_US = f"{'user root; ' if os.geteuid() == 0 else ''}worker_processes"
BELIEVED = "real_ip_header X-Forwarded-For;\n    set_real_ip_from 127.0.0.1;"


class Nginx:
    """Before the processes at these ports. ``url``: its address, without a slash at the end."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        self.folder, self.ports, self.port = folder, ports, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "nginx.log"

    def __enter__(self) -> Nginx:
        assert FOUND
        (self.folder / "conf.d").mkdir(parents=True)
        own = ("/tmp/", f"{self.folder}/")
        listens = ("listen 8080", f"listen {self.port}")
        self._write("nginx.conf", "nginx.conf", own, ("worker_processes", AS_US))
        self._write("bijdragewijzer.conf", "conf.d/1.conf", own, listens, (ASK_FIRST, BELIEVED))
        ports = [(f"127.0.0.1:820{n}", f"127.0.0.1:{port}") for n, port in enumerate(self.ports, 1)]
        self._write("processes.conf", "conf.d/2.conf", *ports)
        command = [FOUND, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-g", "daemon off;"]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out)
        self._wait_until_it_answers()
        return self

    def __exit__(self, *problem: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def _write(self, name: str, to: str, *changes: tuple[str, str]) -> None:
        text = (DEPLOY / name).read_text("utf-8")
        for before, after in changes:
            assert before in text, f"{name} has no {before!r}"
            text = re.sub(rf"{re.escape(before)}(?!\d)", lambda _, after=after: after, text)
        (self.folder / to).write_text(text, "utf-8")

    def _wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/nginx-health", timeout=5):
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < give_up, self.log.read_text()
                time.sleep(0.05)
