from collections.abc import Iterator

import pytest

from tests.web.reader import SITE, Client, client_of


@pytest.fixture
def client() -> Client:
    return client_of(SITE)


@pytest.fixture
def nothing_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing of a request is in the log."""
    yield
    assert caplog.records == []
