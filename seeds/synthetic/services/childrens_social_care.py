"""What the children's case system holds (SSD tables), and its relationship extract."""

from datetime import timedelta

from seeds.synthetic.services.base import address, staff

TEAMS = ("Assessment Team", "Safeguarding Team", "Children in Care Team", "Early Help Hub")
NEEDS = ("N1", "N2", "N3", "N4", "N5", "N6", "N8")
SOURCES = ("1A", "2A", "3A", "3B", "3E", "4", "5A", "5D", "6", "6", "6", "8", "9")
HUBS = ("Ashmere Family Hub", "Stonebeck Children's Centre", "Beacon Early Help Partnership")
FORMER = "Former Unique Pupil Number"
ROLES = {
    "mother": "MTH", "father": "FTH", "step_parent": "STPPRN", "foster_carer": "PRNFOST",
    "maternal_grandmother": "MGRMTH", "maternal_grandfather": "MGRFTH",
    "paternal_grandmother": "PGRMTH", "paternal_grandfather": "PGRFTH",
    "sibling": "SIB", "half_sibling": "HSIB", "twin": "TWIN", "carer": "CARER", "aunt": "AUNT",
    "special_guardian": "CARER",
}  # fmt: skip
ADOPTIVE = {"MTH": "ADOPTM", "FTH": "ADOPTF"}
RESPONSIBLE = ("mother", "father", "special_guardian")  # by birth, or by order of a court
CARING = ("mother", "carer", "special_guardian", "foster_carer")
# of families with one of these marks, how many are known
CHANCES = {
    "refuge": 1.0, "looked_after": 1.0, "back_from_care": 1.0, "unborn": 1.0,
    "unaccompanied_asylum_seeker": 1.0, "grandparent_carer": 1.0, "kinship_carer": 1.0,
    "special_guardian": 1.0, "left_by_adoption": 1.0, "referred": 1.0,
    "sofa_surfer": 0.7, "temporary_accommodation": 0.6, "teen_parent": 0.6, "half_sibling": 0.6,
    "came_by_adoption": 0.5, "former_step_parent": 0.5, "newcomer": 0.3, "parent_in_prison": 0.6,
    "traveller_pitch": 0.4,
}  # fmt: skip
# of so many fathers who live elsewhere one may not see the child
RESTRICTED_AMONG = 20
INVERSE = {
    "AUNT": "NIENEPH", "ADOPTM": "CHLDADOPT", "ADOPTF": "CHLDADOPT",
    "MTH": "CHILD", "FTH": "CHILD", "STPPRN": "STPCHLD", "PRNFOST": "CHLDFOST", "CARER": "CAREDFOR",
    "MGRMTH": "GRNDCHILD", "MGRFTH": "GRNDCHILD", "PGRMTH": "GRNDCHILD", "PGRFTH": "GRNDCHILD",
    "SIB": "SIB", "HSIB": "HSIB", "TWIN": "TWIN",
}  # fmt: skip


def hold(holding, people):
    """Fill every table of the feed for these people."""
    children = known_children(holding, people)
    person(holding, children)
    related_person(holding, children)
    address_(holding, children)
    linked_identifiers(holding, children)
    family(holding, children)
    mother(holding, children)
    cin_episodes(holding, children)
    early_help_episodes(holding, children)
    relationship(holding, children)
    partnerships(holding, children)
    if not holding.so_far("department"):
        department(holding)
        professionals(holding)


def known_children(holding, people):
    """Whole sibling groups at a time; hardship of its kinds makes it likelier, as it does."""
    random, anchor = holding.random, holding.ward.anchor
    groups = {}
    for child in people:
        if (
            child.age(anchor) < 24
            and child.family_group
            and (child.mother or child.father or child.marks)
        ):
            groups.setdefault(child.family_group, []).append(child)
    kept = []
    for group in groups.values():
        marks = frozenset().union(*(child.marks for child in group))
        chance = max((CHANCES.get(mark, 0.16) for mark in marks), default=0.16)
        if any(child.mother and "separated_parents" in child.mother.marks for child in group):
            chance = max(chance, 0.35)
        if random.random() < chance:
            kept += [child for child in group if random.random() < 0.88 or chance == 1.0]
    kept += [p for p in people if "care_leaver" in p.marks]
    return [child for child in kept if not child.is_scripted]


def workers(holding):
    """The social workers of the ward."""
    return staff(holding, 14, "Social Worker", TEAMS, "Ashmere Council")


def person(holding, children):
    """The children, as clients."""
    random, anchor = holding.random, holding.ward.anchor
    for child in children:
        record = holding.record(child, holding.reference("1"))
        if random.random() < 0.3:
            record.upn = ""
        asylum = "unaccompanied_asylum_seeker" in child.marks
        holding.add(
            "person", record,
            pers_legacy_id=holding.reference("L", "legacy") if random.random() < 0.1 else "",
            pers_upn_unknown="" if record.upn else "UN1" if child.age(anchor) < 6 else "UN5",
            pers_send_flag=random.choices(("N", "Y"), (85, 15))[0],
            pers_is_mother="Y" if child.children else "",
            pers_nationality="Somalia" if asylum else "British" if random.random() < 0.6 else "",
        )  # fmt: skip


def relatives(holding, child):
    """The true ties a case worker would write down, with the code of each."""
    found = {}
    for tie in holding.ward.ties_of(child):
        if tie.kind in ROLES and tie.person not in found:
            found[tie.person] = tie
    return found


def related_person(holding, children):
    """Grown-ups who are not clients: parents nearly always, grandparents when they matter."""
    random = holding.random
    for child in children:
        for relative, tie in relatives(holding, child).items():
            wanted = 0.97 if tie.kind in ("mother", "father") else 0.75
            if "grand" in tie.kind:
                wanted = 0.35
            if relative in holding.known or tie.kind in ("sibling", "half_sibling", "twin"):
                continue
            if relative.is_scripted or random.random() > wanted:
                continue
            record = holding.record(relative, holding.reference("2"))
            record.title = "" if random.random() < 0.6 else {"F": "Mrs", "M": "Mr"}[relative.sex]
            if random.random() < 0.2:
                record.date_of_birth = None
            elif random.random() < 0.1:
                record.dob_accuracy = "AEE"
            stay = relative.stays[-1] if relative.stays else None
            place = address(stay.dwelling, stay.start, stay.end) if stay else None
            holding.add("related_person", record, place)


def address_(holding, children):
    """Each child's homes, the latest four."""
    for child in children:
        for record in holding.known[child]:
            stays = child.stays[-4:]
            for stay in stays:
                placed = stay is stays[-1] and "looked_after" in child.marks
                kind = "Placement" if placed else "Home"
                place = address(stay.dwelling, stay.start, stay.end, kind)
                place.address_type = {"refuge": "Refuge", "temporary": "Temporary"}.get(
                    place.address_type, place.address_type
                )
                holding.add(
                    "address", None, place,
                    addr_table_id=holding.reference("A"), addr_person_id=record.source_person_id,
                )  # fmt: skip


def linked_identifiers(holding, children):
    """Other numbers of the child, each only sometimes."""
    random = holding.random
    for child in children:
        for record in holding.known[child]:
            wanted = []
            if random.random() < 0.45:
                wanted.append(("Case Number", holding.reference("CN", "case")))
            if child.upn and random.random() < 0.35:
                wanted.append(("Unique Pupil Number", child.upn))
            if child.former_upn:
                wanted.append((FORMER, child.former_upn))
            if child.nhs_number and random.random() < 0.25:
                wanted.append(("NHS Number", child.nhs_number))
            for kind, value in wanted:
                holding.add(
                    "linked_identifiers", None,
                    link_table_id=holding.reference("I"), link_person_id=record.source_person_id,
                    link_identifier_type=kind, link_identifier_value=value,
                    link_valid_from_date=child.born if child.born <= holding.ward.anchor else None,
                    link_valid_to_date=holding.ward.ago(random.uniform(0.1, 3))
                    if kind == FORMER else None,
                )  # fmt: skip


def family(holding, children):
    """A family number comes with each contact, so a child repeats under the same or another."""
    for child in children:
        for record in holding.known[child]:
            number = f"F{holding.ward.number + 1:03d}{child.family_group:05d}"
            for _ in range(1 + holding.repeats(0.5)):
                holding.add(
                    "family", None, fami_table_id=holding.reference("M"), fami_family_id=number,
                    fami_person_id=record.source_person_id,
                )  # fmt: skip


def mother(holding, children):
    """Who is the mother, where she is known."""
    for child in children:
        if child.mother in holding.known and child.mother.sex == "F":
            for record in holding.known[child]:
                holding.add(
                    "mother", None, moth_table_id=holding.reference("H"),
                    moth_person_id=holding.known[child.mother][0].source_person_id,
                    moth_childs_person_id=record.source_person_id,
                    moth_childs_dob=record.date_of_birth,
                )  # fmt: skip


def cin_episodes(holding, children):
    """Referrals of six years; about one child in eight has one open; a third went no further."""
    random, anchor = holding.random, holding.ward.anchor
    people = workers(holding)
    for child in children:
        always = child.marks & {"looked_after", "care_leaver", "unborn", "refuge"}
        for record in holding.known[child]:
            start = max(child.born - timedelta(days=150), anchor - timedelta(days=6 * 365))
            if child.came > child.born:
                start = max(start, child.came)
            start = min(start, anchor - timedelta(days=20))
            count = 1 + min(int(random.expovariate(2.2)), 4)
            days = sorted(random.randrange((anchor - start).days) for _ in range(count))
            for place, day in enumerate(days):
                opened = start + timedelta(days=day)
                latest = place == count - 1
                no_action = random.random() < 0.3 and not (latest and always)
                is_open = latest and not no_action and (always or random.random() < 0.16)
                ends = opened + timedelta(
                    days=random.randint(2, 12) if no_action else random.randint(30, 400)
                )
                if place + 1 < count:
                    ends = min(ends, start + timedelta(days=days[place + 1]))
                ends = min(ends, anchor - timedelta(days=random.randint(1, 10)))
                ends = max(ends, opened)
                someone = random.choice(people)
                reason = "RC8" if no_action else "" if is_open else random.choice(("RC1", "RC7"))
                reference = holding.reference("R")
                holding.add(
                    "cin_episodes", None, cine_referral_id=reference,
                    cine_person_id=record.source_person_id,
                    cine_referral_date=opened, cine_cin_primary_need_code=random.choice(NEEDS),
                    cine_referral_source_code=random.choice(SOURCES),
                    cine_referral_nfa="Y" if no_action else "N",
                    cine_close_reason=reason,
                    cine_close_date=None if is_open else ends,
                    cine_referral_team=someone["team_id"],
                    cine_referral_worker_id=someone["worker_id"],
                )  # fmt: skip
                if not no_action:
                    involvements(
                        holding, record, reference, opened, None if is_open else ends, people
                    )


def involvements(holding, record, reference, opened, ended, people):
    """Who worked with the child, one after the other; the last one is still allocated if open."""
    random = holding.random
    spans = [opened]
    days = max(((ended or holding.ward.anchor) - opened).days, 1)
    spans += sorted(
        opened + timedelta(days=random.randrange(days)) for _ in range(holding.repeats(5.0))
    )
    for place, begun in enumerate(spans):
        someone = random.choice(people)
        last = place == len(spans) - 1
        holding.add(
            "involvements", None, invo_involvements_id=holding.reference("V"),
            invo_professional_id=someone["worker_id"],
            invo_professional_role_id="CW" if last else random.choice(("CW", "CW", "FSW", "IRO")),
            invo_professional_team=someone["team_id"], invo_person_id=record.source_person_id,
            invo_involvement_start_date=begun,
            invo_involvement_end_date=ended if last else spans[place + 1],
            invo_worker_change_reason="" if last else random.choice(("MANAGE", "LEFTRL", "FCONTA")),
            invo_referral_id=reference,
        )  # fmt: skip


def early_help_episodes(holding, children):
    """Help before a referral, from a family hub."""
    random, anchor = holding.random, holding.ward.anchor
    people = workers(holding)
    for child in children:
        if child.born > anchor or random.random() > 0.55:
            continue
        record = random.choice(holding.known[child])
        span = min((anchor - max(child.born, child.came)).days, 6 * 365)
        opened = anchor - timedelta(days=random.randint(1, max(span, 2)))
        ended = opened + timedelta(days=random.randint(60, 360))
        holding.add(
            "early_help_episodes", None, earl_episode_id=holding.reference("E"),
            earl_person_id=record.source_person_id, earl_episode_start_date=opened,
            earl_episode_end_date=ended if ended < anchor else None,
            earl_episode_reason=random.choice(("Parenting", "Behaviour", "Attendance", "Housing")),
            earl_episode_end_reason="Needs met" if ended < anchor else "",
            earl_episode_organisation=random.choice(HUBS),
            earl_episode_worker_id=random.choice(people)["worker_id"],
        )  # fmt: skip


def professionals(holding):
    """Who the workers are."""
    for place, someone in enumerate(workers(holding)):
        holding.add(
            "professionals", None, prof_professional_id=someone["worker_id"],
            prof_staff_id=f"{70_000 + int(someone['worker_id'][1:])}",
            prof_professional_name=someone["worker_name"],
            prof_professional_job_title="Team Manager" if place % 7 == 6 else "Social Worker",
            prof_professional_department="Children's Services",
        )  # fmt: skip


def department(holding):
    """Which teams there are."""
    teams = {someone["team_id"]: someone["team_name"] for someone in workers(holding)}
    for team_id, name in teams.items():
        holding.add(
            "department", None, dept_team_id=team_id,
            dept_team_name=f"{name} {holding.ward.number + 1}",
            dept_team_parent_id="D1", dept_team_parent_name="Children's Services",
        )  # fmt: skip


def relationship(holding, children):
    """Both directions of every tie between two people in the system."""
    for child in children:
        ties = holding.ward.ties_of(child)
        for relative, tie in relatives(holding, child).items():
            for other in holding.known.get(relative, ())[:1]:
                for record in holding.known[child][:1]:
                    code = ROLES[tie.kind]
                    if "came_by_adoption" in child.marks:
                        code = ADOPTIVE.get(code, code)
                    lives_there = bool(relative.home) and relative.home is child.home
                    kinds = {tie.kind for tie in ties if tie.person is relative}
                    begun = tie.since if tie.since and tie.since <= holding.ward.anchor else None
                    facts = {
                        "start_date": begun,
                        "end_date": tie.until, "is_household_member": "Y" if lives_there else "N",
                    }  # fmt: skip
                    _tie(holding, record, other, code, kinds, facts)
                    if tie.kind not in ("sibling", "half_sibling", "twin"):
                        _tie(holding, other, record, INVERSE[code], {"child"}, facts)


def partnerships(holding, children):
    """Who lives as a couple, and who did, among the grown-ups that the system holds."""
    random, told = holding.random, set()
    grown_ups = dict.fromkeys(person for child in children for person in relatives(holding, child))
    for one in grown_ups:
        for tie in holding.ward.ties_of(one):
            other = tie.person
            if tie.kind != "partner" or other not in holding.known or one not in holding.known:
                continue
            if one.is_scripted or frozenset((one, other)) in told:
                continue
            told.add(frozenset((one, other)))
            parted = tie.until and random.random() < 0.5  # a tie of its own, or the old one ended
            code = "FMRSPS" if parted else random.choice(("SPS", "DOMPART"))
            facts = {
                "start_date": tie.until if parted else tie.since,
                "end_date": None if parted else tie.until,
                "is_household_member": "Y" if one.home and one.home is other.home else "N",
            }  # fmt: skip
            for person, related in ((one, other), (other, one)):
                first, second = holding.known[person][0], holding.known[related][0]
                _tie(holding, first, second, code, {"partner"}, facts)


def _tie(holding, record, other, code, kinds, facts):
    holding.add(
        "relationship", None, relationship_id=holding.reference("K"),
        person_id=record.source_person_id,
        related_person_id=other.source_person_id, relationship_code=code,
        parental_responsibility="Y" if kinds & {*RESPONSIBLE} else "N",
        is_carer="Y" if kinds & {*CARING} else "N",
        contact_restricted="Y" if _is_kept_away(other, kinds, facts) else "N", **facts,
    ).is_spared = record.is_spared  # fmt: skip


def _is_kept_away(other, kinds, facts):
    """Nothing is drawn for it, so that every other fact of the council stays as it was."""
    lives_elsewhere = facts["is_household_member"] == "N"
    return "father" in kinds and lives_elsewhere and not other.person.number % RESTRICTED_AMONG
