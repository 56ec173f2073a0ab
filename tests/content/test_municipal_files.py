"""Municipal files of a service that stays up, and those that are begun from the skeleton."""

import asyncio
import logging
import re
import tomllib
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from estimator.files import project_folder
from estimator.interview import UNKNOWN
from estimator.municipal_files import FileError, Known, MunicipalFiles, begin, read_again, skeleton
from estimator.municipalities import KEYS, MunicipalityError, municipal_files, read_municipalities, read_municipality
from estimator.pages.show import show
from estimator.pages.site import Site
from estimator.pages.visit import Visit, restored, saved, submitted, went_to
from estimator.rules import law
from estimator.texts import Texts
from estimator.ui.serve import keep_up, read_municipalities_again

NOW = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - what a clock on the wall shows
LATER = datetime(2026, 11, 22, 9, 45)  # noqa: DTZ001
TEXT = """
code = "CODE"
name = "NAME"
[[policy]]
from = 2026-01-01
source = "an ordinance"
checked = 2026-11-22
lower_amount = 14.10
"""
TOWNS = {"GM0001": "Aa", "GM0002": "Bee"}
ON_PAGES = ("municipality", "provisions", "household", "overview", "coverage", "answers", "toolkit")
TOO_MUCH = ("policy[1].lower_amount", "22.25", "0.00 to 21.80, the national amount")


def write(folder: Path, code: str, name: str = "", amount: str = "14.10") -> Path:
    path = folder / f"{code}.toml"
    text = TEXT.replace("CODE", code).replace("NAME", name or TOWNS[code]).replace("14.10", amount)
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for code in TOWNS:
        write(tmp_path, code)
    return tmp_path


def site_of(folder: Path, fixed: str | None = None) -> Site:
    files = MunicipalFiles(read_municipalities(folder, law()), folder)
    return Site(law(), files, fixed, NOW.date(), NOW.date)


def change(site: Site, moment: datetime = NOW) -> None:
    """What the service does when a file has changed."""
    files = site.municipal_files
    assert files.folder
    files.take(read_again(files.folder, files.known, site.rules, site.fixed, moment))


def names(site: Site) -> list[str]:
    return [municipality.name for municipality in site.municipalities.values()]


# Read again


def test_a_changed_file_holds_at_once_and_a_new_one_is_offered(folder: Path) -> None:
    site = site_of(folder)
    write(folder, "GM0001", "Zee", "10")
    write(folder, "GM0003", "Cee")

    change(site)

    assert names(site) == ["Bee", "Cee", "Zee"]
    assert site.setting.offered == ("GM0002", "GM0003", "GM0001")
    assert site.policies["GM0001"].on(NOW.date()).lower_amount == 10
    assert site.municipal_files.errors == ()


def test_a_broken_file_stays_as_it_was_while_the_others_are_renewed(folder: Path) -> None:
    site = site_of(folder)
    write(folder, "GM0001", "Zee", "22.25")
    write(folder, "GM0002", "Dee")
    write(folder, "GM0003", "Cee", "22.25")

    change(site)

    assert names(site) == ["Aa", "Dee"]
    assert site.municipal_files.errors == (
        FileError("GM0001.toml", *TOO_MUCH, NOW, served=True),
        FileError("GM0003.toml", *TOO_MUCH, NOW, served=False),
    )


def test_an_error_remembers_since_when_and_is_gone_when_the_file_is_mended(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = site_of(folder)
    write(folder, "GM0001", amount="22.25")
    with caplog.at_level(logging.ERROR):
        change(site)
        change(site, LATER)

    assert [error.since for error in site.municipal_files.errors] == [NOW]
    [told] = caplog.messages
    assert told.startswith("the last good version stays: GM0001.toml: policy[1].lower_amount: found 22.25; allowed: ")
    write(folder, "GM0001")
    change(site, LATER)
    assert site.municipal_files.errors == ()


def test_a_file_that_is_gone_takes_its_municipality_along(folder: Path) -> None:
    site = site_of(folder)
    (folder / "GM0001.toml").unlink()
    change(site)

    assert names(site) == ["Bee"]
    assert site.municipal_files.errors == ()


def test_the_municipality_whose_service_it_is_stays_without_its_file(folder: Path) -> None:
    site = site_of(folder, "GM0001")
    for path in municipal_files(folder)[:1]:
        path.unlink()
    change(site)

    assert site.setting.fixed in site.municipalities
    [error] = site.municipal_files.errors
    assert (error.file, error.key, error.found, error.served) == ("GM0001.toml", "the file", "nothing", True)


def test_a_folder_that_is_gone_takes_nothing_along(folder: Path) -> None:
    site = site_of(folder)
    for path in municipal_files(folder):
        path.unlink()
    folder.rmdir()
    change(site)

    assert names(site) == list(TOWNS.values())
    assert [error.file for error in site.municipal_files.errors] == ["GM0001.toml", "GM0002.toml"]


def test_what_is_remembered_of_the_policies_stays_while_no_file_changes(folder: Path) -> None:
    site = site_of(folder)
    before = site.policies
    change(site)
    (folder / ".#GM0001.toml").symlink_to("nowhere")  # as editors do
    change(site)

    assert site.policies is before
    assert site.municipal_files.errors == ()


# Open interviews


ANSWERS = {"municipality": ("GM0001",), "provisions": ("domestic_help",), "age": ("pension",)}


def test_an_open_interview_goes_on_when_its_municipality_is_gone(folder: Path) -> None:
    site, texts = site_of(folder), Texts("nl")
    visit = Visit("household", ANSWERS)
    kept = saved(visit, site.setting)
    (folder / "GM0001.toml").unlink()
    change(site)

    for after in (
        submitted(visit, {"page": ["household"], "household": ["single"], "go": ["next"]}, site.setting, texts),
        restored(kept, site.setting),
    ):
        assert after.answers == {**ANSWERS, **after.answers, "municipality": (UNKNOWN,)}
        assert after.page in ("facts", "household")
        assert f'data-page="{after.page}"' in show(site, texts, after, "2", NOW)


def test_every_page_can_be_made_after_the_municipality_of_its_answers_is_gone(folder: Path) -> None:
    site, texts = site_of(folder), Texts("nl")
    visit = Visit("municipality", ANSWERS)
    (folder / "GM0001.toml").unlink()
    change(site)

    refused = submitted(visit, {"page": ["municipality"], "municipality": ["GM0001"]}, site.setting, texts)
    assert "Bee" in show(site, texts, refused, "2", NOW)
    assert refused.problem
    for page in ON_PAGES:
        assert not re.search(r"\bAa\b", show(site, texts, went_to(visit, page, site.setting), "2", NOW))


# The watch


async def watched(site: Site, folder: Path, deeds: list[tuple[str, str]]) -> None:
    """Write files while they are watched, each until the service has read it."""
    read = asyncio.Event()

    async def read_it() -> None:
        await read_municipalities_again(site, folder)
        read.set()

    watch = asyncio.create_task(keep_up(folder, read_it, "municipal files"))
    for name, amount in deeds:
        while name not in names(site) and not site.municipal_files.errors:
            write(folder, "GM0001", name, amount)
            read.clear()
            try:
                await asyncio.wait_for(read.wait(), 2)
            except TimeoutError:  # written before the watch had begun
                continue
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


def test_a_service_sees_by_itself_that_a_file_changed_and_that_one_broke(folder: Path) -> None:
    site = site_of(folder)

    asyncio.run(watched(site, folder, [("Ee", "10"), ("Gee", "22.25")]))

    assert names(site) == ["Bee", "Ee"]
    assert [error.key for error in site.municipal_files.errors] == [TOO_MUCH[0]]


def test_a_mistake_while_reading_does_not_end_the_watch(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    wrong = partial(read_municipalities_again, None, tmp_path)  # type: ignore[arg-type]

    async def one_mistake() -> None:
        watch = asyncio.create_task(keep_up(tmp_path, wrong, "municipal files"))
        while not caplog.records:
            (tmp_path / "file").write_text("x")
            await asyncio.wait({watch}, timeout=0.1)
        assert not watch.done()
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)

    asyncio.run(one_mistake())

    assert "municipal files not read again" in caplog.text


# The skeleton


COMMENTED = re.compile(r"^#(?=[a-z_]+ = |\[)", re.MULTILINE)


def test_the_skeleton_has_every_key_that_there_is_and_no_other() -> None:
    found: dict[str, tuple[str, ...]] = {}
    place = ""
    for line in skeleton().read_text("utf-8").splitlines():
        if table := re.match(r"#?\[+([a-z_.]+)\]+$", line):
            place = table[1]
        elif key := re.match(r"#?([a-z_]+) = ", line):
            found[place] = (*found.get(place, ()), key[1])

    tables = {name.rpartition(".")[::2] for name in KEYS if name}
    expected = {
        place: {key for key in keys if (place, key) not in tables and (place, key) != ("", "policy")}
        for place, keys in KEYS.items()
    }
    assert {place: set(keys) for place, keys in found.items()} == expected


def test_a_file_with_all_keys_of_the_skeleton_filled_in_is_right(tmp_path: Path) -> None:
    path = begin("GM0363", 'Aan "Zee"', tmp_path)
    text = COMMENTED.sub("", path.read_text("utf-8")).replace('source = ""', 'source = "verordening, art. 4"')
    path.write_text(text, "utf-8")

    found = read_municipality(path)

    assert (found.code, found.name, found.languages) == ("GM0363", 'Aan "Zee"', ("nl", "en"))
    assert found.contact.client_support
    assert len(found.policy.periods) == 1
    assert all(value is not None for value in found.policy.periods[0].policy.model_dump().values())


def test_a_new_file_says_what_has_to_be_filled_in(tmp_path: Path) -> None:
    path = begin("GM0363", "", tmp_path)

    with pytest.raises(MunicipalityError) as error:
        read_municipality(path)

    assert tomllib.loads(path.read_text("utf-8"))["code"] == "GM0363"
    missing = ["name", "policy[1].from", "policy[1].source", "policy[1].checked"]
    assert [problem.field for problem in error.value.problems] == missing


def test_a_file_that_is_there_is_not_written_over(folder: Path) -> None:
    before = (folder / "GM0001.toml").read_text("utf-8")

    with pytest.raises(FileExistsError):
        begin("GM0001", "Aa", folder)
    assert (folder / "GM0001.toml").read_text("utf-8") == before


def test_nothing_is_known_that_is_not_in_a_file(folder: Path) -> None:
    assert read_again(folder, Known({}), law(), None, NOW) == Known(read_municipalities(folder))


def test_a_long_name_that_is_no_website_is_refused_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "GM0000.toml"
    website = f"www.{'a.' * 5_000}nl x"
    folder.write_text(f'code = "GM0000"\nname = "X"\n[contact]\nwebsite = "{website}"\n', "utf-8")

    with pytest.raises(MunicipalityError, match=r"contact\.website"):
        read_municipality(folder)


def test_a_page_that_is_being_made_keeps_the_municipalities_of_its_moment() -> None:
    own = read_municipality(project_folder("content") / "municipalities" / "GM0000.toml")
    site = Site(law(), MunicipalFiles({own.code: own}), own.code, NOW.date(), NOW.date)
    of_the_page = site.as_now()
    policies = site.policies
    site.municipal_files.take(Known({}))

    assert site.municipalities == {}
    assert of_the_page.municipalities == {own.code: own}
    assert of_the_page.policies is policies
