"""What families are built of: a grown-up, a couple, their children, the grandparents, a home."""

from datetime import timedelta

from seeds.synthetic import names


def grown_up(ward, age, sex=None, tradition=None):
    """Somebody old enough to live alone."""
    tradition = tradition or names.tradition(ward.random)
    return ward.person(sex or ward.random.choice("FM"), age, tradition)


def pair(ward, age, years_together=None, tradition=None, sexes="FM"):
    """Two together, a woman and a man if not said; half of the first took the other's name."""
    random = ward.random
    her = grown_up(ward, age, sexes[0], tradition)
    tradition = her.tradition if random.random() < 0.9 else names.tradition(random)
    older = random.choice((-3, -1, 0, 1, 2, 2, 4, 6))
    him = grown_up(ward, max(17, age + older), sexes[1], tradition)
    years = years_together if years_together is not None else min(age - 17, random.expovariate(0.1))
    since = ward.ago(max(years, 0.2))
    if (
        random.random() < 0.55
        and her.tradition == him.tradition
        and her.tradition not in names.SOUTH_ASIAN
    ):
        her.former_family_name = her.family_name
        her.family_name = names.as_borne(him.family_name, her.tradition, her.sex)
        her.renamed_on = since
    ward.tie(her, "partner", him, since)
    return her, him


def child_of(ward, mother, father, age, sex=None, born=None, given_name=None):
    """A child of these parents, mostly with the father's family name."""
    random = ward.random
    sex = sex or random.choice("FM")
    source = father if father and (mother is None or random.random() < 0.82) else mother
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


def parents_of(ward, person, in_area=0.6, widowed=0.4):
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
    if age > 70 and random.random() < widowed:
        dead = him if random.random() < 0.65 else her
        dead.died = ward.ago(random.uniform(0.1, 8))
        ward.case("died", [dead])
    if random.random() < in_area:
        house(ward, [her, him], years=random.uniform(3, 30))
    else:
        home = ward.places.elsewhere()
        for grandparent in (her, him):
            ward.move(grandparent, home, ward.ago(20))
    return [her, him]


def with_grandparents(ward, *parents):
    """Some parents have their own parents in reach."""
    for parent in parents:
        if ward.random.random() < 0.3:
            parents_of(ward, parent)


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
