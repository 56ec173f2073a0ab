"""The service with a mistake of ours in it: no overview can be made, and the error tells all that was answered."""

import sys
from typing import NoReturn

from estimator.pages import show
from estimator.pages.request import Request
from main import main


def no_overview(request: Request) -> NoReturn:
    raise ValueError(str(request.answers))


if __name__ == "__main__":
    show.PAGES["overview"] = no_overview
    sys.exit(main(sys.argv[1:]))
