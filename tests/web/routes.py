"""Every route of the service, a line each: `python -m tests.web.routes`, with `staff` those for them as well.

Of the pages that have a socket there is a line more, beginning with "socket".
"""

import sys
from collections.abc import Iterable, Iterator

from nicegui import Client, app
from starlette.routing import BaseRoute, Mount

from estimator.ui.serve import wire
from estimator.web.logins import read_logins
from estimator.web.service import Service
from tests.web.reader import SITE
from tests.web.staff import HASH


def lines(routes: Iterable[BaseRoute], before: str = "") -> Iterator[str]:
    """Those of an application that is mounted too."""
    for route in routes:
        path = before + getattr(route, "path", "")
        yield " ".join([type(route).__name__, path, *sorted(getattr(route, "methods", None) or ())])
        if isinstance(route, Mount):
            yield from lines(route.routes, path)


if __name__ == "__main__":
    wire(SITE, Service(logins=read_logins(passphrase=HASH if "staff" in sys.argv else "")))
    found = [*lines(app.routes), *(f"socket {path}" for path in Client.page_routes.values())]
    sys.stdout.write("\n".join(found))
