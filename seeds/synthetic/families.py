"""Families and households of a ward: one function per way of living, with how common it is.

A function makes people, says whose child is whose, and houses them through time: parents part,
new partners move in, grandparents take over, children grow up and stay, lodgers come.
"""

from datetime import timedelta

from seeds.synthetic import names


def fill(ward, residents: int) -> None:
    """Make households until the ward has its residents; then those who left or are from outside."""
    random = ward.random
    for institution in INSTITUTIONS:
        institution(ward)
    kinds, weights = list(HOUSEHOLDS), list(HOUSEHOLDS.values())
    living = counted = 0
    while living < residents:
        random.choices(kinds, weights)[0](ward)
        living += sum(
            1 for person in ward.people[counted:] if person.home and person.home.is_in_area
        )
        counted = len(ward.people)
    for _ in range(residents // 30):
        moved_away(ward)
    for _ in range(residents // 9):
        outsider(ward)
    namesakes(ward, residents // 60)


# Building blocks


def grown_up(ward, age, sex=None, tradition=None):
    """Somebody old enough to live alone."""
    tradition = tradition or names.tradition(ward.random)
    return ward.person(sex or ward.random.choice("FM"), age, tradition)


def pair(ward, age, years_together=None, tradition=None):
    """A woman and a man together; half the women who married took his name, and some since."""
    random = ward.random
    her = grown_up(ward, age, "F", tradition)
    tradition = her.tradition if random.random() < 0.9 else names.tradition(random)
    him = grown_up(ward, max(17, age + random.choice((-3, -1, 0, 1, 2, 2, 4, 6))), "M", tradition)
    years = years_together if years_together is not None else min(age - 17, random.expovariate(0.1))
    since = ward.ago(max(years, 0.2))
    if (
        random.random() < 0.55
        and her.tradition == him.tradition
        and her.tradition not in names.SOUTH_ASIAN
    ):
        her.former_family_name = her.family_name
        her.family_name = names.as_borne(him.family_name, her.tradition, "F")
        her.renamed_on = since
    ward.tie(her, "partner", him, since)
    return her, him


def child_of(ward, mother, father, age, sex=None, born=None, given_name=None):
    """A child of these parents, mostly with the father's family name."""
    random = ward.random
    sex = sex or random.choice("FM")
    source = father if father and random.random() < 0.82 else mother
    family_name = source.family_name
    if source.family_name in ("Begum", "Bibi", "Khatun", "Akter", "Kausar", "Parveen") and father:
        family_name = father.family_name
    if father and sex == "M" and given_name is None and random.random() < 0.02:
        given_name = father.given_name
    child = ward.person(sex, age, (mother or father).tradition, family_name, given_name, born)
    child.mother, child.father = mother, father
    for parent in (mother, father):
        if parent:
            parent.children.append(child)
    if father and given_name == father.given_name and child.family_name == father.family_name:
        ward.case("father_and_son", [father, child])
    return child


def brood(ward, mother, father, mother_age, oldest=None, count=None):
    """Children of two parents, spaced by years; sometimes twins, sometimes the same initial."""
    random = ward.random
    count = count or random.choices((1, 2, 3, 4, 5), (44, 37, 13, 4, 2))[0]
    youngest = min(mother_age, father.age(ward.anchor)) if father else mother_age
    latest = max(youngest - 16, 0.5)
    age = min(oldest if oldest is not None else random.uniform(0, 17.5), latest)
    children = []
    while len(children) < count and age >= 0:
        if random.random() < 0.014:
            children += twins(ward, mother, father, age)
        else:
            children.append(child_of(ward, mother, father, age))
        age -= random.choice((1.3, 2, 2, 3, 4, 6))
    if len(children) > 1 and random.random() < 0.08:
        ward.case("same_initial", children[:2])
    return children


def twins(ward, mother, father, age):
    """Two children of one birth; some with names that a clerk takes for one another."""
    random = ward.random
    born = ward.birth_date(age, mother.tradition)
    sex = random.choice("FM")
    if random.random() < 0.4:
        given = names.twins(sex, random)
        both = [child_of(ward, mother, father, age, sex, born, name) for name in given]
        ward.case("near_identical_twins", both)
    else:
        both = [child_of(ward, mother, father, age, born=born) for _ in range(2)]
        while both[1].given_name == both[0].given_name:
            both[1].given_name = names.given(mother.tradition, both[1].sex, born.year, random)
        ward.case("twins", both)
    return both


def unborn(ward, mother, father):
    """A child expected within months: a mother, an expected day, and no name yet."""
    born = ward.anchor + timedelta(days=ward.random.randint(5, 200))
    child = child_of(ward, mother, father, 0, born=born, given_name="Unborn")
    child.family_name = mother.family_name
    ward.case("unborn", [child])
    return child


def parents_of(ward, person, in_area=0.6):
    """The grandparents, in a home of their own, so that older households belong to families."""
    random = ward.random
    age = person.age(ward.anchor) + random.randint(20, 34)
    if age > 93:
        return []
    her, him = pair(ward, age, tradition=person.tradition, years_together=age - 22)
    person.mother, person.father = her, him
    her.children.append(person)
    him.children.append(person)
    if person.sex == "M" or not person.former_family_name:
        him.family_name = names.as_borne(person.family_name, person.tradition, "M")
    else:
        him.family_name = names.as_borne(person.former_family_name, person.tradition, "M")
    if her.former_family_name:
        her.family_name = names.as_borne(him.family_name, her.tradition, "F")
    if age > 70 and random.random() < 0.4:
        widowed = him if random.random() < 0.65 else her
        widowed.died = ward.ago(random.uniform(0.1, 8))
        ward.case("died", [widowed])
    if random.random() < in_area:
        house(ward, [her, him], years=random.uniform(3, 30))
    else:
        home = ward.places.elsewhere()
        for grandparent in (her, him):
            ward.move(grandparent, home, ward.ago(20))
    return [her, him]


def house(ward, people, tenure=None, years=None):
    """House these people together; the dead have left and the unborn have not come."""
    living = [person for person in people if person.born <= ward.anchor]
    home = ward.settle(living, tenure, years)
    for person in people:
        if person.died:
            person.stays[-1].end = max(person.died, person.stays[-1].start)
        if person.born > ward.anchor and person.mother:
            person.stays = []
    return home


def deprived(ward):
    """The tenure of a household with little money."""
    return ward.random.choices(("owned", "private", "social"), (15, 35, 50))[0]


# Households with children


def two_parents(ward):
    """Both parents and their children."""
    random = ward.random
    age = random.randint(24, 52)
    her, him = pair(ward, age)
    children = brood(ward, her, him, age)
    if random.random() < 0.02:
        children.append(unborn(ward, her, him))
    ward.group([her, him, *children])
    house(ward, [her, him, *children])
    with_grandparents(ward, her, him)


def with_grandparents(ward, *parents):
    """Some parents have their own parents in reach."""
    for parent in parents:
        if ward.random.random() < 0.3:
            parents_of(ward, parent)


def separated(ward):
    """They lived together, then parted: he has a home of his own, and some a new partner."""
    random = ward.random
    age = random.randint(25, 48)
    her, him = pair(ward, age)
    children = brood(ward, her, him, age, oldest=random.uniform(3, 17))
    ward.ties[-1].until = parted = ward.ago(
        random.uniform(0.3, min(8, children[0].age(ward.anchor) + 0.5))
    )
    ward.group([her, him, *children])
    together = ward.places.formerly_lived_in(parted)
    for person in (her, him, *children):
        ward.move(
            person,
            together,
            ward.ago(random.uniform(9, 14)) if person in (her, him) else person.born,
        )
    home, years = deprived(ward), (ward.anchor - parted).days / 365.2425
    dwelling = ward.places.vacant(home)
    dwelling.occupied_from = parted
    ward.places.occupied.append(dwelling)
    for person in (her, *children):
        ward.move(person, dwelling, parted)
    away = (
        ward.places.vacant(random.choice(("private", "social"))) if random.random() < 0.75 else None
    )
    ward.move(him, away or ward.places.elsewhere(), parted + timedelta(days=random.randint(0, 60)))
    ward.case("separated_parents", [her, him])
    if random.random() < 0.3 and years > 1:
        new_partner(ward, her, dwelling, parted)
    if random.random() < 0.35 and away and years > 1:
        new_partner(ward, him, away, parted)
    with_grandparents(ward, her, him)


def new_partner(ward, parent, dwelling, parted):
    """Somebody who moves in with a parent after the parting, and may have a child with them."""
    random = ward.random
    days = (ward.anchor - parted).days
    since = parted + timedelta(days=random.randint(days // 6, max(days - 60, days // 6 + 1)))
    sex = "F" if parent.sex == "M" else "M"
    partner = grown_up(ward, max(20, parent.age(ward.anchor) + random.randint(-6, 6)), sex)
    ward.move(partner, ward.places.formerly_lived_in(since), ward.ago(days / 365 + 3))
    ward.move(partner, dwelling, since)
    ward.tie(partner, "partner", parent, since)
    for child in parent.children:
        ward.tie(partner, "step_parent", child, since)
    ward.case("new_partner", [parent, partner])
    together = (ward.anchor - since).days / 365.2425
    if together > 1 and random.random() < 0.45:
        mother, father = (parent, partner) if parent.sex == "F" else (partner, parent)
        child = child_of(ward, mother, father, random.uniform(0, together - 0.8))
        ward.move(child, dwelling, child.born)
        ward.case("half_sibling", [child, parent.children[0]])
    return partner


def lone_mother(ward):
    """Nobody recorded a father, or he is far away."""
    random = ward.random
    age = random.randint(18, 46)
    her = grown_up(ward, age, "F")
    him = grown_up(ward, age + 2, "M", her.tradition) if random.random() < 0.4 else None
    children = brood(ward, her, him, age)
    if him:
        ward.move(him, ward.places.elsewhere(), ward.ago(random.uniform(1, 12)))
    if random.random() < 0.03:
        children.append(unborn(ward, her, him))
    ward.group([her, *children])
    house(ward, [her, *children], deprived(ward))
    with_grandparents(ward, her)


def lone_father(ward):
    """A father alone: she left, or died."""
    random = ward.random
    age = random.randint(28, 50)
    him, her = grown_up(ward, age, "M"), None
    if random.random() < 0.6:
        her = grown_up(ward, age - 1, "F", him.tradition)
        ward.move(her, ward.places.elsewhere(), ward.ago(random.uniform(1, 6)))
    if her is None:
        her = grown_up(ward, age - 1, "F", him.tradition)
        her.died = ward.ago(random.uniform(0.5, 4))
        ward.move(her, ward.places.elsewhere(), ward.ago(9), her.died)
        ward.case("died", [her])
    children = brood(ward, her, him, age, oldest=random.uniform(5, 17))
    ward.group([him, *children])
    house(ward, [him, *children], deprived(ward))


def grandparent_carers(ward):
    """Grandparents bring the children up; the mother lives elsewhere."""
    random = ward.random
    age = random.randint(44, 68)
    grandmother, grandfather = pair(ward, age)
    mother = child_of(ward, grandmother, grandfather, age - random.randint(18, 28), "F")
    children = brood(ward, mother, None, mother.age(ward.anchor), oldest=random.uniform(1, 14))
    ward.group([mother, *children])
    home = house(ward, [grandmother, grandfather], deprived(ward), random.uniform(8, 25))
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


def three_generations(ward):
    """His parents live with them."""
    random = ward.random
    age = random.randint(26, 46)
    her, him = pair(ward, age)
    children = brood(ward, her, him, age)
    elders = [grown_up(ward, age + 24 + random.randint(0, 8), sex, him.tradition) for sex in "FM"]
    elders[1].family_name = him.family_name
    him.mother, him.father = elders
    for elder in elders:
        elder.children.append(him)
    ward.tie(elders[0], "partner", elders[1], ward.ago(age + 2))
    ward.group([her, him, *children])
    house(ward, [her, him, *children, *elders])
    ward.case("three_generations", [elders[0], her, children[0]])


def teen_mother(ward):
    """A mother still at school age lives with her own mother and her baby."""
    random = ward.random
    grandmother = grown_up(ward, random.randint(34, 48), "F")
    mother = child_of(ward, grandmother, None, random.uniform(15, 19.5), "F")
    father = grown_up(ward, random.randint(16, 22), "M", mother.tradition)
    baby = child_of(ward, mother, father, random.uniform(0, 1.6))
    others = brood(
        ward, grandmother, None, grandmother.age(ward.anchor), oldest=random.uniform(3, 13), count=1
    )
    house(ward, [father], "private", random.uniform(1, 10))
    ward.group([grandmother, mother, baby, *others])
    house(ward, [grandmother, mother, baby, *others], deprived(ward))
    ward.case("teen_parent", [mother, baby])


def foster_home(ward):
    """Carers who are no relations; the child's own mother lives elsewhere in the area."""
    random = ward.random
    carer, partner = pair(ward, random.randint(38, 60))
    mother = grown_up(ward, random.randint(22, 40), "F")
    children = brood(
        ward, mother, None, mother.age(ward.anchor), oldest=random.uniform(1, 15), count=1
    )
    house(ward, [carer, partner], "owned", random.uniform(5, 20))
    house(ward, [mother, *children], "social", random.uniform(4, 8))
    placed = ward.ago(random.uniform(0.1, 3))
    for child in children:
        ward.move(child, carer.home, max(placed, child.born))
        ward.tie(carer, "foster_carer", child, max(placed, child.born))
    ward.group([mother, *children])
    ward.case("looked_after", children)


# Households of grown-ups


def couple(ward):
    """Two together; a grown child may never have left."""
    age = int(ward.random.triangular(21, 88, 58))
    her, him = pair(ward, age)
    if age > 52 and ward.random.random() < 0.25:  # a grown child who never left
        child = child_of(ward, her, him, ward.random.uniform(20, min(age - 22, 38)))
        house(ward, [her, him, child])
        ward.case("adult_child_at_home", [her, child])
    else:
        house(ward, [her, him])


def single(ward):
    """One person alone."""
    house(ward, [grown_up(ward, int(ward.random.triangular(19, 93, 55)))])


def siblings(ward):
    """Grown brothers and sisters share a home; one of them may have a child."""
    random = ward.random
    first = grown_up(ward, random.randint(22, 45))
    second = ward.person(
        random.choice("FM"), first.age(ward.anchor) - 3, first.tradition, first.family_name
    )
    ward.tie(first, "sibling", second, second.born)
    ward.tie(second, "sibling", first, second.born)
    people = [first, second]
    if first.sex == "F" and random.random() < 0.4:
        people += brood(ward, first, None, first.age(ward.anchor), count=1)
    house(ward, people)
    ward.case("adult_siblings", [first, second])


def with_lodger(ward):
    """A family and somebody who only rents a room."""
    random = ward.random
    age = random.randint(30, 55)
    her, him = pair(ward, age)
    children = brood(ward, her, him, age, count=random.choice((1, 2)))
    ward.group([her, him, *children])
    home = house(ward, [her, him, *children], "owned")
    lodger = grown_up(ward, random.randint(20, 60))
    ward.move(lodger, ward.places.elsewhere(), ward.ago(6))
    ward.move(lodger, home, max(home.occupied_from, ward.ago(random.uniform(0.2, 3))))
    ward.case("lodger", [lodger, her])


def shared_house(ward):
    """A house in multiple occupation: strangers behind one door."""
    random = ward.random
    home = ward.places.institution("hmo")
    people = []
    for _ in range(random.randint(3, 8)):
        person = grown_up(ward, random.randint(19, 48))
        ward.move(person, ward.places.elsewhere(), ward.ago(7))
        ward.move(person, home, ward.ago(random.uniform(0.1, 3)))
        people.append(person)
    home.occupied_from = ward.ago(3)
    ward.case("house_in_multiple_occupation", people)


def care_leaver(ward):
    """A young adult who was in care, in a first home."""
    random = ward.random
    person = grown_up(ward, random.uniform(18, 24.5))
    ward.move(person, ward.places.elsewhere(), ward.ago(9))
    house(ward, [person], "social", random.uniform(0.1, 3))
    ward.case("care_leaver", [person])


# Institutions, and those who are not residents


def care_home(ward):
    """Old people under one roof."""
    home = ward.places.institution("care_home")
    for _ in range(22):
        person = grown_up(ward, ward.random.randint(74, 97))
        ward.move(person, ward.places.formerly_lived_in(ward.ago(4)), ward.ago(25))
        ward.move(person, home, ward.ago(ward.random.uniform(0.1, 4)))
        person.mark("care_home")


def hostel(ward):
    """Single people for a short time."""
    home = ward.places.institution("hostel")
    for _ in range(10):
        person = grown_up(
            ward, ward.random.randint(18, 60), "M" if ward.random.random() < 0.8 else "F"
        )
        ward.move(person, ward.places.elsewhere(), ward.ago(5))
        ward.move(person, home, ward.ago(ward.random.uniform(0.05, 1)))
        person.mark("hostel")


def refuge(ward):
    """Mothers who fled with their children, to an address never shown. One in ten wards has one."""
    if ward.number % 10:
        return
    random = ward.random
    home = ward.places.institution("refuge")
    for _ in range(3):
        mother, father = pair(ward, random.randint(21, 40))
        children = brood(ward, mother, father, mother.age(ward.anchor), count=2)
        ward.ties[-1].until = fled = ward.ago(random.uniform(0.05, 0.6))
        house(ward, [mother, father, *children], deprived(ward), random.uniform(1, 5))
        for person in (mother, *children):
            ward.move(person, home, max(fled, person.born))
        ward.group([mother, father, *children])
        ward.case("refuge", [mother, *children])


def childrens_home(ward):
    """Children in care; their mothers live elsewhere. One in five wards has one."""
    if ward.number % 5:
        return
    random = ward.random
    home = ward.places.institution("childrens_home")
    for _ in range(4):
        mother = grown_up(ward, random.randint(34, 46), "F")
        child = child_of(ward, mother, None, random.uniform(11, 17))
        house(ward, [mother, child], "social", random.uniform(3, 8))
        ward.move(child, home, ward.ago(random.uniform(0.1, 2)))
        ward.group([mother, child])
        ward.case("looked_after", [child])


def young_asylum_seekers(ward):
    """Children alone, with a guessed birth date: the fifteenth, or 1 January."""
    random = ward.random
    home = ward.places.institution("hmo")
    for _ in range(3):
        person = grown_up(
            ward, random.uniform(15.2, 17.8), "M", random.choice(("somali", "turkish"))
        )
        ward.move(person, home, ward.ago(random.uniform(0.1, 1.5)))
        ward.case("unaccompanied_asylum_seeker", [person])
        ward.group([person])


def moved_away(ward):
    """A family that lived here and left within the window: services still hold them."""
    random = ward.random
    age = random.randint(22, 50)
    her, him = pair(ward, age)
    children = brood(ward, her, him, age) if random.random() < 0.6 else []
    left = ward.ago(random.uniform(0.1, 5))
    here, there = ward.places.formerly_lived_in(left), ward.places.elsewhere()
    for person in (her, him, *children):
        ward.move(person, here, max(person.born, ward.ago(9)))
        ward.move(person, there, max(left, person.born))
        person.mark("moved_away")
    ward.group([her, him, *children])


def outsider(ward):
    """Somebody from elsewhere whom the police or a landlord met here."""
    person = grown_up(
        ward, int(ward.random.triangular(16, 70, 28)), "M" if ward.random.random() < 0.7 else "F"
    )
    ward.move(person, ward.places.elsewhere(), ward.ago(6))
    person.mark("outsider")


def namesakes(ward, count):
    """Two strangers of one name; some were even born the same year."""
    random = ward.random
    adults = [p for p in ward.people if p.age(ward.anchor) >= 16 and not p.is_scripted]
    for _ in range(count):
        first, second = random.sample(adults, 2)
        if first.sex == second.sex and not first.marks and not second.marks and not second.children:
            second.given_name, second.family_name = first.given_name, first.family_name
            if random.random() < 0.3:
                second.born = second.born.replace(
                    month=first.born.month, day=min(first.born.day, 28)
                )
            ward.case("namesake", [first, second])


INSTITUTIONS = (care_home, hostel, refuge, childrens_home, young_asylum_seekers)
HOUSEHOLDS = {
    two_parents: 145, separated: 45, lone_mother: 40, lone_father: 8, grandparent_carers: 7,
    three_generations: 14, teen_mother: 4, foster_home: 4, couple: 330, single: 330, siblings: 14,
    with_lodger: 6, shared_house: 9, care_leaver: 3,
}  # fmt: skip
