"""Whatever the people, rules, spells and deliveries: the models answer as the oracle does.

dbt compiles and makes the deciding models once. Each little world is then written where they
read, in a transaction that is rolled back, and the models' own SQL is run on it.
"""

from datetime import date, timedelta
from random import Random

import pytest
from psycopg import sql

from tests import oracle
from tests.oracle import Answer, Delivery, Feed, Person, Rule, Spell

# 29 February of eighteen years ago is not yet eighteen years old
AS_OF = date(2026, 2, 28)
SEEDS = ("service", "service_rule", "service_list", "service_parameter", "feed")
MODELS = (
    "int_service_list__dated",
    "int_service_parameter__dated",
    "int_service_rule__dated",
    "int_feed_freshness__judged",
    "int_service_table__missing",
    "int_person__set_aside",
    "int_service_involvement__judged",
    "int_service_involvement__chosen",
    "service_coverage",
    "service_exclusion",
    "service_involvement",
    "family_context",
)
# what other models make, as far as these read it
PARENTS = """
create table staging.stg_ledger__delivery (
    delivery_id bigint, feed text, status text, refusal text, is_in_force boolean,
    source_system text, extracted_at timestamp, received_at timestamp, coverage_start date,
    coverage_end date, row_count bigint, quarantined_row_count bigint
);
create table staging.stg_ledger__delivery_table (
    delivery_id bigint, table_name text, row_count bigint
);
create table intermediate.int_service_involvement__unioned (
    spell_id varchar(64), source_spell_id text, record_id varchar(64), service text, feed text,
    involvement_type text, role text, category text, started_on date, ended_on date,
    is_ended boolean, last_interaction_on date, provider_name text, team_name text,
    contact_name text, contact_role text, contact_phone text, contact_email text,
    delivery_id bigint, source_table text, row_number bigint
);
create table intermediate.int_person__identified (record_id varchar(64), person_id bigint);
create table intermediate.int_person__retired (retired_person_id bigint, person_id bigint);
create table staging.stg_quarantine__record_set_aside (
    record_id varchar(64), feed text, row_count bigint
);
create table staging.stg_quarantine__identity_set_aside (identity_key varchar(64), feed text);
create table intermediate.int_person__unioned (
    record_id varchar(64), given_name text, family_name text
);
create table intermediate.int_person__standardised (
    record_id varchar(64), date_of_birth date, nhs_number text, upn text, former_upn text
);
create table staging.stg_published__known_record (record_id varchar(64), person_id bigint);
create table marts.person (
    person_id bigint, given_name varchar(100), family_name varchar(255), date_of_birth date,
    expected_date_of_birth date, is_matchable varchar(7), not_matchable_reason varchar(40)
);
create table marts.family_member (
    child_id bigint, child_ref varchar(20), member_id bigint, member_order integer,
    relation varchar(100), bases varchar(300), confidence varchar(10),
    other_relations varchar(300), correction varchar(20), is_contact_restricted varchar(7),
    has_little_history varchar(7), known_only_from varchar(200), perhaps_also varchar(300),
    is_household_member varchar(7), has_parental_responsibility varchar(7)
);
create table intermediate.int_person_address__summarised (
    person_id bigint, home_status text, home_address text, home_since_on date,
    home_last_known_on date, home_sources text, home_area text
);
"""

WORLDS = 400
FEEDS = ("first", "second")
DAYS_AGO = [0, 1, 2, 364, 365, 366, 730, 731, 1095, 1096, 1826, 1827, 9000, -1, -400]
BIRTH_DATES = [
    *(date(2008, 2, 28), date(2008, 2, 29), date(2008, 3, 1)),
    *(date(2022, 2, 28), date(2022, 3, 1), date(2005, 2, 28), date(2005, 3, 1), AS_OF),
]
ROLES = ("convict", "suspect", "victim")
CATEGORIES = ("robbery", "theft", "main")
TABLES = ("visits", "events")
LISTS = {
    "shown_role": ROLES,
    "shown_category": CATEGORIES,
    "excluded_category": CATEGORIES,
    "lesser_category": CATEGORIES,
    "safeguarding_category": CATEGORIES,
    "searched_table": TABLES,
}
# what the rules of real services are made of
SHAPES = (
    {"shown_role": ("convict", "suspect"), "safeguarding_category": ("robbery",)},
    {"shown_role": ("convict", "suspect"), "safeguarding_category": ("robbery", "main")},
    {"lesser_category": ("robbery", "theft")},
    {"shown_role": ("suspect", "convict"), "excluded_category": ("theft",)},
    {"shown_category": ("main", "robbery")},
)
NUMBERS = {
    "searched_since": (2014, 2026),
    "safeguarding_maximum": (1, 2),
    "other_maximum": (1, 2),
    "convict_safeguarding_lookback": (1, 5),
    "suspect_safeguarding_lookback": (1, 5),
    "convict_other_lookback": (1, 5),
}
EVERY_ANSWER = {
    *((status, None) for status in ("current", "historic", "known", "yes")),
    *((status, None) for status in ("none_found", "unknown", "no", "not_connected")),
    *(("not_in_scope", reason) for reason in ("too_young", "too_old", "unborn")),
    *(("not_matchable", reason) for reason in ("age_unknown", "no_name")),
    *(("out_of_date", reason) for reason in ("never_received", "newest_delivery_refused")),
    *(("out_of_date", reason) for reason in ("extract_time_unknown", "past_error_age")),
    *(("out_of_date", reason) for reason in ("row_set_aside", "table_not_received")),
    ("out_of_area", "home_outside_area"),
}


def world_of(seed):
    """People, rules, feeds and spells: few of each, and close enough to have to do with another."""
    random = Random(seed)
    people = [person_of(random, number) for number in range(1, random.randint(1, 3) + 1)]
    rules = [rule_of(random, number) for number in range(random.randint(1, 3))]
    feeds = [feed_of(random, name) for name in FEEDS]
    count = random.choice([0, 4, 10, 16])
    spells = [spell_of(random, number, people, rules) for number in range(count)]
    return people, rules, feeds, spells


def person_of(random, number):
    born = random.choice([None, random.choice(BIRTH_DATES), random.choice(BIRTH_DATES)])
    return Person(
        person_id=number,
        date_of_birth=random.choice([born, AS_OF - timedelta(days=random.randrange(30000))]),
        expected_date_of_birth=random.choice([None, day_of(random)]),
        not_matchable_reason=random.choice([None, None, None, "no_name"]),
        set_aside_in=frozenset(name for name in FEEDS if random.random() < 0.2),
        home_area=random.choice([None, None, "inside", "not_known", "outside"]),
    )


def rule_of(random, number):
    anything = {
        name: tuple(random.sample(values, random.randint(1, len(values))))
        for name, values in LISTS.items()
        if random.random() < 0.3
    }
    return Rule(
        service=f"service {number}",
        notion=random.choice(["current_historic", "known", "yes"]),
        feed=random.choice(["first", "first", "first", "second", "second", None]),
        minimum_age=random.choice([None, None, None, 4, 16, 18]),
        maximum_age=random.choice([None, None, None, 4, 18, 20]),
        shown_when_age_unknown=random.choice([True, False]),
        lookback_years=random.choice([None, random.randint(1, 6)]),
        lists=random.choice([anything, *SHAPES]),
        numbers={
            name: random.randint(*bounds)
            for name, bounds in NUMBERS.items()
            if random.random() < 0.7
        },
    )


def feed_of(random, name):
    statuses = random.choices(
        ["superseded", "refused", "duplicate", "landed"], k=random.choice([0, 1, 2])
    )
    if random.random() < 0.8:
        statuses.insert(random.randint(0, len(statuses)), "in_force")
    ages = [None, None, *range(-1, 7)]
    return Feed(
        name,
        warn_age=2,
        error_age=4,
        deliveries=tuple(
            Delivery(
                status,
                None if age is None else AS_OF - timedelta(days=age),
                frozenset(table for table in TABLES if random.random() < 0.7),
            )
            for status, age in zip(statuses, random.choices(ages, k=len(statuses)), strict=True)
        ),
    )


def spell_of(random, number, people, rules):
    started_on, ended_on = (random.choice([None, *[day_of(random)] * 5]) for _ in range(2))
    ended_on = random.choice([ended_on, None])
    is_ended = random.random() < 0.2 or bool(ended_on and ended_on < AS_OF)
    if started_on and ended_on and ended_on < started_on:
        ended_on, is_ended = None, True
    return Spell(
        spell_id=f"spell {number:02}",
        person_id=random.choice([people[0], people[0], random.choice(people)]).person_id,
        service=random.choice([rules[0], rules[0], random.choice(rules)]).service,
        source_spell_id=random.choice(
            [f"case {number}", f"case {number // 3}", f"case {number // 3}", None]
        ),
        role=random.choice(["convict", "convict", "suspect", "suspect", "victim", None]),
        category=random.choice([*CATEGORIES, *CATEGORIES, None]),
        started_on=started_on,
        ended_on=ended_on,
        is_ended=is_ended,
        last_interaction_on=random.choice([None, AS_OF, date(2020, 1, 1)]),
    )


def day_of(random):
    near = AS_OF - timedelta(days=random.choice(DAYS_AGO))
    return random.choice([near, AS_OF - timedelta(days=random.randrange(700))])


@pytest.fixture(scope="module")
def models(database, dbt):
    """The compiled SQL of the deciding models, in their order; their tables are made and empty."""
    # dbt makes the schemas that the migrations do not
    assert dbt("seed", "--select", *SEEDS, as_of_date=AS_OF).success
    for schema in ("staging", "intermediate", "marts"):
        database.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
    database.execute(PARENTS)
    for seed in SEEDS:
        # bare of what their columns must hold: a world says only what an answer hangs on
        table = sql.Identifier("reference", seed)
        database.execute(sql.SQL("create temp table bare as table {} with no data").format(table))
        database.execute(sql.SQL("drop table {0}; create table {0} as table bare").format(table))
        database.execute("drop table bare")
    made = dbt("run", "--select", *(f"{name}.sql" for name in MODELS), as_of_date=AS_OF)
    assert made.success
    by_name = {result.node.name: result.node for result in made.result}
    assert by_name.keys() >= set(MODELS)
    return [by_name[name] for name in MODELS]


def test_every_answer_is_the_oracles(models, database):
    given_answers = set()
    for seed in range(WORLDS):
        people, rules, feeds, spells = world = world_of(seed)
        answered, shown = _run(database, models, world)
        expected = {
            (person.person_id, rule.service): oracle.answer(
                person, rule, spells, _feed_of(rule, feeds), AS_OF
            )
            for person in people
            for rule in rules
        }
        assert {row[:2]: Answer(*row[2:]) for row in answered} == expected, f"world {seed}"
        assert len(answered) == len(expected), f"world {seed}"
        assert {spell_id for (spell_id,) in shown} == {
            spell.spell_id
            for person in people
            for rule in rules
            if rule.feed
            for spell in oracle.shown(person, rule, spells, AS_OF)
        }, f"world {seed}"
        given_answers.update((answer.status, answer.reason) for answer in expected.values())
    # or the comparison would prove little
    assert given_answers == EVERY_ANSWER


def _run(database, models, world):
    """What the models make of a world, which is then forgotten."""
    with database.transaction(force_rollback=True):
        _write(database, *world)
        for model in models:
            database.execute(f"insert into {model.schema}.{model.name} {model.compiled_code}")
        answered = database.execute(
            "select member_id, service, involvement_status, status_reason, spell_id, spell_count"
            " from marts.family_context"
        ).fetchall()
        shown = database.execute("select spell_id from marts.service_involvement").fetchall()
    return answered, shown


def _feed_of(rule, feeds):
    return next((feed for feed in feeds if feed.feed == rule.feed), None)


def _write(database, people, rules, feeds, spells):
    # a rule that is over, and lists and numbers of another day, must change nothing
    insert(
        database,
        "reference.service",
        [
            dict(
                service=r.service, service_label=r.service, service_order=n, status_notion=r.notion
            )
            for n, r in enumerate(rules, start=1)
        ],
    )
    over = dict(valid_from=date(2010, 1, 1), valid_to=AS_OF - timedelta(days=1))
    now = dict(valid_from=AS_OF, valid_to=None)
    for rule in rules:
        terms = dict(
            service=rule.service,
            feed=rule.feed or "first",
            minimum_age=rule.minimum_age,
            maximum_age=rule.maximum_age,
            shown_when_age_unknown="Yes" if rule.shown_when_age_unknown else "No",
            lookback_years=rule.lookback_years,
        )
        insert(database, "reference.service_rule", [terms | (now if rule.feed else over)])
        insert(
            database,
            "reference.service_list",
            [
                dict(service=rule.service, list_name=name, value=value, value_order=n) | now
                for name, values in rule.lists.items()
                for n, value in enumerate(values, start=1)
            ]
            + [dict(service=rule.service, list_name="shown_category", value="never") | over],
        )
        insert(
            database,
            "reference.service_parameter",
            [
                dict(service=rule.service, parameter=name, value=value) | now
                for name, value in rule.numbers.items()
            ]
            + [dict(service=rule.service, parameter="other_maximum", value=0) | over],
        )
    number = 0
    for feed in feeds:
        ages = dict(warn_age_days=feed.warn_age, error_age_days=feed.error_age)
        insert(database, "reference.feed", [dict(feed=feed.feed) | ages])
        for delivery in feed.deliveries:
            number += 1
            row = dict(
                delivery_id=number,
                feed=feed.feed,
                status=delivery.status,
                is_in_force=delivery.status == "in_force",
                extracted_at=delivery.extracted_on,
            )
            insert(database, "staging.stg_ledger__delivery", [row])
            tables = [
                dict(delivery_id=number, table_name=table, row_count=int(table in delivery.tables))
                for table in TABLES
            ]
            insert(database, "staging.stg_ledger__delivery_table", tables)
    insert(
        database,
        "marts.person",
        [
            dict(
                person_id=person.person_id,
                date_of_birth=person.date_of_birth,
                expected_date_of_birth=person.expected_date_of_birth,
                is_matchable="No" if person.not_matchable_reason else "Yes",
                not_matchable_reason=person.not_matchable_reason,
            )
            for person in people
        ],
    )
    insert(
        database,
        "intermediate.int_person_address__summarised",
        [
            dict(person_id=person.person_id, home_area=person.home_area)
            for person in people
            if person.home_area
        ],
    )
    insert(
        database,
        "marts.family_member",
        [dict(child_id=1, child_ref="1", member_id=person.person_id) for person in people],
    )
    # two records a person, so that what belongs together comes from both
    records = [
        dict(record_id=f"{person.person_id} {half}", person_id=person.person_id)
        for person in people
        for half in (0, 1)
    ]
    insert(database, "intermediate.int_person__identified", records)
    # a record of which this night brings nothing else, and one that nobody ever knew
    gone = [dict(record_id=f"{p.person_id} gone", person_id=p.person_id) for p in people]
    insert(database, "staging.stg_published__known_record", gone)
    insert(
        database,
        "staging.stg_quarantine__record_set_aside",
        [
            dict(record_id=f"{person.person_id} {half}", feed=feed, row_count=1)
            for person in people
            for n, feed in enumerate(sorted(person.set_aside_in))
            for half in ((0, 1, "gone")[(person.person_id + n) % 3],)
        ]
        + [dict(record_id="nobody", feed=feed.feed, row_count=1) for feed in feeds],
    )
    insert(
        database,
        "intermediate.int_service_involvement__unioned",
        [
            dict(
                spell_id=spell.spell_id,
                source_spell_id=spell.source_spell_id,
                record_id=f"{spell.person_id} {n % 2}",
                service=spell.service,
                role=spell.role,
                category=spell.category,
                started_on=spell.started_on,
                ended_on=spell.ended_on,
                is_ended=spell.is_ended,
                last_interaction_on=spell.last_interaction_on,
            )
            for n, spell in enumerate(spells)
        ],
    )


def insert(database, table, rows):
    for row in rows:
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join([sql.Placeholder()] * len(row)),
        )
        database.execute(statement, list(row.values()))
