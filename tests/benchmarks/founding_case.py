"""The case that began it all, twenty times: a referral, an address match, our list, and the truth.

    python -m tests.benchmarks.founding_case <truth folder>

In the alpha's live test a referral named 16 people, the prototype found 21 by address, and after
eleven days the social workers knew of 23. The synthetic council has such families: 23 people around
a child in eight homes, one of them outside the council. Here a referral names 16 of them, those who
live with the child first. The prototype has these names and whoever shares an exact address with
one of them. Ours is read twice: the child's own list, which starts from the child alone, and, as
the prototype, from all names: their lists, ties and households. The others are no kin of the child.
Prints counts; shows nobody. Twenty sets prove little.
"""

import sys
from pathlib import Path
from random import Random
from statistics import mean

import psycopg

from orchestration import database
from tests.benchmarks import family

SETS, PEOPLE, NAMED, AT_HOME = 20, 23, 16, 7
HEADINGS = ("referral", "prototype", "others", "our list", "others", "our names", "others", "held")
CASES = """
select string_to_array(person_ids, ' ')
from truth_hard_case
where kind = 'extended_family'
order by person_ids
"""
HELD = "select id from held where is_of_service"
LIST = "select distinct member from claimed where child = %(child)s"
KIN = "select member from kin where child = %(child)s"
ADDRESS = """
with address as (

    select
        person.true_person_id as id,
        upper(address.address_text) as address_text
    from intermediate.int_address__standardised as address
    inner join judged on address.record_id = judged.record_id
    inner join person on judged.person_id = person.person_id
    where address.ended_on is null and coalesce(address.address_type, '') <> 'previous'

)

select distinct other.id
from address
inner join address as other on address.address_text = other.address_text
where address.id = any(%(named)s)
"""
# all whom the marts show beside these people
SHOWN = """
with named as (

    select person_id from person where true_person_id = any(%(named)s)

),

shown as (

    select family_member.member_id as person_id
    from marts.family_member
    inner join named on family_member.child_id = named.person_id
    union
    select tie.related_person_id
    from marts.person_relationship as tie
    inner join named on tie.person_id = named.person_id
    where tie.ended_on is null and tie.basis <> 'family_number'
    union
    select other.person_id
    from marts.household_member
    inner join named on household_member.person_id = named.person_id
    inner join marts.household
        on
            household_member.household_id = household.household_id
            and household.household_type = 'private'
    inner join marts.household_member as other
        on household_member.household_id = other.household_id
    where household_member.is_current = 'Yes' and other.is_current = 'Yes'

)

select distinct person.true_person_id
from shown
inner join person on shown.person_id = person.person_id
"""


def main(truth):
    """Print one line a set, and the means."""
    database.ensure_running()
    with psycopg.connect("") as connection:
        family.prepare(connection, Path(truth))
        held = asked(connection, HELD)
        cases = [people for (people,) in connection.execute(CASES)][:SETS]
        print(" set" + "".join(f"{heading:>11}" for heading in HEADINGS))
        lines = []
        for number, people in enumerate(cases, start=1):
            child, around = people[0], set(people)
            named = referral(people, Random(number))
            known = list(named & held)
            kin = around | asked(connection, KIN, child=child)
            found = (
                named & held | asked(connection, ADDRESS, named=known),
                {child} | asked(connection, LIST, child=child),
                named & held | asked(connection, SHOWN, named=known),
            )
            counts = [count for who in found for count in (len(around & who), len(who - kin))]
            lines.append((len(named), *counts, len(around & held)))
            print(f"{number:4}" + "".join(f"{count:11}" for count in lines[-1]))
        columns = list(zip(*lines, strict=True))
        print("mean" + "".join(f"{mean(column):11.1f}" for column in columns))
        print(f"\nof {PEOPLE} people, in {len(cases)} sets:")
        for place in (0, 1, 3, 5):
            hit, whole = sum(columns[place]), PEOPLE * len(cases)
            print(f"  {HEADINGS[place]:12}{family.share(hit, whole)}")


def asked(connection, query, **values):
    """The people whom a query yields."""
    return {person for (person,) in connection.execute(query, values)}


def referral(people, random):
    """The child, and fifteen more: those who live there are three times as likely to be named."""
    child, *others = people
    weights = [3 if place < AT_HOME - 1 else 1 for place in range(len(others))]
    keys = [random.random() ** (1 / weight) for weight in weights]
    ranked = sorted(zip(keys, others, strict=True), reverse=True)
    return {child, *(person for _, person in ranked[: NAMED - 1])}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
