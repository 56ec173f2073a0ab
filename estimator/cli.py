"""The command line: one case or many, what the law files hold, a whole file of households, letters to them.

It only reads, calls and prints. What is heavy is imported inside the command that needs it: ``--help`` is quick.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from estimator.files import LOCALES

if TYPE_CHECKING:
    from estimator.cases import Case, Policies
    from estimator.policies.comparison import PolicyComparison, Result
    from estimator.printing.mailing import Output
    from estimator.rules import Estimate
    from estimator.rules.estimate import Which
    from estimator.rules.law import Law, Series
    from estimator.rules.policy import PolicyByDate
    from estimator.rules.trace import Step
    from estimator.texts import Texts

FAILED, BAD_INPUT, STOPPED = 1, 2, 130
MOST_ROWS_TOLD = 20  # the others are in the file that was written


class Refused(click.ClickException):
    """Input that can't be used: told on standard error, a line for each thing that is wrong."""

    exit_code = BAD_INPUT

    def __init__(self, message: object) -> None:
        super().__init__(str(message))

    def show(self, file: Any = None) -> None:
        """Without the usage that click would print above it."""
        tell(self.message)


class Failed(Refused):
    """A check of files that didn't pass."""

    exit_code = FAILED


def tell(message: object) -> None:
    """Say on standard error what is wrong."""
    for line in str(message).splitlines():
        click.echo(f"bijdragewijzer: {line}", err=True)


def _day(_: click.Context, param: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise Refused(f"{param.opts[0]}: found {value}; allowed: a date such as 2026-01-31") from None


PATH = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def main() -> None:
    """Bijdragewijzer Wmo: what help at home costs now, what it would cost under the plan, and why."""


@main.command()
@click.argument("case", type=PATH)
@click.option("--trace", is_flag=True, help="Also show how it came about, with the articles.")
@click.option("--language", type=click.Choice(LOCALES), default=LOCALES[0], show_default=True, help="Of the words.")
def estimate(case: Path, trace: bool, language: str) -> None:
    """Estimate every case of a file, in words."""
    from estimator.cases import CaseError, parse_case, read_tables, solve
    from estimator.texts import Texts

    try:
        tables = read_tables(case)
    except CaseError as error:
        raise Refused(error) from None
    texts, policies, refused = Texts(language), _policies(), False
    for number, table in enumerate(tables, start=1):
        try:
            read = parse_case(table, case, number)
            found = solve(read, policies)
        except CaseError as error:
            refused = True
            tell(error)
        except (ValueError, LookupError) as error:
            refused = True
            tell(f"{case}: case {number} ({table.get('name')}): {error}")
        else:
            click.echo("\n".join(_told(read, found, texts, trace)) + "\n")
    if refused:
        raise click.exceptions.Exit(BAD_INPUT)


def _told(case: Case, found: Estimate, texts: Texts, trace: bool) -> Iterator[str]:
    """An estimate in lines: the outcome, the steps where asked for, what could make it different, with what made."""
    yield case.name
    if found.outcome == "amount":
        yield "  " + texts("sum.per", sum=texts.sum_in_sentence(found), per=texts.period(found.period))
    else:
        yield f"  {texts.sum_of(found)}"
    if found.ground:
        yield f"  {texts.ground(found)}"
    for step in found.steps if trace else ():
        yield from _step_lines(step, texts)
    for caveat in found.caveats:
        remark = texts.caveat(caveat)
        yield f"  - {remark.title}: {remark.text}" if remark.text else f"  - {remark.title}"
    made_with = found.receipt._asdict() | {"regime": found.regime, "status": found.status, "as_at": found.as_at}
    yield "  " + "  ".join(f"{key}={value}" for key, value in made_with.items())


def _step_lines(step: Step, texts: Texts) -> Iterator[str]:
    """A step under the steps that it follows from, in the order of a pocket calculator."""
    for each, line in texts.lines(step):
        indent = "  " if each is step else "    "
        parts = (line.label, line.amount, line.detail, f"[{texts.source(each.source)}]" if each.source else "")
        yield indent + "  ".join(part for part in parts if part)


@main.command()
@click.argument("files", type=PATH, nargs=-1, required=True)
def check(files: tuple[Path, ...]) -> None:
    """Run worked examples, exact to the cent.

    A line for each case; exit 1 when one fails.
    """
    from estimator.cases import CaseError, check_file

    policies, passed, failed = _policies(), 0, 0
    for path in files:
        try:
            for case in check_file(path, policies):
                if case.differences:
                    failed += 1
                    click.echo(f"failed  {case.name}: {'; '.join('; '.join(case.differences).splitlines())}")
                else:
                    passed += 1
                    click.echo(f"passed  {case.name}")
        except CaseError as error:
            failed += 1
            click.echo(f"failed  {error}")
    click.echo(f"{passed} passed, {failed} failed")
    if failed:
        raise click.exceptions.Exit(FAILED)


@main.command()
@click.argument("files", type=PATH, nargs=-1)
def law(files: tuple[Path, ...]) -> None:
    """Show all dated amounts and the plan.

    With FILES it checks those: a folder as a whole, a file in the place of our own one of that name.
    """
    from estimator.rules.law import LawError
    from estimator.rules.law import law as own_law

    try:
        if not files:
            click.echo("\n".join(_known(own_law())))
        for path in files:
            click.echo(f"right  {path}: {_count_series(path)} series")
    except LawError as error:
        raise Failed(error) from None


def _known(rules: Law) -> Iterator[str]:
    plan = rules.plan
    yield f"bill {plan.number}, {plan.title}: {plan.status}"
    yield f"  planned_from {plan.planned_from}  seen_until {plan.seen_until}  checked {plan.checked}"
    yield f"  source {'; '.join(plan.sources)}"
    for series in rules.series.values():
        yield from ("", *_table(series))
    yield ""
    source = rules.pension_source
    yield f"pension_age  {source['unit']}  {source['legal_basis']}"
    yield from _columns(
        (f"born {'' if row.born_from == date.min else f'{row.born_from} '}to {row.born_until}", str(row.months))
        for row in rules.pension_ages
    )
    yield f"  grade {source['grade']}  checked {source['checked']}  {source['source']}"


def _table(series: Series) -> Iterator[str]:
    """A series with a row for each span, amounts in cents shown in euro."""
    from estimator.rules.law import FOREVER
    from estimator.rules.money import euros

    money = series.unit.startswith("cent")
    yield f"{series.name}  {series.unit.replace('cent', 'euro')}  {series.legal_basis}  ({series.file})"
    rows: list[tuple[str, ...]] = []
    for first, last, value in zip(series.starts, series.ends, series.values, strict=True):
        span = f"from {first}" if last == FOREVER else f"{first} to {last}"
        if value is None:
            rows.append((span, "?", "not found"))
            continue
        amount = euros(value.amount) if money else str(value.amount)
        told = (value.status, f"grade {value.grade}", f"seen until {value.seen_until}", f"checked {value.checked}")
        rows.append((span, amount, *told, value.source, value.note))
    yield from _columns(rows)


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Rows with their cells below each other, the amounts in the second column to the right."""
    rows = tuple(rows)
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    for first, amount, *rest in rows:
        cells = [first.ljust(widths[0]), amount.rjust(widths[1])]
        cells += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=False)]
        yield ("  " + "  ".join(cells)).rstrip()


def _count_series(path: Path) -> int:
    """Check a folder of law files, or one file in the place of our own of that name: how many series it holds."""
    from shutil import copy
    from tempfile import TemporaryDirectory

    from estimator.rules.law import AMOUNTS, LawError, read_law

    if path.is_dir():
        return len(read_law(path).series)
    if path.suffix != ".toml":
        raise LawError(str(path), "the file", path.suffix or "no ending", "a folder, or a file that ends in .toml")
    with TemporaryDirectory() as folder:
        for file in (*sorted(AMOUNTS.glob("*.toml")), path):
            try:
                copy(file, folder)
            except OSError as error:
                raise Refused(f"{path}: found {error.strerror}; allowed: a file that can be read") from None
        return sum(series.file == path.name for series in read_law(Path(folder)).series.values())


@main.command()
@click.option("--accept", "accepted", type=PATH, multiple=True, metavar="FILE", help="A translation fits its source.")
@click.option("--folder", type=PATH, help="Look through this folder instead of our own content.")
def content(accepted: tuple[Path, ...], folder: Path | None) -> None:
    """Look through articles and toolkit.

    What is missing or wrong blocks, what is stale or read by no person is listed.
    Exit 1 when something blocks. --accept writes into a translation that it fits its source as that is now.
    """
    from estimator.files import project_folder
    from estimator.library.documents import SOURCE, LibraryError, read_library
    from estimator.library.placeholders import Facts
    from estimator.library.upkeep import accept, look_through
    from estimator.rules.law import law as own_law
    from estimator.texts import Texts

    rules, place = own_law(), folder or project_folder("content")
    on = rules.plan.checked
    library = read_library(place, rules, on)
    try:
        for path in accepted:
            click.echo(f"accepted  {path}: {accept(path, library)}")
        found = look_through(
            place, read_library(place, rules, on) if accepted else library, Facts(Texts(SOURCE), rules, on)
        )
    except LibraryError as error:
        raise Refused(error) from None
    except OSError as error:
        raise Refused(f"{error.filename}: found {error.strerror}; allowed: a file that can be read") from None
    for kind, names in found.listed.items():
        click.echo(f"{len(names):>5}  {kind}")
        for name in names:
            click.echo(f"       {name}")
    if found.blocking:
        raise Failed("\n".join(found.blocking))


@main.group()
def municipality() -> None:
    """Begin a municipality's file, or check those that are there."""


@municipality.command()
@click.argument("code")
@click.option("--name", default="", help="Of the municipality, as people see it.")
@click.option("--folder", type=PATH, help="Write it here instead of among our own.")
def new(code: str, name: str, folder: Path | None) -> None:
    """Write a file for the municipality with this CODE, such as GM0363, to be filled in.

    It has every key that there is. A file that is there already stays as it is.
    """
    from estimator.municipal_files import begin

    folder = folder or _municipal_folder()
    try:
        path = begin(code, name, folder)
    except ValueError as error:
        raise Refused(error) from None
    except FileExistsError as error:
        raise Refused(f"{error.filename}: found a file; allowed: a code that has none yet") from None
    except OSError as error:
        raise Refused(f"{error.filename}: found {error.strerror}; allowed: a folder that can be written to") from None
    click.echo(f"made  {path}")
    click.echo(f"fill it in, then: python -m estimator municipality check {path}")


@municipality.command("check")
@click.argument("files", type=PATH, nargs=-1)
def check_municipalities(files: tuple[Path, ...]) -> None:
    """Check municipal FILES, or all of a folder; our own without any.

    A line for each file that is right, and for each thing that is wrong; exit 1 when something is.
    """
    from estimator.municipalities import MunicipalityError, municipal_files, read_municipality

    folders = files or (_municipal_folder(),)
    paths = [path for each in folders for path in (municipal_files(each) if each.is_dir() else (each,))]
    wrong = 0
    for path in paths:
        try:
            found = read_municipality(path)
        except MunicipalityError as error:
            wrong += 1
            for problem in error.problems:
                click.echo(f"wrong  {path}: {problem}")
        else:
            click.echo(f"right  {path}: {found.name}, policies: {len(found.policy.periods)}")
    if not paths:
        raise Refused(f"{folders[0]}: found no file; allowed: a folder with files such as GM0363.toml")
    click.echo(f"{len(paths) - wrong} right, {wrong} wrong")
    if wrong:
        raise click.exceptions.Exit(FAILED)


def _municipal_folder() -> Path:
    from estimator.files import project_folder

    return project_folder("content") / "municipalities"


@main.command()
@click.argument("source", type=PATH)
@click.argument("target", type=PATH)
@click.option("--on", callback=_day, required=True, metavar="DATE", help="Compute for this date, such as 2026-11-22.")
@click.option("--municipality", metavar="CODE", help="Code of the municipality whose policy holds, such as GM0000.")
@click.option("--policy", "policy_file", type=PATH, help="File with the keys of a policy, as in [case.policy].")
@click.option("--regime", type=click.Choice(["current", "upcoming"]), default="current", show_default=True)
def population(
    source: Path, target: Path, on: date, municipality: str | None, policy_file: Path | None, regime: Which
) -> None:
    """Estimate a whole file of households.

    From SOURCE to TARGET, each CSV or Parquet by its name. A row that isn't a household says why in the column
    "problem"; exit 1 when there is one.
    """
    if municipality and policy_file:
        raise Refused("--policy: found --municipality and --policy together; allowed: one of them")
    try:
        policy = _policies()(municipality) if municipality else _policy(policy_file)
    except LookupError as error:
        raise Refused(f"--{error}") from None
    from estimator.rules import PolicyError
    from estimator.rules.population import estimate_file

    try:
        counts = estimate_file(source, target, on, policy, regime)
    except OSError as error:
        raise Refused(f"{error.filename or source}: found {error.strerror}; allowed: a file that can be read") from None
    except PolicyError as error:
        raise Refused(f"policy.{error}") from None
    except (ValueError, LookupError) as error:
        raise Refused(error) from None
    for name, count in counts.items():
        click.echo(f"{count:>9}  {name}")
    if wrong := counts["error"]:
        rows = f"{wrong} of {counts['rows']} rows that can't be a household"
        raise Failed(f"{source}: found {rows}; column problem in {target} says what is allowed")


@main.command()
@click.argument("source", type=PATH, metavar="FILE")
@click.option("--on", callback=_day, required=True, metavar="DATE", help="On this date, such as 2027-01-01.")
@click.option("--to", "target", type=PATH, metavar="TARGET", help="Write here; without it, as CSV to standard output.")
def cost_prices(source: Path, on: date, target: Path | None) -> None:
    """Tell what remains of cost prices.

    For every aid of FILE, CSV, XLSX or Parquet with the columns reference, kind, cost_price, start and
    paid_before_2020: what remains on a date if the full national amount is paid every month, the months left, the
    virtual end date, and which aid of a reference ends last. Exit 1 when a row is wrong.
    """
    from estimator.cost_prices import remaining_of_file

    try:
        found = remaining_of_file(source, on, target)
        if target is not None:
            found.write(target)
    except OSError as error:
        raise Refused(f"{error.filename or source}: found {error.strerror}; allowed: a file that can be used") from None
    except ValueError as error:
        raise Refused(f"--{error}" if str(error).startswith("on:") else error) from None
    if target is None:
        click.echo(found.csv, nl=False)
    for status, count in found.counts.items():
        click.echo(f"{count:>9}  {status}", err=target is None)
    if wrong := found.wrong:
        for row, remark in wrong[:MOST_ROWS_TOLD]:
            tell(f"{source}: row {row}: {remark}")
        where = f"column remark in {target}" if target else "column remark"
        raise Failed(f"{source}: found {len(wrong)} wrong rows; {where} says what is allowed")


@main.command()
@click.argument("source", type=PATH, metavar="FILE")
@click.option("--to", "folder", type=PATH, required=True, metavar="FOLDER", help="Write here; it goes on where it was.")
@click.option("--language-column", default="language", show_default=True, metavar="NAME", help="Of the languages.")
@click.option(
    "--template",
    default="letter",
    show_default=True,
    help="letter or letter-large-print of the toolkit, a folder of texts such as nl.md, or one of these.",
)
@click.option(
    "--on",
    callback=_day,
    metavar="DATE",
    help="Of the letters, such as 2026-11-22; without it that of the letters in FOLDER, or today.",
)
@click.option("--municipality", metavar="CODE", required=True, help="Whose letters they are, such as GM0000.")
@click.option(
    "--output",
    type=click.Choice(["each", "combined", "both"]),
    default="each",
    show_default=True,
    help="A PDF for each, PDFs of at most 50 letters with an index to print, or both.",
)
@click.option("--workers", type=click.IntRange(1), help="How many processes; as many as there are cores without.")
def letters(
    source: Path,
    folder: Path,
    language_column: str,
    template: str,
    on: date | None,
    municipality: str,
    output: Output,
    workers: int | None,
) -> None:
    """Write every household of a file a letter.

    With its own estimate. FILE is CSV in UTF-8 or XLSX: the columns of a household, a reference, a language, and what
    is only printed. What is wrong with a row goes to errors.csv, the row to wrong-rows.csv; exit 1 when there is one.
    """
    from concurrent.futures import BrokenExecutor

    from estimator.library.documents import LibraryError
    from estimator.printing.addressees import Addressees, AddresseesError
    from estimator.printing.mailing import ERRORS, WRONG_ROWS, MailingError, Order, languages_of, mail, usable_cores

    try:
        _policies()(municipality)
    except LookupError as error:
        raise Refused(f"--{error}") from None
    try:
        order = Order(folder, _day_of_letters(on, folder), template, municipality, output)
        addressees = Addressees(source, order.on, language_column, languages_of(order))
        rate = _rate(addressees.count)
        with click.progressbar(length=addressees.count, file=sys.stderr, item_show_func=rate) as bar:
            done = mail(addressees, order, workers or usable_cores(), lambda more: bar.update(more, bar.pos + more))
    except KeyboardInterrupt:
        tell(f"stopped; the same command goes on where it was: {folder}")
        raise click.exceptions.Exit(STOPPED) from None
    except (AddresseesError, LibraryError, MailingError) as error:
        raise Refused(error) from None
    except BrokenExecutor as error:
        raise Refused(f"{folder}: found {error}; allowed: the same command again, with fewer --workers") from None
    except OSError as error:
        raise Refused(f"{error.filename or folder}: found {error.strerror}; allowed: what can be written") from None
    counts = {"made": done.made, "already there": done.there, "wrong": done.wrong}
    if output != "each":
        counts["volumes"] = done.volumes
    for what, count in counts.items():
        click.echo(f"{count:>9}  {what}")
    if done.wrong:
        rows = f"{done.wrong} rows that can't be a letter; {folder / ERRORS} says why"
        raise Failed(f"{source}: found {rows}; correct {folder / WRONG_ROWS} and take that, with another folder")


@main.command()
def openapi() -> None:
    """Print the description of the API, as OpenAPI has it."""
    from estimator.municipal_files import MunicipalFiles
    from estimator.pages.site import Site
    from estimator.rules import law as read
    from estimator.web.api.app import make_api

    site = Site(read(), MunicipalFiles({}), None, None, date.today)
    click.echo(json.dumps(make_api(site, lambda: datetime.now().astimezone()).openapi(), ensure_ascii=False, indent=2))


@main.command()
def passphrase() -> None:
    """Ask for a passphrase for staff, and print its hash."""
    from estimator.web.passphrase import SHORTEST, hashed

    typed = click.prompt(
        f"Passphrase (at least {SHORTEST} characters)", hide_input=True, confirmation_prompt=True, err=True
    )
    try:
        click.echo(hashed(typed))
    except ValueError as error:
        raise Refused(error) from None


@main.command()
@click.argument("source", type=PATH, metavar="FILE")
@click.option(
    "--policy",
    "names",
    multiple=True,
    required=True,
    metavar="POLICY",
    help="A file such as mine.toml, a municipality such as GM0363, or a ready one such as national or 2006-iv; "
    "two or more, the first is what the others are held against.",
)
@click.option("--on", callback=_day, metavar="DATE", help="Compute for this date, such as 2026-11-22; today without.")
@click.option("--to", "target", type=PATH, metavar="TARGET", help="Write the workbook here, such as result.xlsx.")
def policy(source: Path, names: tuple[str, ...], on: date | None, target: Path | None) -> None:
    """Compare policies over a file of households.

    FILE is CSV, XLSX or Parquet, 1 to 1,000,000 rows: what each policy asks of them under the current and the upcoming
    regime, who pays more or less, and income from contributions. Exit 1 when a row is wrong.
    """
    from estimator.policies.client_file import read_clients
    from estimator.policies.comparison import compare_policies
    from estimator.policies.named import find_policy
    from estimator.policies.workbook import workbook
    from estimator.texts import Texts

    if target and target.suffix.lower() != ".xlsx":
        raise Refused(f"{target}: found {target.suffix or 'no ending'}; allowed: .xlsx")
    day = on or datetime.now().astimezone().date()
    try:
        chosen = [find_policy(name) for name in names]
        clients = read_clients(source.read_bytes(), str(source), day)
        with click.progressbar(length=1, file=sys.stderr) as bar:
            found = compare_policies(clients, chosen, day, lambda done, of: _advance(bar, done, of))
        if target:
            target.write_bytes(workbook(found, Texts(LOCALES[0])))
    except OSError as error:
        raise Refused(f"{error.filename or source}: found {error.strerror}; allowed: a file that can be used") from None
    except ValueError as error:
        raise Refused(f"--{error}" if str(error).startswith("on:") else error) from None
    click.echo("\n".join(_compared(found)))
    if found.wrong_rows:
        for row, problem in found.wrong[:MOST_ROWS_TOLD]:
            tell(f"{source}: row {row}: {problem}")
        raise Failed(f"{source}: found {found.wrong_rows} wrong rows; the others were compared")


def _advance(bar: Any, done: int, of: int) -> None:
    bar.length = of
    bar.update(done - bar.pos)


def _compared(found: PolicyComparison) -> Iterator[str]:
    """A comparison in lines: a table for each regime, a row for each policy."""
    yield f"{found.households} households  {found.wrong_rows} wrong rows  on {found.on}"
    for which in found.regimes:
        results = [found.of(place, which) for place in range(len(found.policies))]
        first = results[0]
        yield f"\n{which}: {first.regime}  status={first.status}  as_at={first.as_at}"
        rows: list[tuple[str, ...]] = [
            ("policy", "pay", "nothing", "other rule", "not known", "euro a year", "pay more", "pay less", "remark")
        ]
        rows += [_result_row(found.policies[result.policy].key, result) for result in results]
        yield from _columns(rows)
    if any(result.ranges for result in found.results):
        yield "\nTwo figures: everybody with the lowest contribution that is possible, and with the highest."
    yield "\n" + "  ".join(f"{key}={value}" for key, value in (("version", found.version), ("law", found.law)))


def _result_row(key: str, result: Result) -> tuple[str, ...]:
    from estimator.rules.money import euros

    everybody, counted = result.everybody, (result.outcome(kind) for kind in ("nothing", "other_rule", "not_known"))
    changes = everybody.changes
    more, less = ("", "") if changes is None else (
        _both(*(str(getattr(end, what)) for end in (changes.low, changes.high))) for what in ("more", "less")
    )  # fmt: skip
    remark = "" if result.covered else "says nothing of this date: the national rule"
    charged, year = _both(*map(str, everybody.charged)), _both(*map(euros, everybody.year))
    if not result.known:
        charged = year = more = less = "not known"
    return key, charged, *map(str, counted), year, more, less, remark


def _both(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


@main.command()
@click.argument("target", type=PATH)
@click.option(
    "--rows", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True, help="So many households."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same households for the same seed.")
def demo(target: Path, rows: int, seed: int) -> None:
    """Write a file of invented households.

    TARGET is CSV, XLSX or Parquet by its name, in the columns of a file for policy: to try that with. Nobody in it
    exists, and it stands for no municipality; what is drawn stands in estimator/policies/demo.py.
    """
    from estimator.policies.demo import demo_population
    from estimator.sheets import kind_of_file, write_sheet

    try:
        kind_of_file(target)
        write_sheet(target, demo_population(rows, seed))
    except OSError as error:
        raise Refused(f"{error.filename or target}: found {error.strerror}; allowed: what can be written") from None
    except ValueError as error:
        raise Refused(error) from None
    click.echo(f"{rows:>9}  invented households, seed {seed}")


def _day_of_letters(on: date | None, folder: Path) -> date:
    """Of which day letters are: the one that was asked for, that of a run to go on with, or today."""
    from estimator.printing.mailing import day_of, days_of_letters
    from estimator.rules.law import law as own_law

    if on is None and (on := day_of(folder)):
        tell(f"{folder}: goes on with letters of {on}, since there is no --on")
    on = on or datetime.now().astimezone().date()
    first, last = days_of_letters(own_law())
    if not first <= on <= last:
        raise Refused(f"--on: found {on}; allowed: {first} to {last}")
    return on


def _rate(households: int) -> Callable[[int | None], str | None]:
    """How many letters a second it makes, in words beside the bar."""
    from time import monotonic

    began = monotonic()

    def told(done: int | None) -> str | None:
        return (
            None if done is None else f"{done} of {households}, {done / max(monotonic() - began, 0.001):.0f} a second"
        )

    return told


def _policy(path: Path | None) -> PolicyByDate:
    """The policy of a file: the keys of ``[case.policy]``, without a table around them; national without a file."""
    import tomllib
    from decimal import Decimal

    from pydantic import ValidationError

    from estimator.rules.household import problems
    from estimator.rules.policy import NATIONAL, Policy

    if path is None:
        return NATIONAL
    try:
        return Policy.model_validate(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal))
    except OSError as error:
        raise Refused(f"{path}: found {error.strerror}; allowed: a file that can be read") from None
    except ValidationError as error:
        raise Refused("\n".join(f"{path}: {problem}" for problem in problems(error))) from None
    except ValueError as error:
        raise Refused(f"{path}: found {error}; allowed: TOML in UTF-8, each key once") from None


def _policies() -> Policies:
    """The policy of a municipality by its code; the files are read when the first code is asked for."""
    from functools import cache

    from estimator.files import project_folder
    from estimator.municipalities import MunicipalityError, read_municipalities

    @cache
    def known() -> dict[str, PolicyByDate]:
        try:
            found = read_municipalities(project_folder("content") / "municipalities")
        except MunicipalityError as error:
            raise Refused(error) from None
        return {code: municipality.policy for code, municipality in found.items()}

    def policy_of(code: str) -> PolicyByDate:
        if code not in known():
            raise LookupError(f"municipality: found {code}; allowed: {', '.join(sorted(known()))}")
        return known()[code]

    return policy_of
