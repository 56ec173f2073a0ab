"""What the documents promise is there, and what is there is in the documents."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "CONTRIBUTING.md")


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
    documented = "".join(read(name) for name in DOCUMENTS)

    assert {target for target in make_targets() if f"make {target}" not in documented} == set()


def test_the_readme_lists_exactly_the_settings_that_exist() -> None:
    from main import Settings

    settings = section(read("README.md"), "Settings")

    assert re.findall(r"`--([a-z-]+)`", settings) == [name.replace("_", "-") for name in Settings.model_fields]
    assert re.findall(r"`BIJDRAGEWIJZER_([A-Z_]+)`", settings) == [name.upper() for name in Settings.model_fields]


def test_the_readme_lists_exactly_the_commands_that_exist() -> None:
    documented = re.findall(r"^python -m estimator ([a-z]+)", section(read("README.md"), "Command line"), re.MULTILINE)
    asked = subprocess.run(
        [sys.executable, "-m", "estimator", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    _, _, listed = asked.stdout.partition("Commands:\n")

    assert sorted(set(documented)) == sorted(re.findall(r"^  ([a-z]+)", listed, re.MULTILINE))


@pytest.mark.parametrize("name", [*DOCUMENTS, "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(name: str) -> None:
    links = re.findall(r"\[[^\]]+\]\(([^)#:]+)\)", read(name))

    assert [link for link in links if not (ROOT / link).exists()] == []


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
