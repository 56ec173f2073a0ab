"""Templates filled with their contexts: the one place that knows Jinja2."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from estimator.files import PACKAGE, project_folder
from estimator.pages.request import Context

# How a pictogram begins: its size, and attributes that all have in common, which the style sheet gives them on a page.
OPENING = re.compile(r'<svg [^>]*(viewBox="[^"]+")[^>]*>')
TEMPLATES = PACKAGE / "pages" / "templates"


@cache
def pictogram(name: str) -> Markup:
    """A pictogram to stand inside a page; raises ``LookupError`` for one that there isn't."""
    path = project_folder("assets") / "pictograms" / f"{name}.svg"
    if not path.is_file():
        raise LookupError(
            f"pictogram: found {name}; allowed: {', '.join(sorted(f.stem for f in path.parent.iterdir()))}"
        )
    return Markup(OPENING.sub(r'<svg class="pictogram" \1 aria-hidden="true">', path.read_text("utf-8").strip()))


class Templates(Environment):
    """Jinja2 for contexts that are dictionaries: what a template asks for by a dot is looked for as a key first."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a context, or else what Jinja2 finds."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def environment() -> Environment:
    """Jinja2 with our templates: everything is escaped, and a field that isn't there is an error."""
    made = Templates(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, auto_reload=False,
    )  # fmt: skip
    made.globals["pictogram"] = pictogram
    return made


def render(template: str, context: Context) -> str:
    """A template with its context, as HTML."""
    return environment().get_template(template).render(context)


def document(
    context: Context,
    fragment: str,
    stylesheets: Sequence[str],
    icon: str,
    robots: str = "",
    alternates: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """A whole document around a rendered page, for where nothing else carries it.

    ``robots`` is what search engines may do with it; ``alternates`` the page in every language, by its code.
    """
    frame = {name: context[name] for name in ("lang", "dir", "title")}
    inside = Markup(fragment)  # rendered here: escaped already
    head = {"stylesheets": list(stylesheets), "icon": icon, "robots": robots, "alternates": alternates}
    return render("document.html", {**frame, **head, "fragment": inside})
