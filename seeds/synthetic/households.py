"""Households of grown-ups, and homes that people share who are no family."""

from seeds.synthetic import blocks


def couple(ward):
    """Two together; a grown child may never have left."""
    age = int(ward.random.triangular(21, 88, 58))
    her, him = blocks.pair(ward, age)
    if age > 52 and ward.random.random() < 0.25:  # a grown child who never left
        child = blocks.child_of(ward, her, him, ward.random.uniform(20, min(age - 22, 38)))
        blocks.house(ward, [her, him, child])
        ward.case("adult_child_at_home", [her, child])
    else:
        blocks.house(ward, [her, him])


def single(ward):
    """One person alone."""
    blocks.house(ward, [blocks.grown_up(ward, int(ward.random.triangular(19, 93, 55)))])


def siblings(ward):
    """Grown brothers and sisters share a home; one of them may have a child."""
    random = ward.random
    first = blocks.grown_up(ward, random.randint(22, 45))
    second = ward.person(
        random.choice("FM"), first.age(ward.anchor) - 3, first.tradition, first.family_name
    )
    ward.tie(first, "sibling", second, second.born)
    ward.tie(second, "sibling", first, second.born)
    people = [first, second]
    if first.sex == "F" and random.random() < 0.4:
        people += blocks.brood(ward, first, None, first.age(ward.anchor), count=1)
    blocks.house(ward, people)
    ward.case("adult_siblings", [first, second])


def with_lodger(ward):
    """A family and somebody who only rents a room."""
    random = ward.random
    age = random.randint(30, 55)
    her, him = blocks.pair(ward, age)
    children = blocks.brood(ward, her, him, age, count=random.choice((1, 2)))
    ward.group([her, him, *children])
    home = blocks.house(ward, [her, him, *children], "owned")
    lodger = blocks.grown_up(ward, random.randint(20, 60))
    ward.move(lodger, ward.places.elsewhere(), ward.ago(6))
    ward.move(lodger, home, max(home.occupied_from, ward.ago(random.uniform(0.2, 3))))
    ward.case("lodger", [lodger, her])


def shared_house(ward):
    """A house in multiple occupation: strangers behind one door."""
    random = ward.random
    home = ward.places.institution("hmo")
    people = []
    for _ in range(random.randint(3, 8)):
        person = blocks.grown_up(ward, random.randint(19, 48))
        ward.move(person, ward.places.elsewhere(), ward.ago(7))
        ward.move(person, home, ward.ago(random.uniform(0.1, 3)))
        people.append(person)
    home.occupied_from = ward.ago(3)
    ward.case("house_in_multiple_occupation", people)


def care_leaver(ward):
    """A young adult who was in care, in a first home."""
    random = ward.random
    person = blocks.grown_up(ward, random.uniform(18, 24.5))
    ward.move(person, ward.places.elsewhere(), ward.ago(9))
    blocks.house(ward, [person], "social", random.uniform(0.1, 3))
    ward.case("care_leaver", [person])


def two_families(ward):
    """Two mothers with children under one roof: sisters, or strangers who share the rent."""
    random = ward.random
    first = blocks.grown_up(ward, random.randint(24, 42), "F")
    kin = random.random() < 0.5
    second = blocks.grown_up(
        ward, first.age(ward.anchor) + random.randint(-4, 4), "F", first.tradition if kin else None
    )
    if kin:
        second.family_name = first.family_name
        ward.tie(first, "sibling", second, second.born)
        ward.tie(second, "sibling", first, second.born)
    families = [
        [mother, *blocks.brood(ward, mother, None, mother.age(ward.anchor))]
        for mother in (first, second)
    ]
    for family in families:
        ward.group(family)
    blocks.house(ward, [person for family in families for person in family], "private")
    ward.case("two_families", [first, second])


def sofa_surfer(ward):
    """A young person sleeps at a friend's, who lives with a family; services know the old home."""
    random = ward.random
    mother = blocks.grown_up(ward, random.randint(38, 52), "F")
    young = blocks.child_of(ward, mother, None, random.uniform(16, 19.9))
    friend_mother, friend_father = blocks.pair(ward, random.randint(38, 52))
    friend = blocks.child_of(ward, friend_mother, friend_father, young.age(ward.anchor) + 0.5)
    blocks.house(ward, [mother, young], blocks.deprived(ward), random.uniform(1, 9))
    blocks.house(ward, [friend_mother, friend_father, friend])
    ward.group([mother, young])
    ward.group([friend_mother, friend_father, friend])
    ward.move(young, friend.home, ward.ago(random.uniform(0.02, 0.4)))
    ward.case("sofa_surfer", [young])
