"""How well the current database knows a child's family, against the truth of a synthetic council:

    python -m tests.benchmarks.family <truth folder>            the whole report
    python -m tests.benchmarks.family <truth folder> --basis    each basis as CSV, and nothing else
    python -m tests.benchmarks.family <truth folder> --floor    raise the floor (size S, seed 1)

Reads the marts and the truth that the generator wrote beside the deliveries: what is true is in
tests/family/truth.sql, what is measured in tests/family/measures.sql. Only whom a service knows
can be missed; anybody can be shown wrongly. Shares come with the 95 % interval of Wilson. Prints
counts; shows nobody.
"""

import csv
import sys
from math import ceil, floor, sqrt
from pathlib import Path

import psycopg

from orchestration import database
from tests.benchmarks import resolution

SQL = Path(__file__).parents[1] / "family"
FLOOR = SQL / "floor.csv"
ALLOWANCE = 0.005  # between a measure and its floor: another feed's change moves it a little
FEWER_IS_BETTER = ("stranger", "twice", "no adult", "held as two")
TRUTH = {
    "stay": "person_id dwelling_id since until",
    "dwelling": "dwelling_id kind uprn flat building house street town postcode tenure is_in_area",
}
COUNTS = """
select 'children', count(distinct child_id) from marts.family_member
union all
select 'of them known to social care or early help', count(*) from child where is_known
union all
select 'members', count(*) from marts.family_member where relation <> 'self'
"""
ADULTS = ["mother", "father", "step_parent", "carer", "special_guardian", "foster_carer"]
# pairs of a known child and an adult, true and claimed, for any part of either
PAIRS = """
with truly as (

    select distinct child, member, way
    from family
    inner join way using (child)
    inner join child on family.child = child.id
    where
        is_known
        and is_adult
        and is_of_service
        and (kind = any(%(adults)s) or kind = 'shares the home')

),

said as (

    select distinct child, member, way, is_kin
    from claimed
    inner join way using (child)
    where is_known and is_adult

)

select
    way,
    count(distinct coalesce(truly.child, said.child)),
    count(*) filter (where truly.child is not null and said.child is not null),
    count(*) filter (where truly.child is not null),
    count(*) filter (where said.is_kin),
    count(*) filter (where said.child is not null)
from truly
full join said using (child, member, way)
group by way
order by 2 desc
"""
BY_KIND = """
select
    family.kind,
    count(said.child),
    count(*)
from family
inner join child on family.child = child.id and child.is_known
left join (select distinct child, member from claimed) as said
    on family.child = said.child and family.member = said.member
where family.is_adult and family.is_of_service
group by family.kind
order by 3 desc
"""
CALLED = """
select
    relationship_group,
    count(*) filter (where is_kin),
    count(*)
from claimed
where is_known and is_adult
group by relationship_group
order by 3 desc
"""
# what a basis says, and what it says where no other says it
BASIS = """
with pair as (

    select
        *,
        count(*) over (partition by child, member) as bases
    from stated
    where is_adult

)

select
    basis,
    count(*) filter (where is_kin),
    count(*),
    count(*) filter (where is_kin and bases = 1),
    count(*) filter (where bases = 1)
from pair
group by basis
order by 3 desc
"""
BASELINES = """
with method as (

    select method, child, member from baseline
    union
    select 'all of it, as shown', child, member from claimed

),

truly as (

    select distinct child, member
    from family
    inner join child on family.child = child.id
    where
        is_known
        and is_adult
        and is_of_service
        and (kind = any(%(adults)s) or kind = 'shares the home')

)

select
    method.method,
    count(truly.child),
    (select count(*) from truly),
    count(kin.child),
    count(*),
    count(distinct truly.child)
from method
inner join held on method.member = held.id and held.is_adult
inner join child on method.child = child.id and child.is_known
left join truly on method.child = truly.child and method.member = truly.member
left join kin on method.child = kin.child and method.member = kin.member
group by method.method
order by 2
"""


def main(truth, part=None):
    """Print the figures of the current database."""
    database.ensure_running()
    with psycopg.connect("") as connection:
        prepare(connection, Path(truth))
        if part == "--basis":
            bases(connection)
            return
        if part == "--floor":
            write_floor(connection)
            return
        for what, count in connection.execute(COUNTS):
            print(f"{what:60}{count:>9,}")
        measured = connection.execute("select * from measured order by population desc, measure")
        before = None
        for population, measure, hit, whole in measured:
            if population != before:
                print(f"\n{population}")
                before = population
            print(f"  {measure:58}{hit:>9,}{share(hit, whole)}")
        adults = {"adults": ADULTS}
        print("\nchild and adult, by the way the family lives: children, recall, precision")
        for way, children, found, true, correct, claimed in connection.execute(PAIRS, adults):
            print(f"  {way:44}{children:>7,}{share(found, true)}{share(correct, claimed)}")
        print("\nadults of known children, by what they truly are: found")
        table(connection, BY_KIND)
        print("\nadults of known children, by what they are called: kin of any degree")
        table(connection, CALLED)
        print("\nthe same children by plainer ways of looking: recall, precision, with an adult")
        for method, found, true, correct, claimed, children in connection.execute(
            BASELINES, adults
        ):
            print(f"  {method:46}{share(found, true)}{share(correct, claimed)}{children:>8,}")
        print("\neach basis: pairs with an adult of all children, precision; and where it is alone")
        for basis, correct, claimed, alone_correct, alone in connection.execute(BASIS):
            print(f"  {basis:18}{share(correct, claimed)}   alone{share(alone_correct, alone)}")


def prepare(connection, folder):
    """What is true, what is claimed and what is measured, as temporary tables."""
    resolution.load(connection, folder)
    resolution.copy(connection, folder, TRUTH)
    for name in ("truth", "measures"):
        connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def bases(connection):
    """Each basis with its precision, for the seed that says how far a basis is believed."""
    print("basis,pairs,correct,precision,low,high,alone_pairs,alone_correct,alone_low,alone_high")
    for basis, correct, pairs, alone_correct, alone in connection.execute(BASIS):
        low, high = interval(correct, pairs)
        alone_low, alone_high = interval(alone_correct, alone)
        print(
            f"{basis},{pairs},{correct},{correct / pairs:.4f},{low:.4f},{high:.4f},"
            f"{alone},{alone_correct},{alone_low:.4f},{alone_high:.4f}"
        )


def floors():
    """The least and the most that each measure may be, by population and name."""
    with FLOOR.open(encoding="utf-8") as file:
        return {
            (row["population"], row["measure"]): (float(row["least"]), float(row["most"]))
            for row in csv.DictReader(file)
        }


def write_floor(connection):
    """Commit to what is measured now. A floor that was higher stays."""
    before = floors() if FLOOR.exists() else {}
    shares = "select * from measured where whole is not null order by population desc, measure"
    with FLOOR.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("population", "measure", "least", "most"))
        for population, measure, hit, whole in connection.execute(shares):
            least, most = before.get((population, measure), (0.0, 1.0))
            if any(word in measure for word in FEWER_IS_BETTER):
                most = min(most, ceil((hit / whole + ALLOWANCE) * 1000) / 1000)
            else:
                least = max(least, floor((hit / whole - ALLOWANCE) * 1000) / 1000)
            rows.writerow((population, measure, least, most))


def table(connection, query):
    """A name, and the share that the first count is of the second."""
    for name, hit, whole in connection.execute(query):
        print(f"  {name:44}{share(hit, whole)}")


def share(hit, whole):
    """A share, of how many, and between which two it lies."""
    if whole is None:
        return ""
    low, high = interval(hit, whole)
    return f"{hit / whole if whole else 0:>8.4f} of {whole:>7,} ({low:.3f}–{high:.3f})"


def interval(hit, whole):
    """The 95 % interval of a share after Wilson; everything is possible where nothing was seen."""
    if not whole:
        return 0.0, 1.0
    z, p = 1.96, hit / whole
    middle, spread = p + z * z / (2 * whole), z * sqrt(p * (1 - p) / whole + (z / (2 * whole)) ** 2)
    scale = 1 + z * z / whole
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--basis"], ["--floor"]):
        sys.exit(__doc__)
    main(*sys.argv[1:])
