"""What a request says of its address and of the languages that its reader prefers."""

import pytest
from starlette.requests import Request

from estimator.web.addresses import base, locale_of

LOCALES = ("nl", "en", "ar")


def request(path: str = "/", root: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": path, "root_path": root, "headers": raw})


@pytest.mark.parametrize(
    ("preferred", "given"),
    [
        ("en;q=0.1, nl", "nl"),
        ("nl;q=0.1,en", "en"),
        ("de, en;q=0.5, ar;q=0.6", "ar"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0, ar;q=0.1", "ar"),
        ("en;q=much, ar;q=0.1", "ar"),
        ("*", "nl"),
        (",;,", "nl"),
        ("", "nl"),
    ],
)
def test_the_language_that_is_liked_best_comes_first(preferred: str, given: str) -> None:
    assert locale_of(request(accept_language=preferred), LOCALES) == given


@pytest.mark.parametrize(
    ("path", "root", "given"),
    [
        ("/en/", "", "en"),
        ("/en", "", "en"),
        ("/x/en/", "/x", "en"),
        ("*", "", "ar"),
        ("", "", "ar"),
        ("//en", "", "ar"),
    ],
)
def test_an_address_with_a_language_goes_before_what_is_preferred(path: str, root: str, given: str) -> None:
    assert locale_of(request(path, root, accept_language="ar"), LOCALES) == given


@pytest.mark.parametrize(
    ("prefix", "root", "given"),
    [
        ("", "", ""),
        ("/wmo", "", "/wmo"),
        ("/proxy", "/wmo", "/proxy/wmo"),
    ],
)
def test_the_prefix_of_a_proxy_goes_before_every_address(prefix: str, root: str, given: str) -> None:
    assert base(request(root=root, x_forwarded_prefix=prefix)) == given
