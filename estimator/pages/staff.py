"""What stands around every page for staff. These pages are Dutch only, and whole documents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from estimator.municipal_files import FileError
from estimator.pages.request import Context
from estimator.texts import Texts

Role = Literal["desk", "policy"]
ROLES: tuple[Role, ...] = ("desk", "policy")
START, LOGIN, LOGOUT = "/medewerkers", "/inloggen", "/uitloggen"
MessageKind = Literal[
    "cross_site", "no_login", "no_role", "without_role", "provider", "not_finished", "too_often", "error"
]
# Where a message leads to: to where somebody may begin, or to another login.
LEADS_TO: Mapping[MessageKind, str] = {"no_role": START, "error": START}


class StaffLink(NamedTuple):
    """A page for staff: its path, the key of its title, and the role that may open it; ``None`` for every role."""

    path: str
    title: str
    role: Role | None


class StaffFiles(NamedTuple):
    """Addresses of what a page for staff is shown with."""

    stylesheets: Sequence[str]
    scripts: Sequence[str]
    icon: str


def staff_frame(
    texts: Texts,
    here: str,
    roles: Collection[Role],
    *,
    heading: str,
    files: StaffFiles,
    name: str = "",
    links: Sequence[StaffLink] = (),
    before: str = "",
) -> Context:
    """The fields that ``staff.html`` needs for every page.

    ``here`` is the path of the page; ``name`` who is logged in, "" where that isn't known; ``links`` every page for
    staff; ``before`` what a proxy puts before our addresses. Without ``roles`` nobody is logged in.
    """
    return {
        "t": texts,
        "lang": texts.lang,
        "dir": texts.dir,
        "title": texts("title.page", heading=heading, app=texts("product")),
        "heading": heading,
        "links": [_link(texts, link, here, before) for link in allowed(links, roles)],
        "roles": [role for role in ROLES if role in roles],
        "name": name,
        "start_url": f"{before}{START}",
        "logout_url": f"{before}{LOGOUT}",
        **files._asdict(),
    }


def allowed(links: Sequence[StaffLink], roles: Collection[Role]) -> list[StaffLink]:
    """The pages that somebody with these roles may open; none without a role."""
    return [link for link in links if roles and (link.role is None or link.role in roles)]


def _link(texts: Texts, link: StaffLink, here: str, before: str) -> Context:
    return {"title": texts(link.title), "url": f"{before}{link.path}", "current": link.path == here}


def login_context(texts: Texts, *, action: str, provider_url: str, after: str, problem: str) -> Context:
    """The fields of ``login.html``, without those of the frame.

    ``action`` is where the passphrase is sent to, ``provider_url`` where people have an account: "" for what there
    isn't. ``after`` is the path to go on to, ``problem`` what was wrong: "", "empty" or "wrong".
    """
    title = texts("title.page", heading=texts("staff.login.heading"), app=texts("product"))
    return {
        "action": action,
        "provider_url": provider_url,
        "after": after,
        "error": texts(f"staff.login.{problem}") if problem else "",
        "title": texts("title.error", title=title) if problem else title,
    }


def file_notices(errors: Iterable[FileError], texts: Texts) -> list[str]:
    """What is wrong with the files of municipalities, in words."""
    return [_file_notice(error, texts) for error in errors]


def _file_notice(error: FileError, texts: Texts) -> str:
    since, place = texts.moment(error.since), error.key
    wrong = texts(
        "staff.file_error", file=error.file, since=since, place=place, found=error.found, allowed=error.allowed
    )
    meanwhile = "staff.file_error.served" if error.served else "staff.file_error.left_out"
    return f"{wrong} {texts(meanwhile)}"


def start_context(texts: Texts, roles: Collection[Role], name: str, notices: Sequence[str]) -> Context:
    """The fields of ``staff_start.html``, without those of the frame: who is logged in, and what they should know."""
    named = texts("staff.start.named", name=name) if name else texts("staff.start.passphrase")
    may = texts.listed([texts(f"staff.role.{role}") for role in ROLES if role in roles])
    return {"who": named, "may": texts("staff.start.roles", roles=may), "notices": list(notices)}


def message_context(texts: Texts, kind: MessageKind, before: str, more: Sequence[str] = ()) -> Context:
    """The fields of ``staff_message.html``, without those of the frame."""
    path = LEADS_TO.get(kind, LOGIN)
    return {
        "text": [*texts.paragraphs(f"staff.message.{kind}.text"), *more],
        "lead_url": f"{before}{path}",
        "lead_text": texts("staff.to_start" if path == START else "staff.to_login"),
    }
