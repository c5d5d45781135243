"""What the council's address register holds: every dwelling of its area, and the shells above."""

from dataclasses import replace

from seeds.synthetic.services.base import address

COUNCIL = "E08999001"
# AddressBase classes; a refuge is a house like its neighbours, for nobody told the register
CLASSES = {
    "house": ("RD02", "RD03", "RD04"), "flat": ("RD06",), "sheltered": ("RD08",),
    "traveller_pitch": ("RD01",), "hmo": ("RH03",), "care_home": ("RI01",),
    "childrens_home": ("RI02",), "hostel": ("RI02NC",), "approved_premises": ("RI02",),
    "student_hall": ("RI03",), "prison": ("CC03PR",), "hotel": ("CH03",), "refuge": ("RD03",),
}  # fmt: skip
SHELL, UNCLASSIFIED = "PP", "U"
NOT_YET_REGISTERED, NOT_YET_CLASSIFIED, RENUMBERED = 0.01, 0.02, 0.005


def hold(holding, people):
    """Register the dwellings of the ward that are not in the register yet. Nobody is in it."""
    del people
    register(holding, [home for home in holding.ward.places.made if home.is_in_area])


def register(holding, homes, spared=False):
    """Rows for these dwellings, each with the shell of its building before it."""
    random = holding.random
    known = {row.values["uprn"] for row in holding.so_far("property")}
    for home in homes:
        if home.uprn in known:
            continue
        if home.parent_uprn and home.parent_uprn not in known:
            known.add(home.parent_uprn)
            shell = replace(home, uprn=home.parent_uprn, parent_uprn="", flat="")
            _property(holding, shell, SHELL, spared)
        if not spared and random.random() < NOT_YET_REGISTERED:
            continue
        known.add(home.uprn)
        code = CLASSES[home.kind][0] if spared else random.choice(CLASSES[home.kind])
        if not spared and random.random() < NOT_YET_CLASSIFIED:
            code = UNCLASSIFIED
        _property(holding, home, code, spared)
        if not spared and random.random() < RENUMBERED:
            former = replace(home, uprn=f"99{home.uprn[2:]}")
            _property(holding, former, code, spared, status="historic")


def _property(holding, home, code, spared, status="approved"):
    lines = [line for line in address(home).lines() if line]
    holding.add(
        "property", uprn=home.uprn, parent_uprn=home.parent_uprn,
        address_line=", ".join(lines).upper(), postcode=home.postcode, class_code=code,
        la_code_gss=COUNCIL, status=status,
    ).is_spared = spared  # fmt: skip
