"""How long a search takes, and an explanation, while twenty people ask at once. Run by hand:

    python -m tests.benchmarks.search [records]

Makes a database of its own and drops it: 50,000 records unless told otherwise, with names drawn as
those of the synthetic council are. Half of the searches know a birth date or its year, some only a
number, a home or a name with a slip. Each leaves its row in the audit.

Sessions ask without a pause, so twenty of them share the processors. A machine is never quiet: read
the times against a person read by key in the same minute, and the processor time that the
server itself spent.
"""

import os
import random
import statistics
import sys
import threading
import time
import uuid
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration import database
from orchestration.migrate import migrate
from orchestration.publishing import publish
from seeds.synthetic import identifiers, names
from tests import invented_marts

CLIENTS, SEARCHES = 20, 50
INWARD = "ABDEFGHJLNPQRSTUWXYZ"  # letters that end postcodes
STATED = """
create temporary table stated (
    record_id text, given_words text, family text, born date, number text, telephone text,
    postcode text, home text
)
"""
# as int_person__searchable does
FILL = """
insert into published.search_record (
    record_id, feed, given_name, given_words, given_forms, given_sound, given_letters, family_name,
    family_words, family_sound, family_letters, date_of_birth, birth_digits, nhs_number, telephone,
    postcodes, home_keys, spelling, tf_given_name, tf_family_name, tf_date_of_birth, tf_telephone,
    search_keys, valid_from_generation
)
select
    record_id, 'school', given_words, given_words, given_words,
    extensions.dmetaphone(given_words), resolution.letters(given_words), family, family,
    extensions.dmetaphone(family), resolution.letters(family), born, to_char(born, 'YYYYMMDD'),
    number, telephone, postcode, home, given_words || ' ' || family,
    count(*) over (partition by given_words) / count(*) over ()::float,
    count(*) over (partition by family) / count(*) over ()::float,
    count(*) over (partition by born) / count(*) over ()::float, 0.001,
    array(
        select search_key from resolution.search_keys(
            given_words, family, to_char(born, 'YYYYMMDD'), postcode, home, array[number, telephone]
        )
    ), 1
from stated
"""
PEOPLE = """
insert into published.person (person_id, given_name, family_name, date_of_birth,
    valid_from_generation)
select right(record_id, -1)::bigint, given_words, family, born, 1 from stated;
insert into published.person_source_record (record_id, person_id, feed, source_person_id,
    valid_from_generation)
select record_id, right(record_id, -1)::bigint, 'school', record_id, 1 from stated;
insert into published.link_explanation (record_id, other_record_id, person_id, other_person_id,
    is_one_person, machine_decision, valid_from_generation)
select 'r' || number, 'r' || number + step, number, number + step, 'No', 'for_review', 1
from (select right(record_id, -1)::bigint as number from stated) as record
cross join generate_series(1, 2) as step
where number + step < (select count(*) + 1000 from stated);
analyze published.search_record, published.person, published.person_source_record,
    published.link_explanation;
"""
SEARCH = "select * from family_context.person_search(%s, %s, %s, %s, %s)"
READ = "select * from family_context.person where person_id = %s"
EXPLAIN = "select * from family_context.link_explanation where record_id = %s"


def main(records):
    """Invent, search, explain; print the figures."""
    os.environ["PGDATABASE"] = f"benchmark_{uuid.uuid4().hex[:8]}"
    database.ensure_running()
    migrate()
    randomly = random.Random(1)
    people = [person(number, records, randomly) for number in range(1000, 1000 + records)]
    with psycopg.connect("", autocommit=True) as connection:
        invented_marts.build(connection)
        publish(invented_marts.start_run(connection))
        connection.execute(STATED)
        with connection.cursor().copy("copy stated from stdin") as copy:
            for row in people:
                copy.write_row(row)
        began = time.monotonic()
        connection.execute(FILL)
        connection.execute(PEOPLE)
        print(f"{records:,} records, written and indexed in {time.monotonic() - began:.0f} s")
        connection.execute("vacuum analyze published.search_record")
    report("one by key", READ, lambda r: (r.randrange(1000, 1000 + records),), "reader_bi")
    report("search", SEARCH, lambda r: asked(people[r.randrange(records)], r), "reader_bi")
    report("explanation", EXPLAIN, lambda r: (people[r.randrange(records)][0],), "steward")
    with psycopg.connect("dbname=postgres", autocommit=True) as connection:
        drop = sql.SQL("drop database {} with (force)")
        connection.execute(drop.format(sql.Identifier(os.environ["PGDATABASE"])))


def person(number, records, randomly):
    """A record as it is stated: half without a birth date, one in eight with a number."""
    tradition = names.tradition(randomly)
    sex, year = randomly.choice("MF"), randomly.randint(1940, 2024)
    place = randomly.randrange(records // 3 + 1)
    street = place // 15  # so many homes share a postcode
    letters = INWARD[street // 810 % 20] + INWARD[street // 16_200 % 20]
    postcode = f"ZX{street % 90 + 1} {street // 90 % 9 + 1}{letters}"
    return (
        f"r{number}",
        names.given(tradition, sex, year, randomly).upper().split()[0],
        names.family(tradition, sex, randomly).upper().split()[-1],
        f"{year}-{randomly.randint(1, 12):02}-{randomly.randint(1, 28):02}"
        if randomly.random() < 0.5
        else None,
        identifiers.nhs_number(number) if number % 8 == 0 else None,
        f"01632{randomly.randrange(10**6):06}" if randomly.random() < 0.4 else None,
        postcode,
        f"{postcode}/{place % 15 + 1}/",
    )


def asked(stated, randomly):
    """What somebody knows of a person."""
    _, given, family, born, number, _, postcode, home = stated
    chance = randomly.random()
    if chance < 0.1 and number:
        return None, None, number, None, None
    if chance < 0.2:
        return None, None, None, postcode, home.split("/")[1]
    if chance < 0.3:  # a slip
        family = family[:2] + family[3:]
    name = f"{family}, {given}" if chance < 0.5 else f"{given} {family}"
    known = born and (born if chance < 0.7 else born[:4])
    return name, known, None, postcode if chance > 0.9 else None, None


def report(what, query, ask, role):
    """Twenty sessions, each asking one question after the other."""
    took, spent, rows, lock = [], [], [], threading.Lock()

    def client(seed):
        randomly = random.Random(seed)
        with psycopg.connect("", autocommit=True) as connection:
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
            connection.execute(query, ask(randomly))  # the first plans
            for _ in range(SEARCHES):
                question = ask(randomly)
                began, worked = time.perf_counter(), processor_time(connection)
                found = connection.execute(query, question).fetchall()
                with lock:
                    took.append((time.perf_counter() - began) * 1000)
                    spent.append(processor_time(connection) - worked)
                    rows.append(len(found))

    for clients in (1, CLIENTS):
        for figures in (took, spent, rows):
            figures.clear()
        sessions = [threading.Thread(target=client, args=[seed]) for seed in range(clients)]
        for session in sessions:
            session.start()
        for session in sessions:
            session.join()
        print(
            f"{what:12} {clients:2} at once, in ms: {percentiles(took)};"
            f" of processor {percentiles(spent)}; {statistics.mean(rows):.1f} rows"
        )


def percentiles(figures):
    """p50, p95 and p99 as words."""
    cuts = statistics.quantiles(figures, n=100)
    return ", ".join(f"p{each} {cuts[each - 1]:.1f}" for each in (50, 95, 99))


def processor_time(connection):
    """Milliseconds that the server's process of this session has worked; Linux, on this machine."""
    statistic = Path(f"/proc/{connection.info.backend_pid}/schedstat")
    return int(statistic.read_text().split()[0]) / 1e6 if statistic.exists() else 0.0


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
