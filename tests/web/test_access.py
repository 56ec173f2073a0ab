"""Who comes through to the pages for staff: by a login and a role, from a page of ours, for a while."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape

import httpx
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from estimator.cli import main as command
from estimator.files import LOCALES
from estimator.pages.staff import LOGIN, LOGOUT, START, StaffLink
from estimator.web.access import Access
from estimator.web.attempts import OF_ALL, OF_ONE, Attempts
from estimator.web.logins import read_logins
from estimator.web.passphrase import SHORTEST, Passphrase, hashed, is_hash
from estimator.web.provider import ProviderSettings
from estimator.web.sessions import COOKIE, COOKIE_BY_HTTPS, IDLE_SECONDS, MOST_SECONDS
from main import Secrets as SecretSettings
from main import SettingError, make_service, make_site, read_settings
from tests.browser.processes import ROOT, Server
from tests.web.staff import (
    FROM_US,
    HASH,
    PASSPHRASE,
    SECRET,
    TO_LOOK_AT,
    StaffClient,
    access_for_tests,
    app_of,
    cookie_of,
    logged_in,
    session_in,
)

LINKS = (StaffLink("/balie", "staff.role.desk", "desk"), StaffLink("/beleid", "staff.role.policy", "policy"))
NOT_IN = "U bent niet of niet meer ingelogd. Log in."


def told(request: Request) -> Response:
    staff = request.state.staff
    return JSONResponse({"roles": sorted(staff.roles), "name": staff.name})


async def broken(request: Request) -> Response:
    raise ValueError(f"income of somebody: {request.query_params['income']}")


def app_with_pages(access: Access) -> Starlette:
    return app_of(
        access,
        access.route("/balie", told, "desk"),
        access.route("/balie/uitkomst", told, "desk", methods=("POST",), most_bytes=100),
        access.route("/balie/stuk", broken, "desk"),
        access.route("/beleid", told, "policy"),
        access.route("/materiaal/{name}", told, None),
    )


@pytest.fixture
def access() -> Access:
    return access_for_tests(LINKS)


@pytest.fixture
def app(access: Access) -> Starlette:
    return app_with_pages(access)


@pytest.fixture
def somebody(app: Starlette) -> StaffClient:
    """Not logged in."""
    return StaffClient(app)


@pytest.fixture
def desk(access: Access, app: Starlette) -> StaffClient:
    return logged_in(access, app, ("desk",), "Mw. De Vries")


def heading(answer: httpx.Response) -> str:
    return unescape(re.search(r"<h1[^>]*>(.*?)</h1>", answer.text)[1])


# Coming through


def test_whoever_goes_to_a_page_without_a_login_is_led_to_the_login_and_from_there_back(
    somebody: StaffClient,
) -> None:
    led = somebody.go("/balie", params={"inkomen": "31000"})
    assert (led.status_code, led.headers["location"]) == (303, "/inloggen?next=/balie")

    form = somebody.go(led.headers["location"])
    assert (form.status_code, heading(form)) == (200, "Inloggen voor medewerkers")
    assert '<label for="passphrase">Wachtzin</label>' in form.text
    after = re.search(r'name="next" value="([^"]*)"', form.text)[1]

    back = somebody.log_in(after=after)
    assert (back.status_code, back.headers["location"]) == (303, "/balie")
    assert somebody.go("/balie").json() == {"roles": ["desk", "policy"], "name": ""}


def test_a_script_or_a_form_without_a_login_is_told_so(somebody: StaffClient) -> None:
    for answer in (
        somebody.fetch("/balie"),
        somebody.fetch("/balie/uitkomst", "POST"),
        somebody.fetch("/balie", "HEAD"),
    ):
        assert answer.status_code == 401
        assert answer.headers["cache-control"] == "no-store"
    assert somebody.fetch("/balie").json() == {"detail": NOT_IN}

    form = somebody.post("/balie/uitkomst")
    assert (form.status_code, heading(form)) == (401, "U bent niet meer ingelogd")
    assert 'href="/inloggen"' in form.text


def test_a_browser_that_tells_nothing_of_how_it_asks_is_led_to_the_login(somebody: StaffClient) -> None:
    assert somebody.request("GET", "/balie", {"Accept": "text/html"}).status_code == 303
    assert somebody.request("GET", "/balie", {"Accept": "*/*"}).status_code == 401


def test_a_page_knows_who_is_logged_in(desk: StaffClient) -> None:
    answer = desk.go("/balie")

    assert answer.json() == {"roles": ["desk"], "name": "Mw. De Vries"}
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'; script-src 'self'" in answer.headers["content-security-policy"]


def test_without_the_role_of_a_page_there_is_a_page_that_says_so(desk: StaffClient) -> None:
    page = desk.go("/beleid")

    assert (page.status_code, heading(page)) == (403, "U mag deze pagina niet openen")
    assert desk.fetch("/beleid").json() == {"detail": "U mag deze pagina niet openen."}
    assert desk.go("/materiaal/folder").status_code == 200  # of every role


@pytest.mark.parametrize(
    "after",
    [
        "", "//evil.example", "https://evil.example/balie", "/nl/plain/", "/balie/../nl/", "/balie?x=//evil.example",
        "\\\\evil.example", "/balie/uitkomst", "javascript:alert(1)", "/inloggen", "/balie\r\nX: y",
    ],
)  # fmt: skip
def test_a_login_leads_to_pages_for_staff_and_nowhere_else(somebody: StaffClient, after: str) -> None:
    assert f'name="next" value="{START}"' in somebody.go(LOGIN, params={"next": after}).text
    assert somebody.log_in(after=after).headers["location"] == START
    assert somebody.go(LOGIN, params={"next": after}).headers["location"] == START


def test_a_login_leads_to_a_page_below_another(somebody: StaffClient) -> None:
    assert somebody.log_in(after="/materiaal/folder").headers["location"] == "/materiaal/folder"


def test_links_on_a_page_have_the_prefix_of_a_proxy(somebody: StaffClient) -> None:
    form = somebody.request("GET", LOGIN, {**TO_LOOK_AT, "X-Forwarded-Prefix": "/w1"})

    assert 'action="/w1/inloggen"' in form.text
    assert 'href="/w1/assets/x/staff.css"' in form.text


def test_a_mistake_of_ours_is_a_page_and_its_words_stay_out_of_the_log(
    desk: StaffClient, caplog: pytest.LogCaptureFixture
) -> None:
    page = desk.go("/balie/stuk", params={"income": "31000"})

    assert (page.status_code, heading(page)) == (500, "Er ging iets mis")
    assert "ValueError" in caplog.text
    assert "31000" not in caplog.text + page.text


def test_a_body_that_is_too_large_is_refused(desk: StaffClient) -> None:
    assert desk.post("/balie/uitkomst", content=b"x" * 100).status_code == 200
    assert desk.post("/balie/uitkomst", content=b"x" * 101).status_code == 413


# The session


def test_the_cookie_is_for_us_alone_and_short(somebody: StaffClient) -> None:
    somebody.log_in()

    flags = somebody.set_cookies[0].lower().split("; ")[1:]
    assert sorted(flags) == ["httponly", f"max-age={IDLE_SECONDS}", "path=/", "samesite=lax"]
    assert sorted(session_in(somebody.cookies)) == ["began", "id", "name", "roles"]


@pytest.mark.parametrize("how", ["proxy", "public address"])
def test_by_https_the_cookie_stays_with_https(how: str) -> None:
    access = access_for_tests(public_url="https://example.nl" if how == "public address" else "")
    by_proxy = {"X-Forwarded-Proto": "https"} if how == "proxy" else {}
    somebody = StaffClient(app_with_pages(access))
    somebody.request("POST", LOGIN, {**FROM_US, **by_proxy}, data={"passphrase": PASSPHRASE})

    assert re.match(rf"{COOKIE_BY_HTTPS}=.*; path=/; .*; secure$", somebody.set_cookies[0])
    assert somebody.request("GET", "/balie", {**TO_LOOK_AT, **by_proxy}).status_code == 200


def test_a_session_lasts_half_an_hour_after_the_last_request(access: Access, desk: StaffClient) -> None:
    session = session_in(desk.cookies)

    desk.cookies = cookie_of(session, IDLE_SECONDS - 60)
    assert desk.go("/balie").status_code == 200
    assert desk.cookies != cookie_of(session, IDLE_SECONDS - 60), "it wasn't renewed"
    desk.cookies = cookie_of(session, IDLE_SECONDS + 60)
    assert desk.go("/balie").status_code == 303


def test_a_session_ends_after_a_day_of_work_whatever_is_done(desk: StaffClient) -> None:
    session = session_in(desk.cookies)

    desk.cookies = cookie_of({**session, "began": session["began"] - MOST_SECONDS + 60})
    assert desk.go("/balie").status_code == 200
    desk.cookies = cookie_of({**session, "began": session["began"] - MOST_SECONDS - 60})
    assert desk.go("/balie").status_code == 303


@pytest.mark.parametrize("forged", ["another secret", "more roles", "nonsense"])
def test_a_session_that_we_didn_t_sign_is_none(desk: StaffClient, forged: str) -> None:
    session = session_in(desk.cookies)
    desk.cookies = {
        "another secret": cookie_of(session, secret="x" * 32),
        "more roles": {COOKIE: "eyJ" + desk.cookies[COOKIE][3:].replace(".", "x.", 1)},
        "nonsense": {COOKIE: "null"},
    }[forged]

    assert desk.go("/balie").status_code == 303


def test_a_login_begins_a_session_of_its_own(access: Access, desk: StaffClient) -> None:
    before = dict(desk.cookies)
    desk.log_in()

    assert session_in(desk.cookies)["id"] != session_in(before)["id"]
    desk.cookies = before
    assert desk.go("/balie").status_code == 303


def test_logging_out_wipes_the_browser_and_makes_copies_of_the_cookie_worthless(desk: StaffClient) -> None:
    copied = dict(desk.cookies)
    out = desk.post(LOGOUT)

    assert (out.status_code, heading(out)) == (200, "U bent uitgelogd")
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    assert desk.cookies == {}
    assert LOGOUT not in out.text
    desk.cookies = copied
    assert desk.go("/balie").status_code == 303
    assert desk.fetch("/balie").status_code == 401


def test_an_answer_that_was_under_way_while_somebody_logged_out_brings_no_session_back() -> None:
    access = access_for_tests()

    def slow(request: Request) -> Response:
        access.sessions.end(dict(request.session))  # in another tab
        return PlainTextResponse("late")

    client = logged_in(access, app_of(access, access.route("/balie", slow, "desk")))

    assert client.go("/balie").text == "late"
    assert client.set_cookies == []


def test_logging_out_without_a_session_is_no_mistake(somebody: StaffClient) -> None:
    assert heading(somebody.post(LOGOUT)) == "U bent uitgelogd"


# Logging in by a passphrase


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("", "Vul de wachtzin in."), ("een korte wachtzin", "Deze wachtzin klopt niet."), ("x" * 2000, "klopt niet")],
)
@pytest.mark.usefixtures("nothing_logged")
def test_a_wrong_passphrase_is_told_on_the_page_and_nowhere_else(
    somebody: StaffClient, typed: str, problem: str
) -> None:
    page = somebody.log_in(typed, after="/balie")

    assert page.status_code == 401
    assert page.text.count(problem) == 2  # above, and at the field
    assert 'aria-invalid="true" aria-describedby="error"' in page.text
    assert "<title>Fout: Inloggen voor medewerkers" in page.text
    assert 'name="next" value="/balie"' in page.text
    assert not typed or typed not in page.text
    assert somebody.cookies == {}


def test_after_some_wrong_ones_even_the_right_one_has_to_wait(somebody: StaffClient, app: Starlette) -> None:
    for _ in range(OF_ONE[0].amount):
        assert somebody.log_in("een korte wachtzin").status_code == 401

    page = somebody.log_in()
    assert (page.status_code, heading(page)) == (429, "Te vaak geprobeerd")
    assert 0 < int(page.headers["retry-after"]) <= 60
    assert "Probeer het over 1 minuut opnieuw." in page.text
    assert somebody.cookies == {}
    assert StaffClient(app, address="192.0.2.2").log_in().status_code == 303


def test_an_office_behind_one_address_gets_in(app: Starlette) -> None:
    for _ in range(OF_ONE[0].amount + 2):
        assert StaffClient(app).log_in().status_code == 303


def test_a_subscriber_with_many_addresses_is_one() -> None:
    attempts = Attempts()
    waits = [attempts.wait(f"2001:db8::{number}") for number in range(OF_ONE[0].amount + 1)]

    assert [wait > 0 for wait in waits] == [False] * OF_ONE[0].amount + [True]
    assert attempts.wait("2001:db8:0:1::1") == 0


def test_all_together_are_stopped_too_and_one_alone_doesn_t_use_up_what_everybody_has() -> None:
    attempts = Attempts()
    for _ in range(OF_ALL[0].amount * 2):
        attempts.wait("192.0.2.1")
    taken = [attempts.wait(f"198.51.100.{number}") for number in range(OF_ALL[0].amount)].count(0)

    assert taken == OF_ALL[0].amount - OF_ONE[0].amount
    assert attempts.wait("203.0.113.1") > 0


# From a page of ours


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://example.nl"}, 403),
        ({"Origin": "http://example.nl"}, 303),
        ({"Origin": "http://EXAMPLE.nl"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://example.nl.evil.example"}, 403),
        ({"Origin": "http://example.nl:8080"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
        ({"Origin": "https://balie.example", "X-Forwarded-Host": "balie.example"}, 303),
    ],
)
def test_only_a_page_of_ours_may_log_somebody_in(somebody: StaffClient, headers: dict[str, str], status: int) -> None:
    assert somebody.request("POST", LOGIN, headers, data={"passphrase": PASSPHRASE}).status_code == status


def test_behind_the_public_address_a_form_comes_from_there() -> None:
    somebody = StaffClient(app_with_pages(access_for_tests(public_url="https://bijdrage.example/wmo")))
    sent = {"data": {"passphrase": PASSPHRASE}}

    assert somebody.request("POST", LOGIN, {"Origin": "https://bijdrage.example"}, **sent).status_code == 303
    assert somebody.request("POST", LOGIN, {"Origin": "https://other.example"}, **sent).status_code == 403


@pytest.mark.parametrize("path", ["/balie/uitkomst", LOGOUT])
def test_another_site_can_do_nothing_with_somebody_s_session(desk: StaffClient, path: str) -> None:
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    refused = desk.request("POST", path, elsewhere)

    assert refused.status_code == 403
    assert refused.json()["detail"] == "Dit verzoek kwam niet van een pagina van de Bijdragewijzer."
    page = desk.request("POST", path, {**elsewhere, **TO_LOOK_AT})
    assert heading(page) == "Dit verzoek kwam niet van ons"
    assert desk.go("/balie").status_code == 200


def test_a_browser_tells_our_forms_from_others(somebody: StaffClient) -> None:
    # With no-referrer it would call every origin "null" where it came without encryption.
    assert somebody.go(LOGIN).headers["referrer-policy"] == "same-origin"


# The pages around


def test_the_start_leads_to_the_pages_of_a_role_and_tells_what_staff_should_know() -> None:
    access = access_for_tests(LINKS, lambda: ["GM0000.toml is niet te lezen."])
    page = logged_in(access, app_with_pages(access), ("desk",), "Mw. <De Vries>").go(START)

    assert (page.status_code, heading(page)) == (200, "Voor medewerkers")
    assert "U bent ingelogd als Mw. &lt;De Vries&gt;. U mag dit gebruiken: de balie." in page.text
    assert "GM0000.toml is niet te lezen." in page.text
    assert set(re.findall(r'<a href="(/[^"]*)"', page.text)) == {"/balie"}
    assert f'<form class="log-out" method="post" action="{LOGOUT}">' in page.text


def test_a_page_says_which_one_it_is(access: Access) -> None:
    def balie(request: Request) -> Response:
        return access.page(
            request, "staff_start.html", {"who": "", "may": "", "notices": []}, here="/balie", heading=""
        )

    page = logged_in(access, app_of(access, access.route("/balie", balie, None))).go("/balie")

    assert re.findall(r'<a href="([^"]*)" aria-current="page">', page.text) == ["/balie"]


def test_pages_for_everybody_neither_set_a_cookie_nor_read_one(app: Starlette, desk: StaffClient) -> None:
    for path in ("/nl/plain/", "/en/answers/", "/nowhere"):
        with_cookie, without = desk.go(path), StaffClient(app).go(path)
        assert desk.set_cookies == []
        assert "cookie" not in without.headers.get("vary", "").lower()
        assert with_cookie.text == without.text


# Every route of the service as it is wired


def for_everybody(route: str) -> bool:
    path = route.split(" ")[1]
    for_programs = r"/robots\.txt|/sitemap\.xml|/\.well-known/security\.txt|/v1(/.*)?|/healthz|/readyz|/embed\.js"
    files = r"/assets/\w+/\{path:path\}|/_nicegui/[\d.]+/.+|/_nicegui_ws"
    return bool(re.fullmatch(rf"/|/({'|'.join(LOCALES)})/.*|{for_programs}|{files}", path))


def wired(*flags: str) -> list[str]:
    """Routes of the service, those with a socket twice."""
    program = [sys.executable, "-m", "tests.web.routes", *flags]
    printed = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
    return printed.stdout.splitlines()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., httpx.Response]]:
    """The service as it runs, with pages for staff."""
    flags = ("--staff-passphrase", HASH)
    with Server(tmp_path_factory.mktemp("staff") / "log.txt", flags=flags) as running:
        yield lambda method, path, **sent: httpx.request(method, running.url + path, **sent)


def test_without_settings_there_is_nothing_for_staff() -> None:
    assert [route for route in wired() if not for_everybody(route)] == []


def test_every_route_that_isn_t_for_everybody_asks_for_a_login(service: Callable[..., httpx.Response]) -> None:
    doors = {LOGIN, LOGOUT}
    for_staff = [route.split(" ") for route in wired("staff") if not for_everybody(route)]
    assert {START, *doors} <= {path for _, path, *_ in for_staff}
    signed = {"Cookie": service_cookie(service)}

    for _, pattern, *methods in for_staff:
        path = re.sub(r"\{[^}]*\}", "x", pattern)
        for method in set(methods) - {"HEAD"} if path not in doors else ():
            sent = service(method, path, headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"})
            assert sent.status_code == 401, (method, path)
            if method == "GET":
                assert service(method, path, headers=TO_LOOK_AT).headers["location"] == f"/inloggen?next={path}"
            let_in = service(method, path, headers={**TO_LOOK_AT, **signed, "Sec-Fetch-Site": "same-origin"})
            assert let_in.status_code not in (303, 401, 403), (method, path)


def service_cookie(service: Callable[..., httpx.Response]) -> str:
    into = service("POST", LOGIN, headers={"Sec-Fetch-Site": "same-origin"}, data={"passphrase": PASSPHRASE})
    assert into.status_code == 303
    return str(into.headers["set-cookie"]).partition(";")[0]


def test_no_page_for_staff_has_a_socket(service: Callable[..., httpx.Response]) -> None:
    into = {"Cookie": service_cookie(service), **TO_LOOK_AT}
    for path in (LOGIN, START):
        assert "nicegui" not in service("GET", path, headers=into).text
    live = service("GET", "/nl/", headers=into).text

    assert "nicegui" in live  # as the pages that have one
    assert START not in live
    with_socket = [route for route in wired("staff") if route.startswith("socket ")]
    assert with_socket == [f"socket /{locale}/{place}" for locale in LOCALES for place in ("", "embed/{code}/")]


# Settings


def settings_of(*flags: str, **secrets: str) -> object:
    return make_service(read_settings(list(flags)), SecretSettings(**secrets)).logins


PROVIDED = ("--oidc-issuer", "https://login.example", "--oidc-client-id", "wmo")


def test_without_settings_nobody_logs_in() -> None:
    assert settings_of() is None


def test_a_passphrase_is_enough_and_every_start_then_signs_with_a_secret_of_its_own() -> None:
    first, second = (settings_of("--staff-passphrase", HASH) for _ in range(2))

    assert first.provider is None
    assert first.secret != second.secret
    assert len(first.secret) >= 32
    assert settings_of("--staff-passphrase", HASH, session_secret=SECRET).secret == SECRET


def test_a_provider_is_enough() -> None:
    logins = settings_of(*PROVIDED, "--oidc-roles-claim", "groups", oidc_client_secret="between us")

    assert logins.provider == ProviderSettings("https://login.example", "wmo", "between us", "groups")
    assert logins.passphrase == ""


@pytest.mark.parametrize(
    ("flags", "secrets", "said"),
    [
        (("--staff-passphrase", "geheim geheim"), {}, "staff-passphrase: found what is no argon2 hash; allowed: what "),
        (("--staff-passphrase", HASH[:-9]), {}, "staff-passphrase: found what is no argon2 hash; allowed: what "),
        (PROVIDED, {}, "BIJDRAGEWIJZER_OIDC_CLIENT_SECRET: found nothing beside oidc-issuer, oidc-client-id; "),
        ((), {"oidc_client_secret": "geheim geheim"}, "oidc-issuer, oidc-client-id: found nothing beside BIJDRAGE"),
        (
            ("--oidc-issuer", "http://login.example", *PROVIDED[2:]), {"oidc_client_secret": "geheim"},
            "oidc-issuer: found 'http://login.example'; allowed: an address such as https://",
        ),
        ((*PROVIDED, "--oidc-roles-claim", ""), {"oidc_client_secret": "geheim"}, "oidc-roles-claim: found nothing; "),
        (
            ("--staff-passphrase", HASH), {"session_secret": "geheim"},
            "BIJDRAGEWIJZER_SESSION_SECRET: found 6 characters; allowed: at least 32",
        ),
        ((), {"session_secret": SECRET}, "BIJDRAGEWIJZER_SESSION_SECRET: found one that signs nothing; allowed: "),
    ],
)  # fmt: skip
def test_wrong_or_half_settings_stop_the_start_with_a_line_that_tells_no_secret(
    flags: tuple[str, ...], secrets: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingError) as refused:
        settings_of(*flags, **secrets)

    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_an_unknown_flag_is_named_without_its_value() -> None:
    with pytest.raises(SettingError, match=r"arguments: --staff-pasphrase; allowed: --host") as refused:
        read_settings(["--staff-pasphrase", "geheim geheim"])

    assert "geheim" not in str(refused.value)


def test_settings_don_t_show_their_secrets() -> None:
    shown = repr(read_settings(["--staff-passphrase", HASH])) + repr(
        read_logins(
            passphrase=HASH, issuer="https://login.example", client_id="wmo", client_secret="geheim", secret=SECRET
        )
    )

    assert [secret for secret in (HASH, "geheim", SECRET) if secret in shown] == []


def test_secrets_are_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIJDRAGEWIJZER_STAFF_PASSPHRASE", HASH)
    monkeypatch.setenv("BIJDRAGEWIJZER_SESSION_SECRET", SECRET)

    logins = settings_of()
    assert (logins.passphrase, logins.secret) == (HASH, SECRET)
    with pytest.raises(SettingError, match="--session-secret"):
        read_settings(["--session-secret", SECRET])


def test_a_site_with_logins_is_the_same_site() -> None:
    assert make_site(read_settings(["--staff-passphrase", HASH, "--public-url", "https://x.example/"])).public_url


# The hash of a passphrase


def test_the_command_prints_a_hash_of_what_was_typed_twice_and_never_shows_it() -> None:
    done = CliRunner().invoke(command, ["passphrase"], input=f"{PASSPHRASE}\n{PASSPHRASE}\n")

    assert done.exit_code == 0
    assert PasswordHasher().verify(done.stdout.strip(), PASSPHRASE)
    assert PASSPHRASE not in done.output


def test_the_command_asks_again_when_the_second_one_differs() -> None:
    done = CliRunner().invoke(command, ["passphrase"], input=f"{PASSPHRASE}\nanders\n{PASSPHRASE}\n{PASSPHRASE}\n")

    assert done.exit_code == 0
    assert is_hash(done.stdout.strip())


def test_a_short_passphrase_is_refused() -> None:
    short = "x" * (SHORTEST - 1)
    done = CliRunner().invoke(command, ["passphrase"], input=f"{short}\n{short}\n")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "passphrase: found 11 characters; allowed: 12 to " in done.stderr


@pytest.mark.parametrize("text", ["", "geheim", "$argon2id$v=19$m=65536,t=3,p=4$abc", "$argon2idé", HASH[:-1]])
def test_what_is_no_hash_is_known(text: str) -> None:
    assert not is_hash(text)


def test_a_hash_of_nothing_lets_nobody_in() -> None:
    assert not is_hash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(""))
    assert is_hash(hashed("een andere wachtzin"))


async def _is_right(typed: str) -> bool:
    return await Passphrase(HASH).is_right(typed)


def test_a_passphrase_is_right_to_the_letter() -> None:
    typed = (PASSPHRASE, PASSPHRASE.upper(), PASSPHRASE + " ", "")
    assert [asyncio.run(_is_right(each)) for each in typed] == [True, False, False, False]
