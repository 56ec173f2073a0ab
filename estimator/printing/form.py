"""The interview on paper: a form that a volunteer fills in with a resident, for the desk to type over.

Questions, their order, their answers and their words are those of the interview. No name is on it, and nobody keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence

from estimator import interview
from estimator.interview import MOST_QUESTIONS, QUESTIONS, Option, QuestionName
from estimator.library.documents import EMPTY, SOURCE
from estimator.municipalities import Contact, accent_of
from estimator.pages.question import option_label, question_page
from estimator.pages.request import Context, Request
from estimator.printing.head import head
from estimator.printing.pictograms import drawn
from estimator.printing.press import pdf
from estimator.printing.summary import isolated
from estimator.rules.household import COST_PRICE_KINDS
from estimator.texts import Texts

TEMPLATE = "form.typ"
# Of the letters, in points, the largest first: the first in which all questions have room on one sheet.
SIZES = (12, 11, 10.5, 10, 9.5, 9)
# An amount instead of bands to choose from: what somebody knows by heart is as good.
AMOUNTS: tuple[QuestionName, ...] = ("income", "savings", "cost")
# Ways to reach a municipality that there is room for.
REACHED_BY = ("phone", "address", "hours")


def form_pdf(request: Request) -> bytes:
    """The form in the language of a request, made at its moment, as PDF. Its answers are left out."""
    return pdf(TEMPLATE, form(request), request.now)


def form(request: Request) -> Context:
    """What ``form.typ`` is filled with."""
    texts, own = request.texts, request.municipality
    blank = request._replace(answers={}, library=EMPTY, around=False)
    accent = accent_of(own)
    asked = [name for name in QUESTIONS if interview.may_be_asked(name, request.setting)]
    return {
        **head(texts, own, texts("form.title")),
        "sizes": SIZES,
        "owner": texts("print.municipality", name=own.name) if own else "",
        "dutch": _beside(Texts(SOURCE)("form.title"), texts("form.title")),
        "intro": texts.paragraphs("form.intro"),
        "private": {"heading": texts("form.private.heading"), "text": texts.paragraphs("form.private.text")},
        "more_than_one": texts("ui.more_than_one"),
        "questions": [_question(name, number, blank, accent) for number, name in enumerate(asked, start=1)],
        "reach": {"heading": texts("form.reach"), "lines": _reach(own.contact if own else Contact(), texts)},
        "on": texts.date(request.setting.on),
    }


def _question(name: QuestionName, number: int, request: Request, accent: str) -> Context:
    texts, page = request.texts, question_page(request, name)
    dutch = _in_dutch(request)
    in_dutch = question_page(dutch, name) if dutch else None
    choices = [
        {
            "label": choice["label"],
            "dutch": _beside(in_dutch["choices"][place]["label"] if in_dutch else "", choice["label"]),
            "help": "" if choice["apart"] else choice["help"],
            "svg": drawn(choice["pictogram"], accent) if choice["pictogram"] else "",
        }
        for place, choice in enumerate(page["choices"])
        if choice["apart"] or name not in (*AMOUNTS, "municipality")
    ]
    return {
        "name": name,
        "number": texts.number(number),
        "heading": page["heading"],
        "dutch": _beside(in_dutch["heading"] if in_dutch else "", page["heading"]),
        "only": _only(name, request),
        "lead": _lead(name, page, texts),
        "about": texts("form.about") if name in ("income", "savings") else "",
        "many": page["kind"] == "many",
        # A price that isn't known is left out; that of an income or of savings is worth a mark.
        "choices": [] if name == "municipality" else choices,
        "line": {"amount": name in AMOUNTS, "label": page["label"]} if name in (*AMOUNTS, "municipality") else None,
    }


def _lead(name: QuestionName, page: Context, texts: Texts) -> str:
    """What to think of; where a choice becomes a line to write on, in words of its own or not needed."""
    if name == "municipality":
        return ""
    lead: str = texts("form.income.lead") if name == "income" else page["lead"]
    return lead


def _only(name: QuestionName, request: Request) -> str:
    """For whom a question is, in the words of the answer that leads to it; "" where it is for everybody."""
    before: QuestionName
    if name == "partner_age":
        before, values = "household", ["couple"]
    elif name == "cost":
        before, values = "provisions", [kind for kind in COST_PRICE_KINDS if _leads_to_cost(kind, request)]
    else:
        return ""
    asked = interview.question(before, {}, request.setting)
    return request.texts(
        "form.only", answers=_listed([option_label(Option(v), asked, request) for v in values], request)
    )


def _leads_to_cost(kind: str, request: Request) -> bool:
    """Whether the price of a provision is ever asked for here."""
    return "cost" in interview.clean({**MOST_QUESTIONS, "provisions": (kind,)}, request.setting)


def _listed(labels: Sequence[str], request: Request) -> str:
    return request.texts.listed((request.texts("quoted", words=label) for label in labels), either=True)


def _reach(contact: Contact, texts: Texts) -> list[Context]:
    """The ways to reach a municipality, with room to write what isn't known."""
    given = {"phone": contact.phone, "address": ", ".join(contact.address), "hours": contact.hours}
    return [{"label": texts(f"line.{kind}"), "value": given[kind] and isolated(given[kind])} for kind in REACHED_BY]


def _in_dutch(request: Request) -> Request | None:
    """The same request in Dutch, for the words beside those of another language."""
    return None if request.texts.lang == SOURCE else request._replace(texts=Texts(SOURCE))


def _beside(dutch: str, words: str) -> Context:
    """Dutch in small beside its translation, unless that has it already, in brackets."""
    return {"text": "" if dutch.casefold() in words.casefold() else dutch, "lang": SOURCE, "dir": "ltr"}
