"""What the documents promise is there, and what is there is in the documents."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from estimator.cli import main
from estimator.files import LOCALES
from main import Secrets, Settings

ROOT = Path(__file__).parents[1]
MADE_UP = re.compile("NAME|GM0363/|mijngemeente")  # what a reader puts something else for
COMMAND_FLAGS = {"to", "template", "accept", "trace"}  # of the command line
DOCUMENTS = (
    "README.md", "CONTRIBUTING.md", "SECURITY.md", "GOVERNANCE.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)  # fmt: skip


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(document: str, heading: str) -> str:
    """The text below `## heading`, up to the next heading of that level."""
    _, _, rest = document.partition(f"\n## {heading}\n")
    assert rest, f"no section '{heading}'"
    return rest.partition("\n## ")[0]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


def test_the_two_commands_of_the_readme_are_make_targets() -> None:
    commands = re.findall(r"^make (\S+)", section(read("README.md"), "Two commands"), re.MULTILINE)

    assert commands == ["run", "test"]
    assert set(commands) <= make_targets()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_that_a_document_names_exists(name: str) -> None:
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", read(name), re.MULTILINE)) <= make_targets()


def test_every_make_target_is_documented() -> None:
    documented = "".join(read(name) for name in DOCUMENTS if not name.startswith("docs/"))

    assert {target for target in make_targets() if f"make {target}" not in documented} == set()


def test_the_readme_lists_exactly_the_settings_that_exist() -> None:
    settings = section(read("README.md"), "Settings")

    assert re.findall(r"`--([a-z-]+)`", settings) == [name.replace("_", "-") for name in Settings.model_fields]
    assert re.findall(r"`BIJDRAGEWIJZER_([A-Z_]+)`", settings) == [
        name.upper() for name in (*Settings.model_fields, *Secrets.model_fields)
    ]


def test_the_readme_lists_exactly_the_commands_that_exist() -> None:
    documented = re.findall(r"^python -m estimator ([a-z-]+)", section(read("README.md"), "Command line"), re.MULTILINE)
    asked = subprocess.run(
        [sys.executable, "-m", "estimator", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    _, _, listed = asked.stdout.partition("Commands:\n")

    assert sorted(set(documented)) == sorted(re.findall(r"^  ([a-z-]+)", listed, re.MULTILINE))


@pytest.mark.parametrize("name", [*DOCUMENTS, "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(name: str) -> None:
    links = re.findall(r"\[[^\]]+\]\(([^)#:]+)(?:#[^)]*)?\)", read(name))

    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("name", [*DOCUMENTS, "benchmarks/README.md"])
def test_files_and_commands_that_a_document_names_are_there(name: str) -> None:
    text = read(name)
    named = re.findall(r"`((?:estimator|assets|content|deploy|docs|scripts|tests|benchmarks)/[\w./@-]*[\w/])`", text)
    commands = re.findall(r"(?:python|bin/python) (?:-m (estimator(?: [a-z-]+)?)|(scripts/[\w.]+))", text)

    assert [file for file in named if not (ROOT / file).exists() and not MADE_UP.search(file)] == []
    for command, script in commands:
        if script:
            assert (ROOT / script).is_file()
        elif " " in command:
            assert command.split()[1] in main.commands, command


@pytest.mark.parametrize("name", DOCUMENTS)
def test_settings_that_a_document_names_exist(name: str) -> None:
    text = read(name)
    flags = set(re.findall(r"`--([a-z-]+)(?:`| [0-9])", text)) - COMMAND_FLAGS
    variables = set(re.findall(r"BIJDRAGEWIJZER_([A-Z_]+)", text))

    assert {flag.replace("-", "_") for flag in flags} <= set(Settings.model_fields)
    assert {each.lower() for each in variables} <= {*Settings.model_fields, *Secrets.model_fields}


def test_publiccode_says_what_the_project_says() -> None:
    told = yaml.safe_load(read("publiccode.yml"))
    project = tomllib.loads(read("pyproject.toml"))["project"]

    assert told["softwareVersion"] == project["version"]
    assert told["legal"]["license"] == project["license"]
    assert told["localisation"]["availableLanguages"] == list(LOCALES)
    for described in told["description"].values():
        assert len(described["shortDescription"]) <= 150
        assert 150 <= len(described["longDescription"]) <= 10_000


def test_the_bill_of_materials_has_every_package_that_is_locked(tmp_path: Path) -> None:
    subprocess.run([ROOT / "scripts" / "sbom", tmp_path / "sbom.json"], check=True, capture_output=True)
    told = json.loads((tmp_path / "sbom.json").read_text("utf-8"))

    locked = set(re.findall(r"^([\w.-]+)==", read("requirements.lock"), re.MULTILINE))
    assert {component["name"] for component in told["components"]} == locked
    assert all("version" in component for component in told["components"])


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name)
def test_a_lock_file_has_hashes_and_no_address(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if "==" in line]

    assert pinned
    assert all(line.endswith("\\") for line in pinned), "a requirement without a hash"
    assert not [line for line in lines if "://" in line or line.startswith("-")]


def test_the_version_of_the_package_is_the_version_of_the_rules() -> None:
    from estimator import __version__
    from estimator.rules import VERSION

    assert f'version = "{__version__}"' in read("pyproject.toml")
    assert __version__ == VERSION
