"""What social landlords hold: tenancies, who lives in them, arrears and notices."""

from datetime import timedelta

from seeds.synthetic.services.base import address, households, staff

TENURES = {"SEC": 60, "INT": 8, "NON": 6, "HAL": 26}
EVENTS = {"rent_arrears": 70, "nsp": 10, "eviction": 3, "asb": 9, "other_notice": 8}


def hold(holding, people):
    """Fill every table of the feed for these people."""
    homes = tenancy(holding, [p for p in people if not p.is_scripted])
    member(holding, homes)
    event(holding, homes)


def tenancy(holding, people):
    """One tenancy per household and social home, for all who lived there in six years."""
    random, anchor = holding.random, holding.ward.anchor
    officers = staff(holding, 6, "Housing Officer", ("North Patch", "South Patch"), "Ashmere Homes")
    stays = {}
    for person in people:
        for stay in person.stays:
            ended_long_ago = stay.end and stay.end < anchor - timedelta(days=6 * 365)
            is_let = stay.dwelling.tenure == "social" and stay.dwelling.is_in_area
            if is_let and not ended_long_ago and stay.start <= anchor:
                stays.setdefault(stay.dwelling.dwelling_id, []).append((stay, person))
    homes = []
    for found in stays.values():
        for household in households(found):
            adults = [pair for pair in household if pair[1].age(pair[0].start) >= 16]
            if not adults:
                continue
            start = min(stay.start for stay, _ in adults)
            ends = [stay.end for stay, _ in household]
            end = None if None in ends else max(ends)
            dwelling = household[0][0].dwelling
            reference = holding.reference("T", "tenancy")
            officer = random.choice(officers)
            row = holding.add(
                "tenancy", None, address(dwelling, start, end), tenancy_ref=reference,
                property_ref=f"PR{dwelling.uprn[-8:]}",
                tenure_code=random.choices(list(TENURES), list(TENURES.values()))[0],
                start_date=start, end_date=end, landlord_name=dwelling.landlord,
                patch=officer["team_name"],
                **officer,
            )  # fmt: skip
            row.values["organisation_name"] = dwelling.landlord
            homes.append((row, adults, household))
    return homes


def member(holding, homes):
    """The tenants, and mostly the children; a lodger seldom."""
    random, anchor = holding.random, holding.ward.anchor
    for row, adults, household in homes:
        adults = sorted(adults, key=lambda pair: (-pair[1].age(anchor) >= 18, pair[0].start))
        lead = adults[0][1]
        stays = {}
        for stay, person in household:
            stays.setdefault(person, []).append(stay)
        for person, theirs in stays.items():
            is_adult = any(person is other for _, other in adults)
            partner = (
                person is not lead and is_adult and abs(person.age(anchor) - lead.age(anchor)) < 16
            )
            if person is not lead and random.random() < (0.1 if partner else 0.18):
                continue
            role = "lead_tenant" if person is lead else "joint_tenant" if partner else "occupant"
            if role == "joint_tenant" and random.random() < 0.4:
                role = "occupant"
            known = holding.known.get(person)
            record = known[0] if known else holding.record(person, holding.reference("H", "person"))
            record.telephone = person.telephone if role != "occupant" else ""
            record.title = {"F": "Mrs", "M": "Mr"}[person.sex] if role != "occupant" else ""
            holding.add(
                "member", record, tenancy_ref=row.values["tenancy_ref"],
                person_ref=record.source_person_id,
                role=role, relationship_to_lead="" if person is lead else "P" if partner else "C",
                start_date=theirs[0].start, end_date=theirs[-1].end, is_organisation="N",
            )  # fmt: skip
        if random.random() < 0.01:
            company = holding.record(lead, holding.reference("H", "person"))
            company.given_name, company.family_name = "", "Beacon Support Ltd"
            company.date_of_birth, company.sex, company.gender, company.nhs_number = (
                None,
                "",
                "",
                "",
            )
            holding.add(
                "member", company, tenancy_ref=row.values["tenancy_ref"],
                person_ref=company.source_person_id,
                role="other", relationship_to_lead="", start_date=row.values["start_date"],
                end_date=row.values["end_date"], is_organisation="Y",
            ).is_spared = True  # fmt: skip


def event(holding, homes):
    """Arrears, notices and the rest; a balance above six weeks' rent is what counts as arrears."""
    random, anchor = holding.random, holding.ward.anchor
    members = {}
    for row in holding.tables.get("member", ()):
        members.setdefault(row.values["tenancy_ref"], []).append(row.values["person_ref"])
    for row, _, _ in homes:
        refs = members.get(row.values["tenancy_ref"])
        start = max(row.values["start_date"], anchor - timedelta(days=6 * 365))
        end = row.values["end_date"] or anchor
        days = max((end - start).days, 1)
        rent = round(random.uniform(85, 165), 2)
        for _ in range(holding.repeats(1.3)):
            kind = random.choices(list(EVENTS), list(EVENTS.values()))[0]
            opened = start + timedelta(days=random.randrange(days))
            closed = opened + timedelta(days=random.randint(20, 300))
            is_open = closed >= anchor
            holding.add(
                "event", None, event_id=holding.reference("V", "event"),
                tenancy_ref=row.values["tenancy_ref"],
                person_ref=random.choice(refs) if refs and kind == "asb" else "",
                event_type=kind, opened=opened, closed=None if is_open else closed,
                status="open" if is_open else "closed",
                balance=f"{rent * random.uniform(1, 14):.2f}" if kind == "rent_arrears" else "",
                weekly_rent=f"{rent:.2f}",
            )  # fmt: skip
