"""The command line: `./run VERB`, or `family-context VERB` where it is installed.

Verbs only put together what other modules do. Those are imported when a verb needs them, because
--help and status must answer at once.
"""

import datetime as dt
import os
import shutil
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from orchestration import settings

app = typer.Typer(
    name="family-context",
    help="Who is in this child's family, which services are engaged with them, whom to ring.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
steward = typer.Typer(
    help="What people decide about who is who, and who is family.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(steward, name="steward")
of_family = typer.Typer(
    help="What workers know better than the sources: who is family, and what they are.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
steward.add_typer(of_family, name="family")
# wide enough for a table when it is read by a file or a pipe
# what feeds say may hold brackets, which are no markup
console = Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False)
progress_console = Console(stderr=True)

AsOf = Annotated[
    dt.datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="Day to work ages and statuses out for. Default: today."
    ),
]


@app.command()
def start() -> None:
    """Start the embedded PostgreSQL and bring the database up to date.

    Example: ./run start

    Exit code 0: it runs; 1: it does not, and why.
    """
    from orchestration import database

    _ready()
    console.print(f"PostgreSQL runs: {database.address()}")


@app.command()
def stop() -> None:
    """Stop the embedded PostgreSQL. A server of yours (PGHOST) is never stopped.

    Example: ./run stop

    Exit code 0: it no longer runs, or never did.
    """
    from orchestration import database

    console.print("PostgreSQL has stopped." if database.stop() else "PostgreSQL did not run.")


@app.command()
def clean() -> None:
    """Stop the embedded PostgreSQL and remove every run-time file: its data, the landing folder.

    Example: ./run clean

    Exit code 0: nothing is left.
    """
    from orchestration import database

    database.stop()
    for name in settings.RUN_TIME_FILES:
        path = settings.var() / name
        path.unlink(missing_ok=True) if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    console.print(f"Removed the run-time files in {settings.var()}.")


@app.command()
def status() -> None:
    """Say how each feed is, how the last run ended, which generation readers see.

    Example: ./run status

    Exit code 0: all well; 1: something is to be done here: a delivery was refused, the last run
    failed, or nothing is published; 3: nothing is, but a feed is late, out of date or was never
    received, which its sender can mend.
    """
    from orchestration import database, ledger

    database.ensure_running()
    rows = ledger.feeds()
    table = Table(
        "Feed", "State", "Data current as of", "In force since", "Set aside", "Newest delivery"
    )
    for row in rows:
        table.add_row(
            row.feed,
            row.state,
            _moment(row.data_current_as_of)
            + (f" ({row.age_in_days} days)" if row.age_in_days is not None else ""),
            _moment(row.in_force_since),
            _count(row.set_aside_count),
            f"{row.refused_delivery_id} refused: {row.refusal}" if row.refusal else "",
        )
    console.print(table)
    run, shown = ledger.last_run(), ledger.shown()
    console.print(_run_in_words(run))
    console.print(_generation_in_words(shown))
    for row in ledger.skipped():
        console.print(_skipped_in_words(row))
    states = {row.state for row in rows}
    if "refused" in states or shown is None or (run and run.status in ("failed", "killed")):
        raise typer.Exit(1)
    if states != {"fresh"}:
        raise typer.Exit(3)


@app.command()
def generate(
    size: Annotated[Literal["S", "M"], typer.Option(help="S: 7,500 records; M: 850,000.")] = "S",
    seed: Annotated[int, typer.Option(help="Another seed is another council.")] = 1,
    night: Annotated[
        int | None,
        typer.Option(min=1, help="1 is the first; later ones change 1 %. Default: the next."),
    ] = None,
    as_of_date: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day the extracts are taken for. Default: today."),
    ] = None,
) -> None:
    """Write a night of extracts of the invented council into the landing folder.

    Example: ./run generate --night 2

    Exit code 0: they are there; 1: not, and why.
    """
    from orchestration import demo

    day = as_of_date and as_of_date.date()
    with _progress("Generating") as on_progress:
        number, made = demo.generate(size, seed, night, day, partial(on_progress, "wards"))
    console.print(
        f"Night {number}: {made.rows:,} rows of {made.records:,} records, {made.people:,} people,"
        f" in {settings.landing()}"
    )


@app.command()
def refresh(as_of_date: AsOf = None) -> None:
    """Land what has arrived, build, publish.

    Example: ./run refresh

    Exit code 0: done, or another refresh is at work; 1: a step failed, and readers still see what
    they saw. A refused delivery is no failure of the run: ./run status tells of it.
    """
    _ready()
    _refresh(as_of_date and as_of_date.date())


@app.command()
def family(
    child: Annotated[
        str | None, typer.Option(help="child_ref. Default: the child of the demo.")
    ] = None,
    need: Annotated[Literal["s17", "s47"], typer.Option(help="Why it is asked.")] = "s17",
) -> None:
    """Print one child's family, read as a BI reader reads it.

    Example: ./run family --child 17 --need s47

    Exit code 0: printed; 1: no such child is published.
    """
    from orchestration import database
    from orchestration.family import page, read

    database.ensure_running()
    console.print(page(read(child, need)))


@app.command()
def search(
    name: Annotated[str | None, typer.Option(help="Names, in any order.")] = None,
    born: Annotated[
        str | None, typer.Option(help="2014-03-02, 02/03/2014, 2014-03, 02/03 or 2014.")
    ] = None,
    number: Annotated[str | None, typer.Option(help="NHS number or pupil number.")] = None,
    postcode: Annotated[str | None, typer.Option(help="Postcode of a home.")] = None,
    house: Annotated[str | None, typer.Option(help="House and flat, with a postcode.")] = None,
    contact: Annotated[str | None, typer.Option(help="Telephone or e-mail.")] = None,
    need: Annotated[Literal["s17", "s47"], typer.Option(help="Why it is asked.")] = "s17",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to print.")] = 20,
) -> None:
    """Find people by what is known of them, the best first, and say what was searched.

    Example: ./run search --name "pemberton, maureen" --born 1965

    Exit code 0: somebody was found; 1: nobody was, and where was searched.
    """
    from orchestration import database
    from orchestration.searching import Question, page, search

    database.ensure_running()
    rows = search(Question(name, born, number, postcode, house, contact), need, limit)
    console.print(page(rows))
    if rows[0].answer != "candidate":
        raise typer.Exit(1)


@app.command()
def explain(
    pair: Annotated[
        tuple[str, str] | None, typer.Option(help="Two records, each as feed:reference.")
    ] = None,
    person: Annotated[int | None, typer.Option(help="person_id.")] = None,
    member: Annotated[
        tuple[int, int] | None, typer.Option(help="A child and somebody else, each a person_id.")
    ] = None,
    ban: Annotated[
        bool, typer.Option("--ban", help="Of a pair: say also whether the law forbids it.")
    ] = False,
) -> None:
    """Say why two records are, or are not, one person; how a person came to be, and from whom they
    are kept apart; or why somebody is, or is not, in a child's family.

    Example: ./run explain --pair school:A1 housing:B2, or ./run explain --person 17, or
    ./run explain --member 17 21

    Exit code 0: said; 1: there is no such record or person, or not one question is asked.
    """
    from orchestration import database, stewardship

    if [pair, person, member].count(None) != 2:
        raise stewardship.StewardshipError("Say one of --pair, --person and --member.")
    database.ensure_running()
    if pair:
        lines = stewardship.explain_pair(*pair, ban)
    elif member:
        lines = stewardship.explain_member(*member)
    else:
        lines = stewardship.explain_person(person)
    console.print("\n".join(lines), soft_wrap=True)


Record = Annotated[str, typer.Argument(help="A record, as feed:reference.")]
Reason = Annotated[str, typer.Option(help="Why, in at least 20 letters.")]
Evidence = Annotated[str, typer.Option(help="What it rests on, with its date.")]
By = Annotated[str, typer.Option(help="Who decides.")]
Office = Annotated[str, typer.Option("--role", help="In which office.")]
Until = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day on which it holds.")
]
ReviewOn = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day to look at it again.")
]


@steward.command()
def link(
    one: Record, other: Record, reason: Reason, evidence: Evidence, by: By, role: Office,
    until: Until = None, review_on: ReviewOn = None,
) -> None:  # fmt: skip
    """Enter that two records are one person. It holds from the next refresh on.

    Example: ./run steward link school:A1 housing:B2 --by "J Doe" --role "data steward"
    --evidence "birth certificate seen, 3 March" --reason "the number of the school was a slip"

    Exit code 0: entered; 1: not, and why.
    """
    _decide("link", one, other, reason, evidence, by, role, "evidence", until, review_on)


@steward.command()
def part(
    one: Record, other: Record, reason: Reason, evidence: Evidence, by: By, role: Office,
    ground: Annotated[
        Literal["evidence", "adoption", "protection"],
        typer.Option(help="adoption, protection: the law forbids the link; nobody is told."),
    ] = "evidence",
    until: Until = None, review_on: ReviewOn = None,
) -> None:  # fmt: skip
    """Enter that two records are not one person. It holds from the next refresh on.

    Example: ./run steward part school:A1 housing:B2 --by "J Doe" --role "data steward"
    --evidence "call with the school, 3 March" --reason "cousins of one name and birth date"

    Exit code 0: entered; 1: not, and why.
    """
    _decide("part", one, other, reason, evidence, by, role, ground, until, review_on)


@steward.command()
def withdraw(
    number: Annotated[int, typer.Argument(help="The number of the decision.")],
    reason: Reason,
    by: By,
    ban: Annotated[bool, typer.Option("--ban", help="It is a ban by law.")] = False,
) -> None:
    """End a decision, from the next refresh on. It is kept, with who ended it and why.

    Example: ./run steward withdraw 3 --by "J Doe" --reason "the certificate was of a cousin"

    Exit code 0: ended; 1: there is no such decision in force, or why not.
    """
    from orchestration import database, stewardship

    database.ensure_running()
    stewardship.withdraw(number, by, reason, ban)
    console.print(f"Decision {number} holds no longer, from the next refresh on.")


@steward.command()
def queue(
    limit: Annotated[int, typer.Option(min=1, help="How many to print.")] = 20,
) -> None:
    """Print the pairs that wait for somebody to look, those on which most hangs first.

    Example: ./run steward queue --limit 5

    Exit code 0: printed.
    """
    from orchestration import database, stewardship

    database.ensure_running()
    rows = stewardship.queue(limit)
    table = Table()
    for column in ("One", "Other", "Why", "Agrees", "Against it", "Children", "Spells"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(
            f"{row.feed}:{row.source_person_id}",
            f"{row.other_feed}:{row.other_source_person_id}",
            *(row.review_reason, row.agreement, row.vetoes),
            *map(_count, (row.child_count, row.spell_count)),
        )
    console.print(table if rows else "Nothing waits.")
    if rows:
        console.print(f"{len(rows)} of {rows[0].waiting} pairs that wait.")


Child = Annotated[str, typer.Argument(help="A record of the child, as feed:reference.")]
Other = Annotated[str, typer.Argument(help="A record of the other, as feed:reference.")]
Relation = Annotated[
    str,
    typer.Option(help="What the other is to the child: a code of relationship_code, or its words."),
]


@of_family.command("not")
def not_family(
    child: Child, other: Other, reason: Reason, evidence: Evidence, by: By, role: Office,
    until: Until = None, review_on: ReviewOn = None,
) -> None:  # fmt: skip
    """Enter that somebody is no family of a child. It holds from the next refresh on.

    Whoever has parental responsibility by a source stays on the list, and the word beside them.

    Example: ./run steward family not school:A1 housing:B2 --by "J Doe" --role "social worker"
    --evidence "visit of 3 March" --reason "a lodger of that surname, and no relative"

    Exit code 0: entered; 1: not, and why.
    """
    _decide_family("not_family", child, other, None, reason, evidence, by, role, until, review_on)


@of_family.command("also")
def also_family(
    child: Child, other: Other, reason: Reason, evidence: Evidence, by: By, role: Office,
    relation: Relation = "Family member", until: Until = None, review_on: ReviewOn = None,
) -> None:  # fmt: skip
    """Enter that somebody is family of a child, though no source says so.

    Example: ./run steward family also school:A1 housing:B2 --relation Aunt --by "J Doe"
    --role "social worker" --evidence "visit of 3 March" --reason "she has the child each weekend"

    Exit code 0: entered; 1: not, and why.
    """
    _decide_family(
        "also_family", child, other, relation, reason, evidence, by, role, until, review_on
    )


@of_family.command("relation")
def relation_of_family(
    child: Child, other: Other, relation: Relation, reason: Reason, evidence: Evidence, by: By,
    role: Office, until: Until = None, review_on: ReviewOn = None,
) -> None:  # fmt: skip
    """Enter what somebody is to a child, whatever sources say.

    Example: ./run steward family relation school:A1 housing:B2 --relation Stepfather
    --by "J Doe" --role "social worker" --evidence "birth certificate seen, 3 March"
    --reason "he came when the child was three"

    Exit code 0: entered; 1: not, and why.
    """
    _decide_family(
        "relationship", child, other, relation, reason, evidence, by, role, until, review_on
    )


@steward.command()
def corrections() -> None:
    """Print what workers say of families against the sources, to be sent to whoever keeps them.

    Example: ./run steward corrections

    Exit code 0: printed.
    """
    from orchestration import database, stewardship

    database.ensure_running()
    rows = stewardship.corrections()
    table = Table()
    for column in ("No.", "Row", "Says", "Worker says", "Since", "Review", "Status"):
        table.add_column(column, overflow="fold")
    for row in rows:
        where = f"{row.feed}.{row.source_table} row {row.row_number} of delivery {row.delivery_id}"
        table.add_row(
            str(row.family_override_id),
            where if row.source_table else row.feed,
            row.source_said or "",
            row.worker_said,
            str(row.said_since_on),
            str(row.review_on or ""),
            row.report_status,
        )
    console.print(table if rows else "Nobody corrects anything.")


def _decide_family(
    instruction: str, child: str, other: str, relation: str | None, reason: str, evidence: str,
    by: str, role: str, until: dt.datetime | None, review_on: dt.datetime | None,
) -> None:  # fmt: skip
    from orchestration import database, stewardship

    database.ensure_running()
    decision = _decision(reason, evidence, by, role, until, review_on)
    number = stewardship.decide_family(instruction, child, other, relation, decision)
    console.print(f"Decision {number} holds from the next refresh on.")


def _decision(
    reason: str, evidence: str, by: str, role: str, until: dt.datetime | None,
    review_on: dt.datetime | None, ground: str = "evidence",
):  # fmt: skip
    from orchestration import stewardship

    days = {"until_on": until and until.date(), "review_on": review_on and review_on.date()}
    return stewardship.Decision(reason, evidence, by, role, ground, **days)


def _decide(
    instruction: str, one: str, other: str, reason: str, evidence: str, by: str, role: str,
    ground: str, until: dt.datetime | None, review_on: dt.datetime | None,
) -> None:  # fmt: skip
    from orchestration import database, stewardship

    database.ensure_running()
    decision = _decision(reason, evidence, by, role, until, review_on, ground)
    number = stewardship.decide(instruction, one, other, decision)
    console.print(f"Decision {number} holds from the next refresh on.")


@app.command()
def rollback(
    to: Annotated[
        int | None, typer.Option(help="The generation to show. Default: the one before.")
    ] = None,
) -> None:
    """Show readers an earlier generation, until the next one is published.

    Example: ./run rollback --to 12

    Exit code 0: done; 1: there is no such generation.
    """
    from orchestration import database, publishing

    database.ensure_running()
    console.print(f"Readers see generation {publishing.rollback(to)}.")


@app.command()
def contracts() -> None:
    """Write again what is generated from the feed contracts: dbt sources, feed pages, feed list.

    Example: ./run contracts

    Exit code 0: all is as the contracts say; 1: a contract cannot be used, and why.
    """
    from expectations import generated

    for path in generated.write():
        console.print(f"written: {Path(path).relative_to(settings.ROOT)}")


@app.command()
def linkage(
    what: Annotated[
        Literal["sql", "train", "report"], typer.Argument(help="What to do with the model.")
    ],
    truth: Annotated[
        Path | None,
        typer.Option(help="report: the truth folder of the invented council that was built."),
    ] = None,
) -> None:
    """sql: write the models from the seeds of the linkage model. train: propose new weights.
    report: measure how well it links, with all there is to measure it by.

    Training reads the records of the last build, writes m, u and prior into the seeds, and the
    models from them: a diff to be reviewed together with the report. The report takes minutes; its
    tools are in tests/, and what needs requirements-linkage.lock is left out where it is missing.

    Example: ./run linkage report --truth var/truth

    Exit code 0: written or measured; 1: not, and why.
    """
    from orchestration.linkage import definition, report, sql, training

    if what == "report":
        _report(report.run(truth))
        return
    if what == "train":
        import psycopg

        _ready()
        with psycopg.connect("") as connection:
            definition.save(training.train(connection, definition.load()))
        console.print("New weights are in seeds/reference/match_level.csv: see git diff.")
    sql.write()


def _report(parts) -> None:
    failed = []
    for title, said in parts:
        console.print(f"\n{title}", style="bold")
        console.print(said or "It failed: run it alone to see why.", soft_wrap=True)
        failed += [title] if said is None else []
    if failed:
        raise typer.Exit(1)


@app.command()
def dagster(
    port: Annotated[int, typer.Option(help="Port of the pages on this machine.")] = 3000,
) -> None:
    """Serve Dagster's pages, schedule and sensor until Ctrl-C.

    Example: ./run dagster --port 3001, then open http://127.0.0.1:3001
    """
    from orchestration import refreshing, transform

    _ready()
    refreshing.prepare_home()
    transform.ensure_parsed()
    os.environ["PYTHONWARNINGS"] = "ignore"
    words = ["dev", "--module-name", "orchestration.definitions"]
    words += ["--working-directory", str(settings.ROOT), "--host", "127.0.0.1"]
    # Dagster takes this process over, so that whoever stops us stops it
    os.execv(sys.executable, [sys.executable, "-m", "dagster", *words, "--port", str(port)])


@app.command()
def demo() -> None:
    """The whole way: extracts of an invented council, landed, built, published; one family shown.

    Example: ./run demo, and again for the next night

    Exit code 0: done; 1: a step failed, and why.
    """
    from orchestration import database
    from orchestration import demo as show

    with _progress("Starting PostgreSQL"):
        _ready()
    with _progress("Generating") as on_progress:
        night, made = show.generate(on_progress=partial(on_progress, "wards"))
    console.print(f"Night {night}: {made.rows:,} rows of {made.people:,} invented people.")
    _refresh(None)
    console.print()
    family(None, "s17")
    login = show.ensure_login() if database.is_embedded() else None
    console.print(show.next_steps(login), soft_wrap=True)


def _ready() -> None:
    from orchestration import database
    from orchestration.migrate import migrate

    database.ensure_running()
    migrate()


def _refresh(as_of_date: dt.date | None) -> None:
    from orchestration import ledger, refreshing, runs

    with _progress("Refreshing") as on_progress:
        try:
            refreshing.refresh(as_of_date, on_progress)
        except runs.AlreadyRunningError:
            console.print("Another refresh is running: this one leaves it to it.")
            raise typer.Exit(0) from None
    run = ledger.last_run()
    _print_received(ledger.received(run.run_id))
    _print_changes(ledger.changes(run.run_id))
    console.print(_generation_in_words(ledger.shown()))


def _print_received(rows: list) -> None:
    if not rows:
        console.print("No delivery was new.")
        return
    table = Table("Feed", "Delivery", "Rows", "Added", "Left", "Unchanged", "Set aside", "Decision")
    for row in rows:
        table.add_row(
            row.feed,
            str(row.delivery_id),
            *map(_count, (row.row_count, row.added_count, row.left_count)),
            *map(_count, (row.unchanged_count, row.quarantined_count)),
            f"refused: {row.refusal}" if row.refusal else row.status.replace("_", " "),
        )
    console.print(table)


def _print_changes(rows: list) -> None:
    if not rows:
        console.print("Nothing differs from what readers see: nothing was published.")
        return
    table = Table("Mart", "Added", "Changed", "Removed")
    for row in rows:
        if row.added or row.changed or row.removed:
            table.add_row(row.mart, *map(_count, (row.added, row.changed, row.removed)))
    console.print(table)


def _run_in_words(run) -> str:
    if run is None:
        return "There was no run yet."
    took = f", {run.duration.total_seconds():.0f} seconds" if run.duration else ""
    return f"Last run: {run.run_id}, {run.status}, began {_moment(run.started_at)}{took}."


def _generation_in_words(shown) -> str:
    if shown is None:
        return "Readers see nothing: no generation was published yet."
    back = "" if shown.is_newest else " (rolled back: newer ones exist)"
    return (
        f"Readers see generation {shown.generation}{back}, as of {shown.as_of_date},"
        f" published {_moment(shown.published_at)}."
    )


def _skipped_in_words(row) -> str:
    return (
        f"Not compared, because too many share it: {row.key_kind_label}. {_count(row.block_count)}"
        f" values, the commonest of {_count(row.largest_block)} records;"
        f" {_count(row.record_count)} records, of which {_count(row.unsearched_record_count)}"
        " have nothing else to be found by."
    )


def _moment(moment: dt.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


@contextmanager
def _progress(what: str):
    """A bar on a terminal; nothing elsewhere."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    quiet = not progress_console.is_terminal
    with Progress(*columns, console=progress_console, transient=True, disable=quiet) as bar:
        task = bar.add_task(what, total=None)
        yield lambda doing, done, total: bar.update(
            task, description=f"{what}: {doing}", completed=done, total=total
        )


def main() -> None:
    """Run a verb; a fault that we know is one line, without a trace."""
    import psycopg

    from expectations.contract import ContractError
    from orchestration.database import ServerError
    from orchestration.family import UnknownChildError
    from orchestration.migrate import MigrationError
    from orchestration.publishing import PublicationError
    from orchestration.refreshing import RefreshError
    from orchestration.stewardship import StewardshipError
    from orchestration.transform import BuildError

    try:
        app(prog_name="./run")
    except psycopg.errors.UndefinedTable:
        _stop("The database is not set up. Run: ./run start")
    except psycopg.OperationalError as error:
        _stop(f"PostgreSQL cannot be reached: {str(error).splitlines()[0]}")
    except psycopg.Error as error:  # its message may repeat values
        _stop(f"PostgreSQL refuses: SQLSTATE {error.sqlstate}. Its log says what.")
    except (
        BuildError, ContractError, MigrationError, PublicationError, RefreshError, ServerError,
        StewardshipError, UnknownChildError,
    ) as error:  # fmt: skip
        _stop(str(error))


def _stop(why: str) -> None:
    print(f"family-context: {why}", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
