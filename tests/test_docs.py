"""What the pages tell somebody to do can be done: links lead, verbs exist, queries run."""

import re

import psycopg
import pytest

from orchestration import cli
from orchestration.settings import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, part = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if part:
            headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.M)
            assert part in map(anchor, headings), target


def test_every_decision_has_a_number_of_its_own_and_says_what_it_costs():
    pages = [page for page in PAGES if page.parent.name == "decisions"]
    numbers = [page.name[:4] for page in pages]
    assert numbers == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        assert "**What it costs us.**" in text, page.name


def verbs() -> set[str]:
    commands = {one.name or one.callback.__name__ for one in cli.app.registered_commands}
    return commands | {group.name for group in cli.app.registered_groups}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_verb_that_a_page_names_exists(page):
    named = set(re.findall(r"\./run ([a-z]+)", page.read_text(encoding="utf-8")))
    assert named <= verbs() | {"test", "help"}


def test_the_list_of_run_is_that_of_the_command_line():
    usage = (ROOT / "run").read_text(encoding="utf-8").split("TEXT")[1]
    listed = set(re.findall(r"^  ([a-z]+)  +\S", usage, re.M)) - {"test"}
    assert listed == verbs()


def queries(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in re.findall(r"(?:^    .*\n)+", text, re.M):
        if block.strip().startswith("select"):
            yield from (part.strip() for part in block.split(";") if "select" in part)


def test_every_query_of_the_runbook_runs(database):
    asked = [query.replace("<id>", "1") for query in queries("docs/runbook.md")]
    assert asked
    for query in asked:
        bare = re.sub(r"--.*", "", query)
        with database.transaction(force_rollback=True):
            if "as_of(" in bare:  # nothing was published here, and it says so
                with pytest.raises(psycopg.errors.RaiseException):
                    database.execute(bare)
            elif "intermediate." not in bare:  # not built here
                database.execute(bare)


def test_every_question_of_the_first_hour_is_one_query_that_a_reader_may_ask(database):
    asked = list(queries("docs/questions.md"))
    assert len(asked) == 12
    for query in asked:
        with database.transaction(force_rollback=True):
            database.execute("set local role reader_bi")
            database.execute(query)
