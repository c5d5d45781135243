"""Children whom others bring up: grandparents, kin, guardians, foster carers, adopters."""

from seeds.synthetic import blocks


def grandparent_carers(ward):
    """Grandparents bring the children up; the mother lives elsewhere."""
    random = ward.random
    age = random.randint(44, 68)
    grandmother, grandfather = blocks.pair(ward, age)
    mother = blocks.child_of(ward, grandmother, grandfather, age - random.randint(18, 28), "F")
    children = blocks.brood(
        ward, mother, None, mother.age(ward.anchor), oldest=random.uniform(1, 14)
    )
    ward.group([mother, *children])
    home = blocks.house(
        ward, [grandmother, grandfather], blocks.deprived(ward), random.uniform(8, 25)
    )
    before = ward.places.formerly_lived_in(ward.ago(2))
    taken = ward.ago(random.uniform(0.4, 5))
    for person in (mother, *children):
        ward.move(person, before, max(person.born, ward.ago(8)))
    for child in children:
        ward.move(child, home, max(taken, child.born))
        ward.tie(grandmother, "carer", child, max(taken, child.born))
    ward.move(
        mother,
        ward.places.vacant("private") if random.random() < 0.6 else ward.places.elsewhere(),
        taken,
    )
    ward.case("grandparent_carer", [grandmother, *children])


def kinship_carers(ward):
    """An aunt or a grown sister or brother brings the children up; some by order of a court."""
    random = ward.random
    grandmother = blocks.grown_up(ward, random.randint(60, 75), "F")
    mother = blocks.child_of(ward, grandmother, None, random.uniform(38, 42), "F")
    children = blocks.brood(ward, mother, None, 38, oldest=random.uniform(2, 14))
    blocks.house(ward, [grandmother])
    blocks.house(ward, [mother, *children], blocks.deprived(ward), random.uniform(5, 9))
    taken = ward.ago(random.uniform(0.3, 4))
    if random.random() < 0.6:
        kind = "aunt"
        carer = blocks.child_of(ward, grandmother, None, random.uniform(26, 44), "F")
    else:
        kind = "grown sibling"
        carer = blocks.child_of(ward, mother, None, random.uniform(19, 22))
    partner = blocks.grown_up(ward, carer.age(ward.anchor) + 1, "M" if carer.sex == "F" else "F")
    ward.tie(partner, "partner", carer, ward.ago(6))
    blocks.house(ward, [carer, partner], years=random.uniform(4.5, 9))
    guardian = random.random() < 0.5
    for child in children:
        since = max(taken, child.born)
        if kind == "aunt":
            ward.tie(carer, kind, child, child.born)
        ward.tie(carer, "special_guardian" if guardian else "carer", child, since)
        ward.move(child, carer.home, since)
    ward.group([mother, *children])
    ward.case("special_guardian" if guardian else "kinship_carer", [carer, *children])


def foster_home(ward):
    """Carers who are no relations, children of two mothers, one of whom may be back with hers."""
    random = ward.random
    carer, partner = blocks.pair(ward, random.randint(38, 60))
    blocks.house(ward, [carer, partner], "owned", random.uniform(5, 20))
    if random.random() < 0.2:
        away = ward.places.elsewhere()
        for person in (carer, partner):
            ward.move(person, away, ward.ago(4.5))
    for _ in range(random.choice((1, 1, 2))):
        mother = blocks.grown_up(ward, random.randint(22, 40), "F")
        (child,) = blocks.brood(
            ward, mother, None, mother.age(ward.anchor), oldest=random.uniform(1, 15), count=1
        )[:1]
        blocks.house(ward, [mother, *mother.children], "social", random.uniform(5, 8))
        placed = max(ward.ago(random.uniform(0.1, 3)), child.born)
        back = placed + (ward.anchor - placed) / 2 if random.random() < 0.25 else None
        for child in mother.children:
            ward.move(child, carer.home, placed)
            ward.tie(carer, "foster_carer", child, placed, back)
            if back:
                ward.move(child, mother.home, back)
        ward.group([mother, *mother.children])
        ward.case("back_from_care" if back else "looked_after", mother.children)


def adopters(ward):
    """A child of another family, with another name and other numbers since.

    The two are one child and two people: nothing may lead from the one to the other.
    """
    random = ward.random
    mother = blocks.grown_up(ward, random.randint(22, 34), "F")
    father = blocks.grown_up(ward, random.randint(22, 36), "M", mother.tradition)
    before = blocks.child_of(ward, mother, father, random.uniform(1.5, 7.5))
    kept = blocks.child_of(ward, mother, father, random.uniform(0.1, 5))
    blocks.house(ward, [mother, kept], "social", random.uniform(7.6, 9))
    ward.move(father, ward.places.vacant("private"), ward.ago(3))
    placed = before.born + (ward.anchor - before.born) * 0.3
    adopted = before.born + (ward.anchor - before.born) * random.uniform(0.5, 0.9)
    ward.move(before, mother.home, before.born)
    ward.move(before, ward.places.formerly_lived_in(adopted), placed, adopted)

    sexes = random.choices(("FM", "FF", "MM"), (80, 10, 10))[0]
    one, other = blocks.pair(ward, random.randint(32, 48), sexes=sexes)
    after = blocks.child_of(
        ward, one, other, 0, before.sex, before.born,
        before.given_name if random.random() < 0.8 else None,
    )  # fmt: skip
    blocks.house(ward, [one, other], "owned", random.uniform(7.6, 20))
    ward.move(after, one.home, adopted)
    ward.group([mother, before, kept])
    ward.group([one, other, after])
    ward.case("adopted", [before, after])
    before.mark("left_by_adoption")
    after.mark("came_by_adoption")
    if sexes == "MM":
        ward.case("two_fathers", [one, other])
