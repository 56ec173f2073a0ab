"""The pages with which staff log in and out, and the one on which they begin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from estimator.pages.staff import LOGIN, LOGOUT, START, Role, login_context, start_context
from estimator.web.access import TEXTS, Access, redirected
from estimator.web.addresses import base, home_of
from estimator.web.attempts import Attempts
from estimator.web.forms import read_form
from estimator.web.mistakes import log_mistake
from estimator.web.passphrase import Passphrase
from estimator.web.provider import NotFinishedError, Provider, ProviderError
from estimator.web.same_origin import SAFE_METHODS

AT_PROVIDER, BACK = f"{LOGIN}/werkaccount", f"{LOGIN}/terug"
BOTH: tuple[Role, ...] = ("desk", "policy")  # whoever knows the passphrase
MOST_BYTES, MOST_FIELDS = 16 * 1024, 8
NEXT = "next"
SCRIPTS = ("away.js",)  # browsers only take the header where the connection is encrypted
WIPE = {"Clear-Site-Data": '"cache", "storage"'}


@dataclass(frozen=True)
class LoginPages:
    """Lets staff in and out of what ``access`` guards."""

    access: Access
    attempts: Attempts = field(default_factory=Attempts)

    def routes(self) -> list[Route]:
        """The addresses; those of a provider where there is one."""
        provided = [
            self.access.open_route(AT_PROVIDER, self.to_provider),
            self.access.open_route(BACK, self.from_provider),
        ]
        return [
            self.access.open_route(LOGIN, self.login, ("GET", "POST"), MOST_BYTES),
            *(provided if self.access.logins.provider else ()),
            self.access.open_route(LOGOUT, self.logout, ("POST",), MOST_BYTES),
            self.access.route(START, self.start, None),
        ]

    @cached_property
    def passphrase(self) -> Passphrase:
        """The one passphrase."""
        return Passphrase(self.access.logins.passphrase)

    @cached_property
    def provider(self) -> Provider | None:
        """Where staff have an account, if anywhere."""
        return Provider(self.access.logins.provider) if self.access.logins.provider else None

    async def login(self, request: Request) -> Response:
        """The form, and what it leads to."""
        if request.method in SAFE_METHODS:
            after = self._after(request.query_params.get(NEXT, ""))
            if self.access.sessions.staff(request.session):
                return redirected(request, after)
            return self._form(request, after)
        if not self.access.logins.passphrase:
            return self._form(request, START)
        form = await read_form(request, MOST_FIELDS)
        typed, after = _first(form, "passphrase"), self._after(_first(form, NEXT))
        if not typed:
            return self._form(request, after, "empty")
        address = request.client.host if request.client else ""
        if wait := self.attempts.wait(address):
            minutes = TEXTS.count("staff.login.wait", -(-wait // 60))
            return self.access.message(request, "too_often", 429, [minutes], {"Retry-After": str(wait)})
        if not await self.passphrase.is_right(typed):
            return self._form(request, after, "wrong")
        self.attempts.succeeded(address)
        return self._in(request, BOTH, "", after)

    async def to_provider(self, request: Request) -> Response:
        """To the provider, which sends the browser back."""
        assert self.provider
        request.session[NEXT] = self._after(request.query_params.get(NEXT, ""))
        try:
            return await self.provider.begin(request, home_of(self.access.site, request) + BACK)
        except ProviderError as error:
            return self._no_provider(request, error)

    async def from_provider(self, request: Request) -> Response:
        """Back from the provider, with somebody whom it knows."""
        assert self.provider
        try:
            person = await self.provider.finish(request)
        except NotFinishedError:
            return self.access.message(request, "not_finished", 400)
        except ProviderError as error:
            return self._no_provider(request, error)
        if not person.roles:
            self.access.sessions.end(request.session)
            return self.access.message(request, "without_role", 403)
        return self._in(request, person.roles, person.name, self._after(request.session.get(NEXT, "")))

    async def logout(self, request: Request) -> Response:
        """Nothing is left in the browser, nor of the session in this process."""
        self.access.sessions.end(request.session)
        elsewhere = await self.provider.logout_url() if self.provider else ""
        context = {"login_url": base(request) + LOGIN, "provider_url": elsewhere}
        heading = TEXTS("staff.logged_out.heading")
        return self.access.page(
            request, "logged_out.html", context, here=LOGOUT, heading=heading, headers=WIPE, scripts=SCRIPTS
        )

    async def start(self, request: Request) -> Response:
        """Who is logged in, which pages there are for them, and what they should know."""
        staff = request.state.staff
        context = start_context(TEXTS, staff.roles, staff.name, self.access.notices())
        return self.access.page(request, "staff_start.html", context, here=START, heading=TEXTS("staff.start.heading"))

    def _in(self, request: Request, roles: Collection[Role], name: str, after: str) -> Response:
        self.access.sessions.begin(request.session, roles, name)
        return redirected(request, after)

    def _after(self, path: str) -> str:
        """Where to go after a login: to a page for staff and nowhere else."""
        return path if self.access.is_page(path) else START

    def _form(self, request: Request, after: str, problem: str = "") -> Response:
        before = base(request)
        query = urlencode({NEXT: after}, safe="/")
        context = login_context(
            TEXTS,
            action=f"{before}{LOGIN}" if self.access.logins.passphrase else "",
            provider_url=f"{before}{AT_PROVIDER}?{query}" if self.provider else "",
            after=after,
            problem=problem,
        )
        status = 401 if problem else 200
        return self.access.page(
            request, "login.html", context, here=LOGIN, heading=TEXTS("staff.login.heading"), status=status,
            scripts=SCRIPTS,
        )  # fmt: skip

    def _no_provider(self, request: Request, error: ProviderError) -> Response:
        log_mistake("no login at the provider", error.__cause__ if isinstance(error.__cause__, Exception) else error)
        return self.access.message(request, "provider", 502)


def _first(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name, ())), "")
