"""The scripted family: the one that the demo prints, the same for every seed, size and night.

Its people, homes and facts are written here as data, in days before night 1. It is spared all
defects, so that the rules that need no scoring find who is who. What it is there to show:
current and historic (Ruby's social worker, her closed early help), none_found (her mother in adult
social care), not_in_scope (Ruby in adult services), out_of_date (police, for all but her father);
and a grandmother who is a carer of hers too, for Ruby stays with her after school.
"""

from datetime import date, timedelta

from seeds.synthetic import identifiers
from seeds.synthetic.dwellings import Dwelling
from seeds.synthetic.population import Person, Stay, kin
from seeds.synthetic.services.base import address
from seeds.synthetic.services.llpg import register

CHILD = ("childrens_social_care", "9000001")

YEAR = 365
# flat, building, house, street, postcode, tenure
HOMES = {
    "home": ("7", "Linnet Court", "12", "Weaver Street", "ZX80 1AA", "social"),
    "fathers": ("2", "Quarry House", "45", "Foundry Lane", "ZX80 2BD", "social"),
    "grandmothers": ("", "", "31", "Orchard Close", "ZX80 3ER", "owned"),
    "former": ("", "", "8", "Railway Terrace", "ZX80 4GT", "private"),
}
# given name, family name, sex, age in days, where they live since when (days ago, oldest first)
PEOPLE = {
    "ruby": (
        "Ruby",
        "Sanderson",
        "F",
        9 * YEAR + 130,
        (("former", 9 * YEAR + 130), ("home", 4 * YEAR)),
    ),
    "tyler": (
        "Tyler",
        "Sanderson",
        "M",
        15 * YEAR + 60,
        (("former", 11 * YEAR), ("home", 4 * YEAR), ("grandmothers", 640)),
    ),
    "noah": ("Noah", "Wilcox", "M", 2 * YEAR + 200, (("home", 2 * YEAR + 200),)),
    "mother": (
        "Kirsty",
        "Pemberton",
        "F",
        34 * YEAR + 90,
        (("former", 11 * YEAR), ("home", 4 * YEAR)),
    ),
    "father": (
        "Lee",
        "Sanderson",
        "M",
        37 * YEAR + 10,
        (("former", 11 * YEAR), ("fathers", 4 * YEAR)),
    ),
    "partner": ("Adam", "Wilcox", "M", 33 * YEAR + 240, (("home", 3 * YEAR + 150),)),
    "grandmother": ("Maureen", "Pemberton", "F", 61 * YEAR + 75, (("grandmothers", 18 * YEAR),)),
}
# Tyler lives with his grandmother, who brings him up; Ruby stays with her after school
CARED_FOR_BY = {"ruby": ("mother", "grandmother"), "noah": ("mother",), "tyler": ("grandmother",)}
PARENTS = {
    "ruby": ("mother", "father"), "tyler": ("mother", "father"), "noah": ("mother", "partner"),
    "mother": ("grandmother", None),
}  # fmt: skip
# who is what to whom, and whether with parental responsibility, as the case system has it
TIES = (
    ("ruby", "mother", "MTH", "CHILD", "Y"), ("ruby", "father", "FTH", "CHILD", "Y"),
    ("tyler", "mother", "MTH", "CHILD", "Y"), ("tyler", "father", "FTH", "CHILD", "Y"),
    ("noah", "mother", "MTH", "CHILD", "Y"),
    ("ruby", "grandmother", "MGRMTH", "GRNDCHILD", "N"),
    ("tyler", "grandmother", "MGRMTH", "GRNDCHILD", "N"),
    ("ruby", "tyler", "SIB", "SIB", "N"), ("ruby", "noah", "HSIB", "HSIB", "N"),
    ("tyler", "noah", "HSIB", "HSIB", "N"),
)  # fmt: skip
# which feed knows whom, by which number
KNOWN = {
    "childrens_social_care": {
        "ruby": CHILD[1], "tyler": "9000002", "noah": "9000003", "mother": "9000011",
        "father": "9000012", "grandmother": "9000013",
    },
    "school": {"ruby": "P9000001", "tyler": "P9000002"},
    "adult_social_care": {"grandmother": "A9000001"},
    "housing": {
        "mother": "H9000001", "partner": "H9000002", "ruby": "H9000003", "noah": "H9000004",
        "father": "H9000005",
    },
    "anti_social_behaviour": {"father": "B9000001"},
    "police": {"father": "N9000001"},
    "council_tax_liability": {
        "mother": "L9000001", "partner": "L9000002", "father": "L9000003",
        "grandmother": "L9000004",
    },
    "llpg": {},
}  # fmt: skip
SEXES = {"adult_social_care": ("Female", "Male")}
SOCIAL_WORKER = {"id": "S90001", "name": "Helen Marsden", "team": "T9001"}
OFFICER = {
    "worker_id": "S90002", "worker_name": "Joanne Kershaw", "worker_role": "Housing Officer",
    "team_id": "T9002", "team_name": "North Patch", "organisation_name": "Ashmere Homes",
    "worker_email": "joanne.kershaw@ashmere.example.org", "worker_phone": "03069 990992",
}  # fmt: skip
CARE_MANAGER = {
    "worker_id": "S90003", "worker_name": "Samina Iqbal", "worker_role": "Care Manager",
    "team_id": "T9003", "team_name": "Carers Team", "organisation_name": "Ashmere Council",
    "worker_email": "samina.iqbal@ashmere.example.org", "worker_phone": "03069 990993",
}  # fmt: skip
SAFETY_OFFICER = CARE_MANAGER | {
    "worker_id": "S90004", "worker_name": "Martin Ogden", "worker_role": "Community Safety Officer",
    "team_id": "T9004", "team_name": "Community Safety",
    "worker_email": "martin.ogden@ashmere.example.org", "worker_phone": "03069 990994",
}  # fmt: skip
CONSTABLE = {
    "worker_id": "S90005", "worker_name": "Claire Hindle", "worker_role": "Police Constable",
    "team_id": "T9005", "team_name": "Ashmere Station", "organisation_name": "Ashmere Police",
    "worker_email": "claire.hindle@police.example.org", "worker_phone": "03069 990995",
}  # fmt: skip


def add(ward, holdings) -> None:
    """Put the family into the population and into what the services hold."""
    family = people(ward)
    held = {
        feed: {
            who: holdings[feed].record(family[who], number, SEXES.get(feed, ("F", "M")))
            for who, number in known.items()
        }
        for feed, known in KNOWN.items()
    }
    for feed, fill in FILL.items():
        fill(_Script(holdings[feed], held[feed], ward.anchor))


def people(ward) -> dict[str, Person]:
    """The true family, with numbers from beyond every ward's range."""
    homes = {
        key: Dwelling(f"S{number}", "flat" if flat else "house", f"9999990000{number:02d}", "",
                      flat, building, house, street, "Ashmere", postcode, tenure,
                      "Ashmere Homes" if tenure == "social" else "")
        for number, (key, (flat, building, house, street, postcode, tenure))
        in enumerate(HOMES.items(), 1)
    }  # fmt: skip
    serial = identifiers.WARDS * identifiers.NHS_PER_WARD
    numbers = filter(None, map(identifiers.nhs_number, range(serial, serial + 50)))
    family = {}
    for place, (key, (given, surname, sex, days, stays)) in enumerate(PEOPLE.items(), 1):
        born = ward.anchor - timedelta(days=days)
        person = Person(f"S{place:03d}", 900_000 + place, sex, given, "", surname, born, "british")
        person.nhs_number, person.telephone = next(numbers), f"07700 9008{place:02d}"
        person.is_scripted = True
        starts = [ward.anchor - timedelta(days=ago) for _, ago in stays]
        ends = [*starts[1:], None]
        person.stays = [
            Stay(homes[home], start, end)
            for (home, _), start, end in zip(stays, starts, ends, strict=True)
        ]
        family[key] = person
    family["ruby"].upn = identifiers.upn(9001, 2022, 1)
    family["tyler"].upn = identifiers.upn(9001, 2016, 1)
    for key, (mother, father) in PARENTS.items():
        family[key].mother = family[mother]
        family[key].father = family.get(father)
        for parent in (mother, father):
            if parent:
                family[parent].children.append(family[key])
    ward.people += family.values()
    ward.places.made += homes.values()
    kin(ward, list(family.values()))
    parted, together = (
        ward.anchor - timedelta(days=4 * YEAR),
        ward.anchor - timedelta(days=3 * YEAR + 150),
    )
    ward.tie(
        family["mother"],
        "partner",
        family["father"],
        ward.anchor - timedelta(days=11 * YEAR),
        parted,
    )
    ward.tie(family["partner"], "partner", family["mother"], together)
    for child in ("ruby", "tyler"):
        ward.tie(family["partner"], "step_parent", family[child], together)
    ward.tie(family["grandmother"], "carer", family["tyler"], ward.anchor - timedelta(days=640))
    ward.case("grandparent_carer", [family["grandmother"], family["tyler"]])
    ward.case("scripted_family", list(family.values()))
    return family


class _Script:
    """One feed's page of the script: rows that no defect and no night touches."""

    def __init__(self, holding, held, anchor):
        self.holding, self.held, self.anchor = holding, held, anchor

    def ago(self, days: int) -> date:
        return self.anchor - timedelta(days=days)

    def id(self, who: str) -> str:
        return self.held[who].source_person_id

    def row(self, table: str, who: str | None = None, place=None, **values) -> None:
        self.holding.add(table, self.held.get(who), place, **values).is_spared = True

    def home(self, who: str, kind="home"):
        stay = self.held[who].person.stays[-1]
        return address(stay.dwelling, stay.start, stay.end, kind, spared=True)


def childrens_social_care(script: _Script) -> None:
    """An open referral for Ruby and Noah, a closed one for Tyler, early help long over."""
    worker, team = SOCIAL_WORKER["id"], SOCIAL_WORKER["team"]
    script.row(
        "professionals", prof_professional_id=worker, prof_staff_id="79001",
        prof_professional_name=SOCIAL_WORKER["name"], prof_professional_job_title="Social Worker",
        prof_professional_department="Children's Services",
    )  # fmt: skip
    script.row(
        "department", dept_team_id=team, dept_team_name="Assessment Team North",
        dept_team_parent_id="D1", dept_team_parent_name="Children's Services",
    )  # fmt: skip
    for number, who in enumerate(("ruby", "tyler", "noah"), 1):
        child = script.held[who]
        unknown = "" if child.upn else "UN1"
        script.row(
            "person", who, pers_upn_unknown=unknown, pers_send_flag="N", pers_nationality="British"
        )
        for place, stay in enumerate(child.person.stays):
            script.row(
                "address", None, address(stay.dwelling, stay.start, stay.end, "Home", spared=True),
                addr_table_id=f"A900000{number}{place}", addr_person_id=script.id(who),
            )  # fmt: skip
        script.row(
            "family", fami_table_id=f"M900000{number}", fami_family_id="F9000001",
            fami_person_id=script.id(who),
        )  # fmt: skip
        script.row(
            "mother", moth_table_id=f"H900000{number}", moth_person_id=script.id("mother"),
            moth_childs_person_id=script.id(who), moth_childs_dob=child.date_of_birth,
        )  # fmt: skip
    for who in ("mother", "father", "grandmother"):
        script.row("related_person", who, script.home(who))
    script.row(
        "linked_identifiers", link_table_id="I9000001", link_person_id=script.id("ruby"),
        link_identifier_type="NHS Number", link_identifier_value=script.held["ruby"].nhs_number,
        link_valid_from_date=script.held["ruby"].date_of_birth,
    )  # fmt: skip
    # one open referral for Ruby and Noah, and one long closed for Tyler
    for number, (who, opened, closed) in enumerate(
        (("ruby", 72, None), ("noah", 72, None), ("tyler", 900, 700)), 1
    ):
        ended = None if closed is None else script.ago(closed)
        script.row(
            "cin_episodes", cine_referral_id=f"R900000{number}", cine_person_id=script.id(who),
            cine_referral_date=script.ago(opened), cine_cin_primary_need_code="N5",
            cine_referral_source_code="2A", cine_referral_nfa="N",
            cine_close_reason="" if ended is None else "RC7", cine_close_date=ended,
            cine_referral_team=team, cine_referral_worker_id=worker,
        )  # fmt: skip
        script.row(
            "involvements", invo_involvements_id=f"V900000{number}", invo_professional_id=worker,
            invo_professional_role_id="CW", invo_professional_team=team,
            invo_person_id=script.id(who),
            invo_involvement_start_date=script.ago(opened - 3), invo_involvement_end_date=ended,
            invo_referral_id=f"R900000{number}",
        )  # fmt: skip
    script.row(
        "early_help_episodes", earl_episode_id="E9000001", earl_person_id=script.id("ruby"),
        earl_episode_start_date=script.ago(760), earl_episode_end_date=script.ago(520),
        earl_episode_reason="Parenting", earl_episode_end_reason="Needs met",
        earl_episode_organisation="Ashmere Family Hub", earl_episode_worker_id=worker,
    )  # fmt: skip
    for number, (who, other, code, inverse, responsibility) in enumerate(TIES):
        child, relative = script.held[who].person, script.held[other].person
        facts = {
            "start_date": max(child.born, relative.born), "end_date": None,
            "is_household_member": "Y" if relative.home is child.home else "N",
        }  # fmt: skip
        for place, (one, two, relation, has) in enumerate(
            ((who, other, code, responsibility), (other, who, inverse, "N"))
        ):
            script.row(
                "relationship", relationship_id=f"K90000{number:02d}{place}",
                person_id=script.id(one),
                related_person_id=script.id(two), relationship_code=relation,
                parental_responsibility=has,
                is_carer="Y" if two in CARED_FOR_BY.get(one, ()) else "N", **facts,
            )  # fmt: skip


def school(script: _Script) -> None:
    """Ruby's primary school, Tyler's academy, and whom Ruby's school rings."""
    for number, (who, urn, name, year, since) in enumerate(
        (
            ("ruby", "999001", "Weaver Street Primary School", "4", 5 * YEAR),
            ("tyler", "999002", "Ashmere Academy", "10", 4 * YEAR),
        ), 1,
    ):  # fmt: skip
        script.row(
            "enrolment", who, script.home(who), source_pupil_id=script.id(who),
            enrolment_id=f"E900000{number}", school_urn=urn, school_laestab=f"9999{urn[3:]}",
            school_name=name,
            enrol_status="C", entry_date=script.ago(since), leaving_date=None, nc_year_actual=year,
            sen_provision="N", fsm_eligible="Y", young_carer_indicator="N",
            kinship_care_indicator="ND" if "mother" in CARED_FOR_BY[who] else "KI",
            school_phone=f"03069 99098{number}", dsl_name="Bernadette Molloy",
            dsl_email="bernadette.molloy@example.org", dsl_phone=f"03069 99098{number}",
            attendance_rate_ytd="91.5",
        )  # fmt: skip
    mother = script.held["ruby"].person.mother
    script.held["contact"] = script.holding.record(mother, f"{script.id('ruby')}/1")
    script.held["contact"].date_of_birth = None
    script.row(
        "contact", "contact", script.home("contact"), source_pupil_id=script.id("ruby"),
        contact_order=1,
        title="Ms", relationship_code="PAM", has_parental_responsibility="Y", address_as_pupil="Y",
        telephone_type="M",
    )  # fmt: skip


def adult_social_care(script: _Script) -> None:
    """A carer's assessment and some respite, both over: historic."""
    who = "grandmother"
    for kind, opened, closed, outcome, service, component in (
        ("Request", 330, 330, "Progress to Assessment", "", ""),
        ("Assessment", 310, 300, "Progress to Support Planning / Services", "", ""),
        (
            "Service",
            290,
            160,
            "Service ended as planned",
            "Carer Support: Direct to Carer",
            "Carer Respite",
        ),
    ):
        script.row(
            "cld", who, script.home(who), la_code=identifiers.LA_CODE,
            reporting_period_start_date=script.ago(YEAR), reporting_period_end_date=script.anchor,
            gp_practice_code="Z99999", client_type="Carer", primary_support_reason="",
            accommodation_status="Owner occupier or shared ownership scheme", has_unpaid_carer="N",
            event_type=kind, event_reference=f"EV9{opened}", event_start_date=script.ago(opened),
            event_end_date=script.ago(closed), event_outcome=outcome,
            route_of_access="Community / Other route" if kind == "Request" else "",
            service_type=service, service_component=component,
            event_detail_key=f"{kind}|{component}",
        )  # fmt: skip
    script.row(
        "allocation", who, source_person_id=script.id(who), referral_start=script.ago(330),
        referral_end=script.ago(160), last_case_note_date=script.ago(165), **CARE_MANAGER,
    )  # fmt: skip
    script.row("person_address", who, script.home(who), source_person_id=script.id(who))


def housing(script: _Script) -> None:
    """Her tenancy with her partner and the children; his, with arrears of eleven weeks."""
    for reference, lead, since in (
        ("T9000001", "mother", 4 * YEAR),
        ("T9000002", "father", 4 * YEAR),
    ):
        script.row(
            "tenancy", None, script.home(lead), tenancy_ref=reference,
            property_ref=f"PR{reference[1:]}",
            tenure_code="SEC", start_date=script.ago(since), end_date=None,
            landlord_name="Ashmere Homes",
            patch="North Patch", **OFFICER,
        )  # fmt: skip
    for reference, who, role, relation, since in (
        ("T9000001", "mother", "lead_tenant", "", 4 * YEAR),
        ("T9000001", "partner", "joint_tenant", "P", 3 * YEAR + 150),
        ("T9000001", "ruby", "occupant", "C", 4 * YEAR),
        ("T9000001", "noah", "occupant", "C", 2 * YEAR + 200),
        ("T9000002", "father", "lead_tenant", "", 4 * YEAR),
    ):
        script.held[who].nhs_number = ""
        script.row(
            "member", who, tenancy_ref=reference, person_ref=script.id(who), role=role,
            relationship_to_lead=relation, start_date=script.ago(since), end_date=None,
            is_organisation="N",
        )  # fmt: skip
    script.row(
        "event", event_id="V9000001", tenancy_ref="T9000002", person_ref="",
        event_type="rent_arrears",
        opened=script.ago(120), closed=None, status="open", balance="1254.00", weekly_rent="114.00",
    )  # fmt: skip


def anti_social_behaviour(script: _Script) -> None:
    """A closed case about noise at the father's flat."""
    script.held["father"].nhs_number = ""
    script.row(
        "asb_case", case_ref="C9000001", opened=script.ago(840), closed=script.ago(770),
        status="closed",
        category="noise", lead_agency="Ashmere Homes", **SAFETY_OFFICER,
    )  # fmt: skip
    script.row(
        "asb_person", "father", script.home("father"), case_ref="C9000001",
        person_ref=script.id("father"), role="perpetrator",
    )  # fmt: skip


def police(script: _Script) -> None:
    """The father, suspected of an assault within the year."""
    script.held["father"].nhs_number = ""
    script.row(
        "person_occurrence", "father", script.home("father"), occurrence_ref="O900000001",
        person_ref=script.id("father"), pnc_id=identifiers.pnc_id(2011, 77), force_code="99",
        offence_code="10501", offence_title="Common assault",
        offence_category="violence_without_injury",
        occurrence_date=script.ago(300), recorded_date=script.ago(299), role="suspect",
        outcome_code="16",
        custody_flag="N", domestic_abuse_flag="Y", child_at_risk_flag="Y", ethnicity_sde="W1",
        ethnicity_officer="W", **CONSTABLE,
    )  # fmt: skip


def council_tax_liability(script: _Script) -> None:
    """Two accounts of one, and one of the mother and her partner together."""
    for number, (who, discount) in enumerate(
        (("mother", ""), ("father", "single_person"), ("grandmother", "")), 1
    ):
        for liable in (who, "partner") if who == "mother" else (who,):
            record, stay = script.held[liable], script.held[liable].person.stays[-1]
            record.date_of_birth, record.nhs_number, record.sex = None, "", ""
            script.row(
                "liability", liable, script.home(liable), account_ref=f"CT900000{number}",
                person_ref=script.id(liable), liability_start=stay.start, liability_end=None,
                discount_type=discount,
            )  # fmt: skip


def llpg(script: _Script) -> None:
    """Their homes."""
    homes = [home for home in script.holding.ward.places.made if home.dwelling_id.startswith("S")]
    register(script.holding, homes, spared=True)


FILL = {
    "childrens_social_care": childrens_social_care, "school": school,
    "adult_social_care": adult_social_care, "housing": housing,
    "anti_social_behaviour": anti_social_behaviour, "police": police,
    "council_tax_liability": council_tax_liability, "llpg": llpg,
}  # fmt: skip
