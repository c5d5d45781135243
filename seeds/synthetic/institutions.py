"""Places where strangers live together, and people who are not residents."""

from seeds.synthetic import blocks


def care_home(ward):
    """Old people under one roof."""
    home = ward.places.institution("care_home")
    for _ in range(22):
        person = blocks.grown_up(ward, ward.random.randint(74, 97))
        ward.move(person, ward.places.formerly_lived_in(ward.ago(4)), ward.ago(25))
        ward.move(person, home, ward.ago(ward.random.uniform(0.1, 4)))
        person.mark("care_home")


def hostel(ward):
    """Single people for a short time, and families whom the council has nowhere else to put."""
    home = ward.places.institution("hostel")
    for _ in range(2):
        mother = blocks.grown_up(ward, ward.random.randint(20, 40), "F")
        children = blocks.brood(ward, mother, None, mother.age(ward.anchor))
        blocks.house(ward, [mother, *children], blocks.deprived(ward), ward.random.uniform(1, 5))
        came = ward.ago(ward.random.uniform(0.05, 0.8))
        for person in (mother, *children):
            ward.move(person, home, max(came, person.born))
        ward.group([mother, *children])
        ward.case("temporary_accommodation", [mother, *children])
    for _ in range(10):
        person = blocks.grown_up(
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
        mother, father = blocks.pair(ward, random.randint(21, 40))
        children = blocks.brood(ward, mother, father, mother.age(ward.anchor), count=2)
        ward.ties[-1].until = fled = ward.ago(random.uniform(0.05, 0.6))
        blocks.house(ward, [mother, father, *children], blocks.deprived(ward), random.uniform(1, 5))
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
        mother = blocks.grown_up(ward, random.randint(34, 46), "F")
        child = blocks.child_of(ward, mother, None, random.uniform(11, 17))
        blocks.house(ward, [mother, child], "social", random.uniform(3, 8))
        ward.move(child, home, ward.ago(random.uniform(0.1, 2)))
        ward.group([mother, child])
        ward.case("looked_after", [child])


def young_asylum_seekers(ward):
    """Children alone, with a guessed birth date: the fifteenth, or 1 January."""
    random = ward.random
    home = ward.places.institution("hmo")
    for _ in range(3):
        person = blocks.grown_up(
            ward, random.uniform(15.2, 17.8), "M", random.choice(("somali", "turkish"))
        )
        ward.move(person, home, ward.ago(random.uniform(0.1, 1.5)))
        ward.case("unaccompanied_asylum_seeker", [person])
        ward.group([person])


def moved_away(ward):
    """A family that lived here and left within the window: services still hold them."""
    random = ward.random
    age = random.randint(22, 50)
    her, him = blocks.pair(ward, age)
    children = blocks.brood(ward, her, him, age) if random.random() < 0.6 else []
    left = ward.ago(random.uniform(0.1, 5))
    here, there = ward.places.formerly_lived_in(left), ward.places.elsewhere()
    for person in (her, him, *children):
        ward.move(person, here, max(person.born, ward.ago(9)))
        ward.move(person, there, max(left, person.born))
        person.mark("moved_away")
    ward.group([her, him, *children])


def outsider(ward):
    """Somebody from elsewhere whom the police or a landlord met here."""
    person = blocks.grown_up(
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


def prison(ward):
    """Men of many towns; the children of some live in this ward, with their mothers."""
    random = ward.random
    home = ward.places.institution("prison")
    for _ in range(36):
        person = blocks.grown_up(ward, random.uniform(18, 62), "M")
        ward.move(person, ward.places.elsewhere(), ward.ago(9))
        ward.move(person, home, ward.ago(random.uniform(0.05, 5)))
        person.mark("prison")
    for _ in range(4):
        mother, father = blocks.pair(ward, random.randint(22, 40))
        children = blocks.brood(ward, mother, father, mother.age(ward.anchor))
        blocks.house(ward, [mother, father, *children], blocks.deprived(ward), random.uniform(3, 8))
        ward.move(father, home, ward.ago(random.uniform(0.1, 2.5)))
        ward.group([mother, father, *children])
        ward.case("parent_in_prison", [father, *children])
        father.mark("prison")


def student_hall(ward):
    """Students; the youngest are not of age, and some grew up in this ward."""
    random = ward.random
    home = ward.places.institution("student_hall")
    for place in range(36):
        person = blocks.grown_up(ward, random.uniform(17.1, 17.9) if place < 5 else 20)
        ward.move(person, ward.places.elsewhere(), person.born)
        ward.move(person, home, ward.ago(random.uniform(0.1, 0.4)))
        person.mark("student_hall")
    for _ in range(4):
        mother, father = blocks.pair(ward, random.randint(40, 50))
        student = blocks.child_of(ward, mother, father, random.uniform(17.2, 20))
        younger = blocks.child_of(ward, mother, father, random.uniform(8, 16))
        blocks.house(ward, [mother, father, student, younger])
        ward.move(student, home, ward.ago(random.uniform(0.1, 0.4)))
        ward.group([mother, father, student, younger])
        ward.case("sibling_in_student_hall", [student, younger])


def traveller_site(ward):
    """Each family has its pitch. Three are one kin, and a stranger's family bears their name."""
    random = ward.random
    pitches = ward.places.traveller_site(8)
    elders = blocks.pair(ward, random.randint(56, 68), years_together=35)
    settle_on(ward, pitches[0], elders)
    for number, pitch in enumerate(pitches[1:], start=1):
        mother, father = blocks.pair(ward, random.randint(22, 34))
        if number <= 2:
            father.mother, father.father = elders
            for elder in elders:
                elder.children.append(father)
        if number <= 3:
            father.family_name = mother.family_name = elders[1].family_name
        children = blocks.brood(ward, mother, father, mother.age(ward.anchor))
        ward.group([mother, father, *children])
        settle_on(ward, pitch, [mother, father, *children])
        ward.case("traveller_pitch", [mother, father, *children])


def settle_on(ward, pitch, people):
    """A family comes to a pitch from elsewhere; babies come when they are born."""
    came, before = ward.ago(ward.random.uniform(0.2, 6)), ward.places.elsewhere()
    for person in people:
        if person.born < came:
            ward.move(person, before, ward.ago(9))
        ward.move(person, pitch, came)
    pitch.occupied_from = came


ALL = (care_home, hostel, refuge, childrens_home, young_asylum_seekers)
# of how many wards one has the place. They are made after everybody else of the ward
LATER = {prison: 40, student_hall: 12, traveller_site: 6}
