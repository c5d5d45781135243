"""What community safety holds: cases since 2014, and who was said to be in them."""

from datetime import date, timedelta

from seeds.synthetic.services.base import address, staff

CATEGORIES = (
    "noise",
    "verbal abuse/harassment",
    "vandalism",
    "drugs",
    "garden nuisance",
    "vehicles",
    "pets",
)
AGENCIES = ("Ashmere Council", "Ashmere Homes", "Beacon Housing Association")


def hold(holding, people):
    """Fill every table of the feed for these people."""
    adults = [
        p for p in people if p.stays and not p.is_scripted and p.age(holding.ward.anchor) >= 13
    ]
    adults = [p for p in adults if any(stay.dwelling.is_in_area for stay in p.stays)]
    cases = asb_case(holding, round(len(adults) * 0.085))
    asb_person(holding, cases, adults)


def asb_case(holding, count):
    """Cases since 2014, more of late; some are never closed."""
    random, anchor = holding.random, holding.ward.anchor
    officers = staff(
        holding, 4, "Community Safety Officer", ("Community Safety",), "Ashmere Council"
    )
    since = date(2014, 1, 1)
    cases = []
    for _ in range(count):
        opened = since + timedelta(days=int((anchor - since).days * random.random() ** 0.6))
        closed = opened + timedelta(days=random.randint(7, 240))
        is_open = closed >= anchor
        cases.append(
            holding.add(
                "asb_case",
                None,
                case_ref=holding.reference("C", "case"),
                opened=opened,
                closed=None if is_open else closed,
                status="open" if is_open else "closed",
                category=random.choice(CATEGORIES),
                lead_agency=random.choice(AGENCIES),
                **random.choice(officers),
            )
        )
    return cases


def asb_person(holding, cases, adults):
    """A few people are in many cases; most are in one."""
    random = holding.random
    for case in cases:
        others = ("witness", "victim", "perpetrator")[: holding.repeats(0.35)]
        roles = ["perpetrator", "complainant", *others]
        named = set()
        for role in roles:
            if role == "perpetrator":
                someone = adults[int(len(adults) * random.random() ** 3)]
            else:
                someone = random.choice(adults)
            if (someone, role) in named:
                continue
            named.add((someone, role))
            known = holding.known.get(someone)
            record = (
                known[0] if known else holding.record(someone, holding.reference("B", "person"))
            )
            record.nhs_number = record.upn = record.language_code = ""
            here = someone.home_on(case.values["opened"])
            holding.add(
                "asb_person", record, address(here), case_ref=case.values["case_ref"],
                person_ref=record.source_person_id, role=role,
            )  # fmt: skip
