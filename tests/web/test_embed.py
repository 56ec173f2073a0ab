"""Who may show the interview in a frame, and the script that does."""

import json
import re
from dataclasses import replace

import pytest
from starlette.applications import Starlette

from estimator.files import LOCALES, project_folder
from estimator.municipalities import MunicipalityError, read_municipality, themes
from estimator.web.embed import embed_routes, framed_by
from estimator.web.headers import Headers, live_policy
from tests.web.reader import SITE, Client

ASSETS = project_folder("assets")
SCRIPT = (ASSETS / "embed.js").read_text("utf-8")


def asked(path: str, code: str = "") -> dict[str, object]:
    return {"path": path, "path_params": {"code": code} if code else {}}


def test_only_the_sites_of_its_municipality_may_show_a_page() -> None:
    assert framed_by(SITE, asked("/nl/embed/GM0000/", "GM0000")) == ("http://localhost:8090",)
    assert framed_by(SITE, asked("/nl/embed/GM0363/", "GM0363")) == ()
    assert framed_by(SITE, asked("/nl/embed/nowhere/", "nowhere")) == ()
    assert framed_by(SITE, asked("/nl/")) == ()
    assert framed_by(replace(SITE, fixed="GM0363"), asked("/nl/embed/GM0000/", "GM0000")) == ()


def test_a_policy_names_those_sites_or_nobody() -> None:
    named = live_policy("x", ["https://a.example", "https://b.example"])

    assert named.endswith("; frame-ancestors https://a.example https://b.example")
    assert live_policy("x").endswith("; frame-ancestors 'none'")


def test_the_script_is_small_knows_our_languages_and_may_be_run_by_any_site() -> None:
    answer = Client(Headers(Starlette(routes=embed_routes()))).get("/embed.js")

    assert len(answer.content) < 4096
    assert json.loads(re.search(r"LANGUAGES = (\[[^]]*\])", answer.text)[1]) == list(LOCALES)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "cookie" not in answer.text.replace("No cookies", "")


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("embed_origins", '["*"]', "https://www.voorbeeld.nl"),
        ("embed_origins", '["https://a.example/path"]', "https://www.voorbeeld.nl"),
        ("embed_origins", '["https://a.example; script-src *"]', "https://www.voorbeeld.nl"),
        ("theme.stylesheet", '"../tokens"', "voorbeeld"),
        ("theme.stylesheet", '"/etc/passwd"', "voorbeeld"),
        ("theme.stylesheet", '"nothing"', "voorbeeld"),
    ],
)
def test_what_would_let_others_in_is_refused_and_named(key, value, allowed, tmp_path) -> None:
    table, _, name = key.rpartition(".")
    text = (project_folder("content") / "municipalities" / "GM0000.toml").read_text("utf-8")
    changed, found = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
    assert found == 1, table
    (tmp_path / "GM0000.toml").write_text(changed, "utf-8")

    with pytest.raises(MunicipalityError, match=re.escape(allowed)) as refused:
        read_municipality(tmp_path / "GM0000.toml")
    assert key.partition(".")[0] in str(refused.value)


@pytest.mark.parametrize("name", themes())
def test_a_theme_says_whose_it_is_and_asks_nothing_of_others(name: str) -> None:
    theme = (ASSETS / "themes" / f"{name}.css").read_text("utf-8")

    assert theme.startswith("/* ")
    assert "EUPL" in theme.splitlines()[0]
    assert not re.search(r"url\(|@import|//", theme)
    assert set(re.findall(r"^([^ {}/][^{]*)\{", theme, re.MULTILINE)) == {":root "}
