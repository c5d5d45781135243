"""How well the current database knows a child's family, against the truth of a synthetic council:

    python -m tests.benchmarks.family <truth folder>

Reads the mart family_member and the truth that the generator wrote beside the deliveries. A pair is
a child and an adult, or two children, whom some feed knows; it is true when they are kin, when one
is the other's carer or a parent's partner, or when they share a house or a flat now. Prints counts
and shares; shows nobody.
"""

import sys
from pathlib import Path

import psycopg

from orchestration import database
from tests.benchmarks import resolution

CHILD_AGE = "18 years"
TRUTH = {
    "stay": "person_id dwelling_id since until",
    "dwelling": "dwelling_id kind uprn flat building house street town postcode tenure is_in_area",
}
# whom each person of ours mostly is
PERSON = """
create temp table person as
select
    person_id,
    mode() within group (order by true_person_id) as true_person_id
from judged
group by person_id
"""
HELD = """
create temp table held as
select
    truth_person.person_id as id,
    truth_person.born::date as born
from truth_person
where truth_person.person_id in (select true_person_id from person)
"""
CLAIMED = """
create temp table claimed as
select
    family_member.child_id,
    child.true_person_id as child,
    member.true_person_id as member,
    family_member.relationship_group,
    family_member.relation,
    family_member.bases,
    family_member.member_order,
    held.born <= %(as_of)s::date - interval '18 years' as is_adult
from marts.family_member
inner join person as child on family_member.child_id = child.person_id
inner join person as member on family_member.member_id = member.person_id
inner join held on member.true_person_id = held.id
where child.true_person_id <> member.true_person_id
"""
HOME = """
create temp table home as
select
    truth_stay.person_id as id,
    truth_stay.dwelling_id,
    truth_dwelling.kind
from truth_stay
inner join truth_dwelling on truth_stay.dwelling_id = truth_dwelling.dwelling_id
where truth_stay.until is null
"""
# each kind of tie that makes somebody family, seen from the child
FAMILY = """
create temp table family as
with tie as (

    select
        related_person_id as one,
        person_id as another,
        kind
    from truth_family_tie
    where coalesce(until::date, 'infinity') > %(as_of)s::date

),

partner as (

    select one, another from tie where kind = 'partner'
    union
    select another as one, one as another from tie where kind = 'partner'

),

parent as (

    select one, another from tie where kind in ('mother', 'father')

),

related as (

    select one, another, kind from tie where kind <> 'partner'
    union
    select another, one, kind from tie where kind in ('sibling', 'half_sibling', 'twin')
    union
    select parent.one, partner.another, 'partner of a parent'
    from parent
    inner join partner on parent.another = partner.one
    union
    select one.id, another.id, 'shares the home'
    from home as one
    inner join home as another on one.dwelling_id = another.dwelling_id and one.id <> another.id
    where one.kind in ('house', 'flat')

)

select
    related.one as child,
    related.another as member,
    related.kind,
    adult.born <= %(as_of)s::date - interval '18 years' as is_adult
from related
inner join held as child on related.one = child.id
inner join held as adult on related.another = adult.id
where
    child.born > %(as_of)s::date - interval '18 years'
    and related.one in (select claimed.child from claimed)
"""
# the whole of kin and their partners, also those whom nobody would call family of a child: a claim
# of one is no error
KIN = """
create temp table kin as
with recursive partner as (

    select person_id as one, related_person_id as another
    from truth_family_tie
    where kind = 'partner' and coalesce(until::date, 'infinity') > %(as_of)s::date
    union
    select related_person_id, person_id
    from truth_family_tie
    where kind = 'partner' and coalesce(until::date, 'infinity') > %(as_of)s::date

),

parent as (

    select person_id as elder, related_person_id as younger
    from truth_family_tie
    where kind in ('mother', 'father')

),

elder as (

    select younger as id, elder as ancestor, 1 as steps from parent
    union
    select elder.id, parent.elder, elder.steps + 1
    from elder
    inner join parent on elder.ancestor = parent.younger
    where elder.steps < 3

),

rooted as (

    select id, ancestor from elder
    union
    select id, id from held

),

blood as (

    select distinct
        one.id as child,
        another.id as member
    from rooted as one
    inner join rooted as another on one.ancestor = another.ancestor and one.id <> another.id

)

select child, member from blood
union
select blood.child, partner.another
from blood
inner join partner on blood.member = partner.one and blood.child <> partner.another
union
select child, member from family
union
select related_person_id, person_id from truth_family_tie
union
select one.id, another.id
from truth_hard_case as hard_case
cross join unnest(string_to_array(hard_case.person_ids, ' ')) as one (id)
cross join unnest(string_to_array(hard_case.person_ids, ' ')) as another (id)
where hard_case.kind = 'extended_family' and one.id <> another.id
"""
PAIRS = """
with truly as (

    select distinct child, member from family
    where is_adult = %(is_adult)s and kind = any(%(kinds)s)

),

said as (

    select distinct child, member from claimed where is_adult = %(is_adult)s

)

select
    (select count(*) from truly),
    (select count(*) from said),
    (select count(*) from said inner join kin using (child, member)),
    (select count(*) from truly inner join said using (child, member))
"""
RECALL = """
select
    family.kind,
    count(*),
    count(said.child)
from family
left join (select distinct child, member from claimed) as said
    on family.child = said.child and family.member = said.member
where family.is_adult = %s
group by family.kind
order by 2 desc
"""
PRECISION = """
select
    {0},
    count(*),
    count(kin.child)
from claimed
left join kin on claimed.child = kin.child and claimed.member = kin.member
group by 1
order by 2 desc
"""
# what a relation says must be so: nobody may be called a parent who is none
WRONG_KIN = """
select
    relationship_group,
    count(*),
    count(*) filter (
        where not exists (
            select from family
            where
                family.child = claimed.child
                and family.member = claimed.member
                and family.kind = any(%(kinds)s)
        )
    )
from claimed
where relationship_group = %(relationship_group)s
group by relationship_group
"""
CALLED = {
    "parent": ["mother", "father", "step_parent"],
    "grandparent": [
        "maternal_grandmother", "maternal_grandfather", "paternal_grandmother",
        "paternal_grandfather",
    ],
    "sibling": ["sibling", "half_sibling", "twin"],
    "carer": [
        "carer", "foster_carer", "maternal_grandmother", "maternal_grandfather",
        "paternal_grandmother", "paternal_grandfather",
    ],
    "parent_partner": ["partner of a parent", "step_parent"],
}  # fmt: skip
NEAR = ["mother", "father", "step_parent", "carer", "foster_carer", "shares the home"]
WRONG_HOME = """
select
    coalesce(child_home.kind, 'nowhere'),
    count(*),
    count(*) filter (where child_home.dwelling_id = member_home.dwelling_id)
from claimed
left join home as child_home on claimed.child = child_home.id
left join home as member_home on claimed.member = member_home.id
left join kin on claimed.child = kin.child and claimed.member = kin.member
where claimed.relationship_group = 'household_member' and kin.child is null
group by 1
order by 2 desc
"""
COUNTS = {
    "children": "select count(distinct child_id) from marts.family_member",
    "members": "select count(*) from marts.family_member where relation <> 'self'",
    "children without any adult": """
        select count(*)
        from (
            select child_id
            from marts.family_member
            left join person on family_member.member_id = person.person_id
            left join held on person.true_person_id = held.id
            group by child_id
            having not bool_or(coalesce(held.born <= %(as_of)s::date - interval '18 years', false))
        ) as alone""",
    "members shown twice to one child": """
        select count(*) - count(distinct (child_id, member)) from claimed""",
    "children who are two people here": """
        select count(*)
        from (
            select child from claimed group by child having count(distinct child_id) > 1
        ) as split""",
    "first adult is none of the near ones": """
        select count(*)
        from (
            select distinct on (child) child, member from claimed
            where is_adult order by child, member_order
        ) as first_adult
        where not exists (
            select from family
            where family.child = first_adult.child and family.member = first_adult.member
        )""",
    "people in a refuge with a home shown": """
        select count(distinct person.true_person_id)
        from marts.household_member
        inner join person on household_member.person_id = person.person_id
        inner join home on person.true_person_id = home.id
        where home.kind = 'refuge'""",
    "homes of a refuge shown": """
        select count(*)
        from marts.household
        inner join truth_dwelling
            on
                truth_dwelling.kind = 'refuge'
                and (
                    household.uprn = truth_dwelling.uprn
                    or (
                        household.postcode = truth_dwelling.postcode
                        and household.address_text ilike '%%' || truth_dwelling.house || ' '
                        || truth_dwelling.street || '%%'
                    )
                )""",
}


def main(truth):
    """Print the figures of the current database."""
    database.ensure_running()
    with psycopg.connect("") as connection:
        as_of = prepare(connection, Path(truth))
        for what, query in COUNTS.items():
            print(f"{what:40}{connection.execute(query, as_of).fetchone()[0]:>10,}")
        print(
            f"\n{'':40}{'true':>10}{'claimed':>10}{'correct':>10}{'found':>10}  precision  recall"
        )
        for what, is_adult, kinds in (
            ("child and adult", True, NEAR),
            ("child and child", False, [*CALLED["sibling"], "shares the home"]),
        ):
            found = connection.execute(PAIRS, {"is_adult": is_adult, "kinds": kinds}).fetchone()
            true, claimed, correct, hit = found
            print(
                f"{what:40}"
                + "".join(f"{count:>10,}" for count in found)
                + f"{share(correct, claimed)}{share(hit, true)}"
            )
        for is_adult, what in ((True, "adults"), (False, "children")):
            print(f"\n{what} of a family, by kind: true, found")
            table(connection, RECALL, [is_adult])
        print("\nmembers by kind: claimed, of them family of some kind")
        table(connection, PRECISION.format("claimed.relationship_group"))
        print("\nmembers by grounds: claimed, of them family of some kind")
        table(connection, PRECISION.format(
            "regexp_replace(claimed.bases, 'through [a-z ]+ \\(', 'through (', 'g')"
        ))  # fmt: skip
        print("\ncalled so: claimed, of them true")
        for group, kinds in CALLED.items():
            for name, count, wrong in connection.execute(
                WRONG_KIN, {"relationship_group": group, "kinds": kinds}
            ):
                print(f"    {name:58}{count:>8,}{count - wrong:>8,}{share(count - wrong, count)}")
        print("\nhousehold members who are no family, by the child's true home: all, living there")
        table(connection, WRONG_HOME)


def prepare(connection, folder):
    """What is true and what is claimed, as temporary tables; the parameters of the queries."""
    resolution.load(connection, folder)
    resolution.copy(connection, folder, TRUTH)
    as_of = {"as_of": connection.execute("select max(since) from truth_stay").fetchone()[0]}
    for statement in (PERSON, HELD, HOME, CLAIMED, FAMILY, KIN):
        connection.execute(statement, as_of)
    connection.execute("analyze")
    return as_of


def table(connection, query, parameters=None):
    """Counts, and the share that the second is of the first."""
    for name, count, hit in connection.execute(query, parameters):
        print(f"    {str(name)[:56]:58}{count:>8,}{hit:>8,}{share(hit, count)}")


def share(part, whole):
    """A share, or a dash where there is nothing to share."""
    return f"{part / whole:>10.4f}" if whole else f"{'-':>10}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
