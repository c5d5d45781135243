"""What adult social care holds: client level data of twelve months, allocations, addresses."""

from datetime import timedelta

from seeds.synthetic.identifiers import LA_CODE
from seeds.synthetic.services.base import address, staff

TEAMS = ("Older People Team", "Learning Disability Team", "Hospital Discharge Team", "Carers Team")
REASONS = (
    "Physical Support: Personal care support", "Physical support: Access and mobility only",
    "Learning Disability Support", "Mental Health Support", "Support with Memory & Cognition",
)  # fmt: skip
LONG_TERM = (
    ("Long Term Support: Community", "Home Support"),
    ("Long Term Support: Community", "Direct Payment"),
    ("Long Term Support: Community", "Day Support"),
    ("Long Term Support: Residential Care", "Long Term Residential Care"),
    ("Short Term Support: ST-Max", "Reablement"), ("Long Term Support: Community", "Equipment"),
)  # fmt: skip
CARER = (
    ("Carer Support: Direct to Carer", "Other Carer Support"),
    ("Carer Support: Direct to Carer", "Carer Respite"),
)  # fmt: skip
ROUTES = ("Community / Other route", "Discharge from Hospital", "Planned Entry (Transition)")


def hold(holding, people):
    """Fill every table of the feed for these people."""
    known = clients(holding, [p for p in people if not p.is_scripted])
    cld(holding, known)
    allocation(holding, known)
    person_address(holding, known)


def clients(holding, people):
    """Old people, some younger ones, and those who care for somebody."""
    random, anchor = holding.random, holding.ward.anchor
    chosen = []
    for adult in people:
        age = adult.age(anchor)
        if age < 18 or (adult.died and adult.died < anchor - timedelta(days=500)):
            continue
        home = adult.stays[-1].dwelling if adult.stays else None
        if home is None or not home.is_in_area:
            continue
        chance = 0.008 if age < 50 else 0.022 if age < 65 else 0.08 if age < 78 else 0.28
        if adult.marks & {"care_home", "grandparent_carer"}:
            chance = 0.85 if "care_home" in adult.marks else 0.4
        if random.random() < chance:
            record = holding.record(adult, holding.reference("A", "adult"), ("Female", "Male"))
            carer = "grandparent_carer" in adult.marks or (age < 80 and random.random() < 0.14)
            chosen.append((record, "Carer" if carer else "Service User"))
    return chosen


def cld(holding, known):
    """One row an event: a request, an assessment, services, reviews, all inside twelve months."""
    random, anchor = holding.random, holding.ward.anchor
    window = anchor - timedelta(days=365)
    carers = [record for record, kind in known if kind == "Carer"]
    for record, client in known:
        requested = anchor - timedelta(days=random.randint(3, 900))
        is_open = random.random() < 0.6 and not record.person.died
        ended = None if is_open else max(window, requested) + timedelta(days=random.randint(1, 200))
        if record.person.died:
            ended = max(record.person.died, requested)
        if ended and ended >= anchor:
            ended = anchor - timedelta(days=1)
        if ended and ended < requested:
            ended = requested
        events = []
        if requested >= window:
            events.append(
                (
                    "Request",
                    requested,
                    requested,
                    "Progress to Assessment",
                    random.choice(ROUTES),
                    "",
                    "",
                )
            )
            assessed = requested + timedelta(days=random.randint(2, 40))
            if assessed < (ended or anchor):
                events.append(
                    (
                        "Assessment",
                        assessed,
                        assessed,
                        "Progress to Support Planning / Services",
                        "",
                        "",
                        "",
                    )
                )
        for _ in range(1 + holding.repeats(1.6)):
            kind, component = random.choice(CARER if client == "Carer" else LONG_TERM)
            start = min(
                requested + timedelta(days=random.randint(0, 300)), anchor - timedelta(days=2)
            )
            stop = ended if ended else None if random.random() < 0.7 else start + timedelta(days=90)
            start = min(start, stop or anchor - timedelta(days=1))
            stop = None if stop and stop >= anchor else stop
            outcome = (
                ""
                if stop is None
                else random.choice(("Service ended as planned", "No change in package"))
            )
            if stop is None or stop >= window:
                events.append(("Service", start, stop, outcome, "", kind, component))
        for _ in range(holding.repeats(0.4)):
            day = anchor - timedelta(days=random.randint(1, 364))
            if day > requested and (ended is None or day < ended):
                events.append(("Review", day, day, "No change in package", "", "", ""))
        stated = random.choice(("Y", "N")) if random.random() < 0.8 else "Unknown"
        linked = (
            random.choice(carers).source_person_id if carers and client == "Service User" else ""
        )
        for kind, start, stop, outcome, route, service, component in events:
            detail = f"{stop or 'open'}|{route}{service}|{component}|{holding.number('line')}"
            holding.add(
                "cld", record, address(record.person.home or record.person.stays[-1].dwelling),
                la_code=LA_CODE, reporting_period_start_date=window,
                reporting_period_end_date=anchor,
                la_person_id=record.source_person_id,
                gp_practice_code=f"Z99{holding.ward.number % 1000:03d}",
                client_type=client,
                primary_support_reason="" if kind == "Request" else random.choice(REASONS),
                accommodation_status=accommodation(record.person), has_unpaid_carer=stated,
                event_type=kind,
                event_reference=holding.reference("EV") if random.random() < 0.7 else "",
                event_start_date=start, event_end_date=stop, event_outcome=outcome,
                route_of_access=route,
                service_type=service, service_component=component,
                linked_person_id_1=linked if random.random() < 0.1 else "", event_detail_key=detail,
            )  # fmt: skip


def accommodation(person):
    """The status as the return words it."""
    home = person.home or person.stays[-1].dwelling
    if home.kind in ("care_home", "refuge", "hostel"):
        return {
            "care_home": "Registered care home", "refuge": "Refuge",
            "hostel": "Night shelter / emergency hostel / direct access hostel",
        }[home.kind]  # fmt: skip
    return {
        "owned": "Owner occupier or shared ownership scheme", "social": "Tenant",
        "private": "Tenant - private landlord",
    }.get(home.tenure, "Unknown")  # fmt: skip


def allocation(holding, known):
    """Who is or was the worker of each adult."""
    random, anchor = holding.random, holding.ward.anchor
    people = staff(holding, 10, "Social Worker", TEAMS, "Ashmere Council")
    for record, _ in known:
        starts = set()
        for _ in range(1 + (random.random() < 0.25)):
            start = anchor - timedelta(days=random.randint(5, 900))
            if start in starts:
                continue
            starts.add(start)
            is_open = random.random() < 0.5 and not record.person.died
            end = None if is_open else min(start + timedelta(days=random.randint(10, 300)), anchor)
            noted = (end or anchor) - timedelta(days=random.randint(0, 25))
            holding.add(
                "allocation", None, source_person_id=record.source_person_id, referral_start=start,
                referral_end=end, last_case_note_date=max(noted, start), **random.choice(people),
            )  # fmt: skip


def person_address(holding, known):
    """Where each adult lives and lived before."""
    for record, _ in known:
        stays = record.person.stays[-2:]
        if len(stays) == 2 and stays[0].start == stays[1].start:
            stays = stays[1:]
        for stay in stays:
            holding.add(
                "person_address", None, address(stay.dwelling, stay.start, stay.end),
                source_person_id=record.source_person_id,
            )  # fmt: skip
