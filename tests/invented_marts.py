"""Marts made by SQL, without dbt: families of three, each answered for by fifteen services.

The tables are copied from the published ones, so their shape is said once. `play_night` marks one
column of several marts with the number of the night: rows of one generation must all agree.
"""

from psycopg import sql

MAKE = (
    "drop table if exists {built}",
    "create table {built} as select {columns} from {published} with no data",
)

SERVICES = [
    ("childrens_social_care", "childrens_social_care"),
    ("early_help", "childrens_social_care"),
    ("school", "school"),
    ("adult_social_care", "adult_social_care"),
    ("housing", "housing"),
    ("anti_social_behaviour", "anti_social_behaviour"),
    ("police", "police"),
    ("youth_justice", None),
    ("adult_mental_health", None),
    ("drug_and_alcohol", None),
    ("gp", None),
    ("health_visiting", None),
    ("early_years", None),
    ("young_carers", None),
    ("supporting_families", None),
]
FED = [service for service, feed in SERVICES if feed]

# role, need level, services shared. early_help is shared with nobody at s17, so the feed it comes
# in is not wholly shared; police is expressly refused; a role that does not exist harms nobody.
AGREED = [
    ("reader_bi", "s17", ["school", "housing", "childrens_social_care"]),
    ("reader_bi", "s47", FED),
    ("reader_worker", "s17", ["school", "childrens_social_care"]),
    ("reader_worker", "s47", ["school", "childrens_social_care", "police"]),
    ("steward", "s17", FED),
    ("steward", "s47", FED),
    ("information_governance", "s17", FED),
    ("information_governance", "s47", FED),
    ("reader_of_long_ago", "s17", FED),
]

# who has a spell with which service: children are 10, 20, …, mothers 11, 21, … and fathers 12, …
FILL = """
insert into ledger.delivery (feed, folder, has_manifest, status, decided_at)
select feed, feed || '/first', true, 'in_force', now()
from (select distinct feed from wanted_service where feed is not null) as fed
where not exists (select from ledger.delivery where status = 'in_force');

insert into ledger.delivery_table (delivery_id, table_name, row_count, encoding)
select delivery_id, 'people', 1, 'utf-8' from ledger.delivery
on conflict do nothing;

insert into reference.feed select distinct feed, 'service' from ledger.delivery
where status = 'in_force';

insert into reference.service select service from wanted_service;

insert into marts.person
    (person_id, person_ref, given_name, family_name, gender, date_of_birth, is_matchable)
select person_id, person_id, 'Given ' || person_id, 'Family ' || person_id / 10, 'night 1',
    case person_id % 10 when 0 then date '2015-03-31' else date '1985-05-05' end, 'Yes'
from (select child * 10 + place as person_id from generate_series(1, {children}) as child,
    generate_series(0, 2) as place) as people;

insert into marts.person_source_record
    (record_id, person_id, feed, source_person_id, match_rule, delivery_id, source_table,
    row_number)
select feed || person_id, person_id, feed, 'S' || person_id, 'alone', delivery_id, 'people',
    person_id
from marts.person inner join ledger.delivery on status = 'in_force' and
    case person_id % 10 when 0 then feed in ('school', 'childrens_social_care')
        when 1 then feed in ('housing', 'adult_social_care')
        else feed in ('police', 'anti_social_behaviour') end;

insert into marts.person_attribute
    (person_id, attribute, stated_value, feed, is_best, record_id, delivery_id)
select person_id, 'telephone', 'Telephone in ' || feed, feed, 'Yes', record_id, delivery_id
from marts.person_source_record;

create table intermediate.int_person__unioned as select record_id from marts.person_source_record;

insert into marts.person_relationship
    (person_relationship_id, person_id, related_person_id, relationship_label, feed, delivery_id)
select person_id || '-mother', person_id, person_id + 1, 'mother', 'school', delivery_id
from marts.person inner join ledger.delivery on feed = 'school' and status = 'in_force'
where person_id % 10 = 0;

insert into marts.household (household_id, household_type, occupant_count)
select person_id, 'family', 2 from marts.person where person_id % 10 = 0;

insert into marts.household_member (household_member_id, household_id, person_id, started_on)
select person_id::text, person_id / 10 * 10, person_id, '2020-01-02' from marts.person
where person_id % 10 < 2;

insert into marts.person_address
    (person_address_id, household_id, person_id, address_text, started_on, is_current)
select household_member_id, household_id, person_id, 'Home of ' || household_id, started_on, 'Yes'
from marts.household_member;

insert into marts.family_member
    (family_member_id, child_id, child_ref, member_id, relation, member_order, bases)
select person_id::text, person_id / 10 * 10, person_id / 10 * 10, person_id,
    (array['self', 'mother', 'father'])[person_id % 10 + 1], person_id % 10, 'stated'
from marts.person;

insert into marts.service_coverage
    (service, service_label, service_order, feed, is_connected, data_current_as_of, search_from,
    search_to, area_covered, source_label, is_late, is_out_of_date, looked_for)
select service, initcap(service), row_number() over (order by service), feed,
    case when feed is null then 'No' else 'Yes' end, '2026-01-30 06:00', '2021-01-31', '2026-01-31',
    'Ashmere', feed, 'No', 'No', 'night 1'
from wanted_service;

insert into marts.feed_freshness (feed, delivery_id, freshness_status)
select feed, delivery_id, 'fresh' from ledger.delivery where status = 'in_force';

insert into marts.service_involvement
    (spell_id, person_id, record_id, service, involvement_status, started_on, provider_name,
    contact_name, feed, delivery_id)
select record_id, person_id, record_id, feed, 'current', '2024-02-29', 'Provider in ' || feed,
    'Contact in ' || feed, feed, delivery_id
from marts.person_source_record;

insert into marts.family_context
    (child_id, child_ref, member_id, member_order, relation, bases, member_given_name,
    member_date_of_birth, service, involvement_status, status_reason, started_on, provider_name,
    contact_name, contact_role, contact_phone, contact_email, last_interaction_on, spell_id,
    spell_count)
select family_member.child_id, family_member.child_ref, family_member.member_id,
    family_member.member_order, family_member.relation, 'night 1', person.given_name,
    person.date_of_birth, coverage.service,
    case when coverage.feed is null then 'not_connected' when spell_id is not null then 'current'
        when coverage.service = 'school' then 'not_in_scope' else 'none_found' end,
    case when coverage.service = 'school' then 'a reason' end, started_on, provider_name,
    contact_name, 'role', '01632 960000', 'a@example.org', started_on, spell_id,
    case when spell_id is not null then 1 else 0 end
from marts.family_member
inner join marts.person on member_id = person.person_id
cross join marts.service_coverage as coverage
left join marts.service_involvement as spell
    on member_id = spell.person_id and coverage.service = spell.service;

insert into marts.childrens_social_care_detail (person_id, team_name)
select person_id, 'Team' from marts.person where person_id % 10 = 0;
insert into marts.school_detail (person_id, school_name)
select person_id, 'School' from marts.person where person_id % 10 = 0;
insert into marts.housing_detail (person_id, landlord_name)
select person_id, 'Landlord' from marts.person where person_id % 10 = 1;
insert into marts.adult_social_care_detail (person_id, team_name)
select person_id, 'Team' from marts.person where person_id % 10 = 1;
insert into marts.police_detail (person_id, force)
select person_id, 'Force' from marts.person where person_id % 10 = 2;
insert into marts.anti_social_behaviour_detail (person_id, lead_agency)
select person_id, 'Agency' from marts.person where person_id % 10 = 2;
"""


def build(connection, children=5):
    """Make all marts anew, as a run of dbt would."""
    with connection.transaction():
        marts = connection.execute(
            "select built_in, mart, mart_columns from published.mart"
        ).fetchall()
        for schema, mart, columns in marts:
            names = {
                "built": sql.Identifier(schema, mart),
                "published": sql.Identifier("published", mart),
                "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
            }
            for statement in MAKE:
                connection.execute(sql.SQL(statement).format(**names))
        connection.execute("drop table if exists reference.service")
        connection.execute("drop table if exists intermediate.int_person__unioned cascade")
        connection.execute("create table reference.service (service text)")
        connection.execute("drop table if exists reference.feed")
        connection.execute("create table reference.feed (feed text, kind text)")
        connection.execute("drop table if exists wanted_service")
        connection.execute("create temporary table wanted_service (service text, feed text)")
        with connection.cursor() as cursor:
            cursor.executemany("insert into wanted_service values (%s, %s)", SERVICES)
            cursor.executemany(
                "insert into marts.sharing_agreement values (%s, %s, %s, %s, 'DSA')",
                [
                    (role, need_level, service, "Yes" if service in services else "No")
                    for role, need_level, services in AGREED
                    for service in FED
                    if service in services or service == "police"
                ],
            )
        connection.execute(FILL.format(children=children))


def play_night(connection, night):
    """Change one column in several marts, all to the same mark."""
    with connection.transaction():
        connection.execute("update marts.family_context set bases = %s", [f"night {night}"])
        connection.execute("update marts.service_coverage set looked_for = %s", [f"night {night}"])
        connection.execute("update marts.person set gender = %s", [f"night {night}"])


def start_run(connection, as_of_date="2026-01-31"):
    """A run in the ledger, which may publish until the next one starts."""
    return connection.execute(
        "insert into ledger.run (as_of_date) values (%s) returning run_id", [as_of_date]
    ).fetchone()[0]
