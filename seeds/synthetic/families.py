"""Families of a ward, one function per way of living, and how common each way is.

A function makes people, says whose child is whose, and houses them through time: parents part,
new partners move in and out, children grow up and stay, families arrive.
"""

from datetime import timedelta

from seeds.synthetic import blocks, carers, households, institutions


def fill(ward, residents: int) -> None:
    """Make households until the ward has its residents; then those who left or are from outside."""
    random = ward.random
    for institution in institutions.ALL:
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
        institutions.moved_away(ward)
    for _ in range(residents // 9):
        institutions.outsider(ward)
    institutions.namesakes(ward, residents // 60)


def two_parents(ward, sexes="FM"):
    """Both parents and their children; a grown one may not have left yet."""
    random = ward.random
    age = random.randint(24, 52)
    her, him = blocks.pair(ward, age, sexes=sexes)
    children = blocks.brood(ward, her, him, age)
    if random.random() < 0.02:
        children.append(blocks.unborn(ward, her, him))
    if age > 38 and random.random() < 0.15:
        grown = blocks.child_of(ward, her, him, random.uniform(18, min(age - 17, 25)))
        ward.case("grown_sibling_at_home", [grown, children[0]])
        children.append(grown)
    ward.group([her, him, *children])
    blocks.house(ward, [her, him, *children])
    blocks.with_grandparents(ward, her, him)
    return her, him, children


def two_mothers(ward):
    """Two women and their children."""
    one, other, _ = two_parents(ward, "FF")
    ward.case("two_mothers", [one, other])


def newcomers(ward):
    """A family from elsewhere that came weeks or months ago: no service here has known it long."""
    random = ward.random
    age = random.randint(22, 46)
    her, him = blocks.pair(ward, age)
    children = blocks.brood(ward, her, him, age)
    came, before = ward.ago(random.uniform(0.1, 0.6)), ward.places.elsewhere()
    parents = [her, him] if random.random() < 0.6 else [her]
    for person in (her, him, *children):
        ward.move(person, before, max(person.born, ward.ago(9)))
    home = ward.places.vacant(blocks.deprived(ward))
    home.occupied_from = came
    ward.places.occupied.append(home)
    for person in (*parents, *children):
        ward.move(person, home, came)
    ward.group([*parents, *children])
    ward.case("newcomer", [*parents, *children])


def separated(ward):
    """They lived together, then parted: he has a home of his own, and some a new partner."""
    random = ward.random
    age = random.randint(25, 48)
    her, him = blocks.pair(ward, age)
    children = blocks.brood(ward, her, him, age, oldest=random.uniform(3, 17))
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
    home, years = blocks.deprived(ward), (ward.anchor - parted).days / 365.2425
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
    blocks.with_grandparents(ward, her, him)


def new_partner(ward, parent, dwelling, parted):
    """Somebody who moves in with a parent after the parting, and may have a child with them."""
    random = ward.random
    days = (ward.anchor - parted).days
    since = parted + timedelta(days=random.randint(days // 6, max(days - 60, days // 6 + 1)))
    sex = "F" if parent.sex == "M" else "M"
    partner = blocks.grown_up(ward, max(20, parent.age(ward.anchor) + random.randint(-6, 6)), sex)
    ward.move(partner, ward.places.formerly_lived_in(since), ward.ago(days / 365 + 3))
    ward.move(partner, dwelling, since)
    ward.tie(partner, "partner", parent, since)
    for child in parent.children:
        ward.tie(partner, "step_parent", child, since)
    ward.case("new_partner", [parent, partner])
    if days > 700 and random.random() < 0.25:
        gone_again(ward, partner, parent, since + timedelta(days=(ward.anchor - since).days // 2))
        return partner
    together = (ward.anchor - since).days / 365.2425
    if together > 1 and random.random() < 0.45:
        mother, father = (parent, partner) if parent.sex == "F" else (partner, parent)
        child = blocks.child_of(ward, mother, father, random.uniform(0, together - 0.8))
        ward.move(child, dwelling, child.born)
        ward.case("half_sibling", [child, parent.children[0]])
    return partner


def gone_again(ward, partner, parent, left):
    """The partner moves out; some record will go on saying that they are together."""
    ward.move(partner, ward.places.vacant("private"), left)
    for one in (parent, *parent.children):
        for tie in ward.ties_of(one):
            if tie.person is partner:
                tie.until = left
    ward.case("former_step_parent", [partner, *parent.children])


def lone_mother(ward):
    """Nobody recorded a father, or he is far away."""
    random = ward.random
    age = random.randint(18, 46)
    her = blocks.grown_up(ward, age, "F")
    him = blocks.grown_up(ward, age + 2, "M", her.tradition) if random.random() < 0.4 else None
    children = blocks.brood(ward, her, him, age)
    if him:
        ward.move(him, ward.places.elsewhere(), ward.ago(random.uniform(1, 12)))
    if random.random() < 0.03:
        children.append(blocks.unborn(ward, her, him))
    ward.group([her, *children])
    blocks.house(ward, [her, *children], blocks.deprived(ward))
    blocks.with_grandparents(ward, her)


def lone_father(ward):
    """A father alone: she left, or died."""
    random = ward.random
    age = random.randint(28, 50)
    him, her = blocks.grown_up(ward, age, "M"), None
    if random.random() < 0.6:
        her = blocks.grown_up(ward, age - 1, "F", him.tradition)
        ward.move(her, ward.places.elsewhere(), ward.ago(random.uniform(1, 6)))
    if her is None:
        her = blocks.grown_up(ward, age - 1, "F", him.tradition)
        her.died = ward.ago(random.uniform(0.5, 4))
        ward.move(her, ward.places.elsewhere(), ward.ago(9), her.died)
        ward.case("died", [her])
    children = blocks.brood(ward, her, him, age, oldest=random.uniform(5, 17))
    ward.group([him, *children])
    blocks.house(ward, [him, *children], blocks.deprived(ward))


def three_generations(ward):
    """His parents live with them."""
    random = ward.random
    age = random.randint(26, 46)
    her, him = blocks.pair(ward, age)
    children = blocks.brood(ward, her, him, age)
    elders = [
        blocks.grown_up(ward, age + 24 + random.randint(0, 8), sex, him.tradition) for sex in "FM"
    ]
    elders[1].family_name = him.family_name
    him.mother, him.father = elders
    for elder in elders:
        elder.children.append(him)
    ward.tie(elders[0], "partner", elders[1], ward.ago(age + 2))
    ward.group([her, him, *children])
    blocks.house(ward, [her, him, *children, *elders])
    ward.case("three_generations", [elders[0], her, children[0]])


def teen_mother(ward):
    """A mother still at school age lives with her own mother and her baby."""
    random = ward.random
    grandmother = blocks.grown_up(ward, random.randint(34, 48), "F")
    mother = blocks.child_of(ward, grandmother, None, random.uniform(15, 19.5), "F")
    father = blocks.grown_up(ward, random.randint(16, 22), "M", mother.tradition)
    baby = blocks.child_of(ward, mother, father, random.uniform(0, 1.6))
    others = blocks.brood(
        ward, grandmother, None, grandmother.age(ward.anchor), oldest=random.uniform(3, 13), count=1
    )
    blocks.house(ward, [father], "private", random.uniform(1, 10))
    ward.group([grandmother, mother, baby, *others])
    blocks.house(ward, [grandmother, mother, baby, *others], blocks.deprived(ward))
    ward.case("teen_parent", [mother, baby])


def extended_family(ward):
    """Twenty-three people around one child, in eight homes, one of them outside the council.

    The case names them in this order, the child first: a family as a social worker knows it after
    eleven days of asking. No referral and no address names them all.
    """
    random = ward.random
    age = random.randint(36, 42)
    mother, father = blocks.pair(ward, age)
    child = blocks.child_of(ward, mother, father, random.uniform(6, 12))
    others = [blocks.child_of(ward, mother, father, random.uniform(3, 14)) for _ in range(2)]
    grown = blocks.child_of(ward, mother, None, random.uniform(18.5, age - 16.5))
    girlfriend = blocks.grown_up(ward, random.uniform(18, 22), "M" if grown.sex == "F" else "F")
    ward.tie(girlfriend, "partner", grown, ward.ago(1.5))
    parents = (grown, girlfriend) if grown.sex == "F" else (girlfriend, grown)
    baby = blocks.child_of(ward, *parents, random.uniform(0.1, 1))
    parted = ward.ago(random.uniform(2, 3))
    next(tie for tie in ward.ties_of(father) if tie.person is mother).until = parted
    together = [mother, father, child, *others]
    blocks.house(ward, together, blocks.deprived(ward), random.uniform(4, 9))
    ward.move(father, ward.places.vacant(blocks.deprived(ward)), parted)
    blocks.house(ward, [grown, girlfriend, baby], "social", 0.9)

    partner = second_household(ward, mother, mother.home, parted)
    step_child = blocks.child_of(ward, None, partner, random.uniform(4, 12))
    ward.move(step_child, mother.home, partner.stays[-1].start)
    half = blocks.child_of(ward, mother, partner, random.uniform(0.1, 1))
    ward.move(half, mother.home, half.born)
    new_wife = second_household(ward, father, father.home, parted)
    half_too = blocks.child_of(ward, new_wife, father, random.uniform(0.1, 1))
    ward.move(half_too, father.home, half_too.born)
    ward.group([mother, father, child, *others, step_child, half])
    ward.group([new_wife, half_too])
    ward.group([grown, girlfriend, baby])
    child.mark("referred")

    elders = [
        elder for parent in (mother, father) for elder in blocks.parents_of(ward, parent, 1, 0)
    ]
    oldest = blocks.grown_up(ward, elders[0].age(ward.anchor) + 20, "F", mother.tradition)
    elders[0].mother = oldest
    oldest.children.append(elders[0])
    blocks.house(ward, [oldest])
    aunt = blocks.child_of(ward, *elders[:2], age - 3, "F")
    uncle = blocks.grown_up(ward, age, "M", aunt.tradition)
    ward.tie(uncle, "partner", aunt, ward.ago(9))
    for niece in (child, *others):
        ward.tie(aunt, "aunt", niece, niece.born)
    cousins = [blocks.child_of(ward, aunt, uncle, random.uniform(2, 13)) for _ in range(2)]
    blocks.house(ward, [aunt, uncle, *cousins])
    far_uncle = blocks.child_of(ward, *elders[2:], age - 2, "M")
    ward.move(far_uncle, ward.places.elsewhere(), ward.ago(8))
    everybody = [
        child, mother, *others, partner, half, step_child, father, new_wife, half_too, *elders[:2],
        *elders[2:], grown, girlfriend, baby, aunt, uncle, *cousins, oldest, far_uncle,
    ]  # fmt: skip
    ward.case("extended_family", everybody)


def second_household(ward, parent, home, parted):
    """The partner whom a parent lives with since they parted from the other."""
    partner = blocks.grown_up(
        ward, parent.age(ward.anchor) - 2, "M" if parent.sex == "F" else "F", parent.tradition
    )
    since = parted + timedelta(days=200)
    ward.move(partner, ward.places.formerly_lived_in(since), ward.ago(6))
    ward.move(partner, home, since)
    ward.tie(partner, "partner", parent, since)
    for child in parent.children:
        if child.age(ward.anchor) < 18:
            ward.tie(partner, "step_parent", child, since)
    return partner


HOUSEHOLDS = {
    two_parents: 142, two_mothers: 3, separated: 45, lone_mother: 40, lone_father: 8,
    three_generations: 14, teen_mother: 4, newcomers: 9, extended_family: 2,
    carers.grandparent_carers: 7, carers.kinship_carers: 5, carers.foster_home: 5,
    carers.adopters: 4, households.couple: 325, households.single: 330, households.siblings: 14,
    households.with_lodger: 6, households.two_families: 5, households.sofa_surfer: 4,
    households.shared_house: 9, households.care_leaver: 3,
}  # fmt: skip
