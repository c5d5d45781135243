"""Stage 3: what goes wrong between the truth and a file. One function a defect, called by its id.

Rates are those of the defect catalogue. Each defect draws from its own random source, so switching
one off leaves all others as they were. Scripted people are spared. D34 to D44 are deliveries gone
wrong as a whole and are made by the tests of landing.
"""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from seeds.synthetic import identifiers, names, slips
from seeds.synthetic.services.base import address

CSC, SCHOOL, ASC = "childrens_social_care", "school", "adult_social_care"
HOUSING, ASB, POLICE = "housing", "anti_social_behaviour", "police"
TAX, NEIGHBOUR = "council_tax_liability", "neighbouring_council"
DATED = (CSC, SCHOOL, ASC, HOUSING, ASB, POLICE, NEIGHBOUR)
ALL = (*DATED, TAX)

RATES: dict[str, dict[str, float]] = {
    "D01": dict.fromkeys(ALL, 0.003),
    "D02": {CSC: 0.03, ASC: 0.04, HOUSING: 0.05, POLICE: 0.08, TAX: 0.02},
    "D03": {CSC: 0.005},
    "D04": dict.fromkeys(ALL, 0.06),
    "D05": dict.fromkeys(ALL, 0.05),
    "D06": dict.fromkeys(ALL, 0.007),
    "D07": dict.fromkeys(ALL, 0.03),
    "D08": dict.fromkeys(ALL, 0.01),
    "D09": {HOUSING: 0.02, POLICE: 0.02, TAX: 0.02},
    "D10": {CSC: 0.01},
    "D11": dict.fromkeys(DATED, 0.01) | {POLICE: 0.06, HOUSING: 0.10, ASB: 0.25},
    "D12": {HOUSING: 0.015, ASC: 0.015},
    "D13": {POLICE: 0.008},
    "D14": dict.fromkeys(DATED, 0.01),
    "D15": {CSC: 0.01, ASC: 0.01},
    "D16": {CSC: 0.005},
    "D17": {CSC: 0.40, ASC: 0.08, SCHOOL: 0.95, HOUSING: 0.99, NEIGHBOUR: 0.30},
    "D18": {CSC: 0.004, ASC: 0.004, SCHOOL: 0.004, HOUSING: 0.004},
    "D19": {CSC: 0.0005, SCHOOL: 0.0005},
    "D20": {CSC: 0.02, SCHOOL: 0.02},
    "D21": dict.fromkeys(ALL, 0.15),
    "D22": {CSC: 0.10, SCHOOL: 0.10},
    "D22 two open": {CSC: 0.04},
    "D23": dict.fromkeys(ALL, 0.03),
    "D24": dict.fromkeys((CSC, SCHOOL, ASC, ASB, POLICE, NEIGHBOUR), 0.60) | {TAX: 0.08},
    "D25": {CSC: 0.002},
    "D26": {ASC: 0.05, HOUSING: 0.05, POLICE: 0.05, TAX: 0.02},
    "D27": dict.fromkeys(ALL, 0.003),
    "D28": {CSC: 0.01, SCHOOL: 0.01, ASC: 0.01},
    "D29": {CSC: 0.06, ASC: 0.06},
    "D30": dict.fromkeys(ALL, 0.02),
    "D31 inverted": {CSC: 0.03, SCHOOL: 0.03},
    "D31 one way": {CSC: 0.30},
    "D31 self": {CSC: 0.0005},
    "D31 older": {CSC: 0.001},
    "D31 unknown": {CSC: 0.02, SCHOOL: 0.02},
    "D31 still open": {CSC: 0.30},
    "D32": {CSC: 0.02},
    "D33": {HOUSING: 0.08},
}
UNDER_SIX_WEEKS = 0.08

# From when to when: the columns in which an end can go missing or come before its start.
SPANS = {
    "cin_episodes": ("cine_referral_date", "cine_close_date"),
    "early_help_episodes": ("earl_episode_start_date", "earl_episode_end_date"),
    "involvements": ("invo_involvement_start_date", "invo_involvement_end_date"),
    "enrolment": ("entry_date", "leaving_date"),
    "cld": ("event_start_date", "event_end_date"),
    "allocation": ("referral_start", "referral_end"),
    "tenancy": ("start_date", "end_date"),
    "member": ("start_date", "end_date"),
    "event": ("opened", "closed"),
    "asb_case": ("opened", "closed"),
    "person_occurrence": ("occurrence_date", "disposal_date"),
    "liability": ("liability_start", "liability_end"),
}
# Columns of codes, with a label that clerks write in place of the code.
CODES = {
    "cin_episodes": ("cine_referral_source_code", "SCHOOLS"),
    "involvements": ("invo_professional_role_id", "Allocated Worker"),
    "relationship": ("relationship_code", "Mother"),
    "enrolment": ("enrol_status", "Current"),
    "contact": ("relationship_code", "Mother"),
    "cld": ("service_component", "Home support or domiciliary care"),
    "tenancy": ("tenure_code", "Secure"),
    "member": ("role", "Lead Tenant"),
    "event": ("event_type", "Rent Arrears"),
    "asb_case": ("status", "Open"),
    "asb_person": ("role", "Perpetrator"),
    "person_occurrence": ("role", "Suspect"),
    "liability": ("discount_type", "Single Person"),
}
# Where a table holds the number of a person; a second registration takes some of these rows along.
PERSON_COLUMNS = (
    "addr_person_id", "link_person_id", "fami_person_id", "moth_person_id", "moth_childs_person_id",
    "cine_person_id", "earl_person_id", "invo_person_id", "person_id", "related_person_id",
    "la_person_id", "source_person_id", "person_ref",
)  # fmt: skip
OWN_ROW = ("person", "related_person")
PREFIXES = {CSC: "3", ASC: "A9", HOUSING: "H9", POLICE: "N9", TAX: "L9"}


class Log:
    """Draws who is hit, keeps count, and remembers each hit for the truth."""

    def __init__(self, without: frozenset[str] = frozenset()):
        """A log without the defects that are switched off."""
        unknown = {defect for defect in without if not any(key[:3] == defect for key in RATES)}
        if unknown:
            raise ValueError(f"No such defect: {', '.join(sorted(unknown))}. There are D01 to D33.")
        self.without = without
        self.done: list[tuple[str, str, str, str]] = []
        self.counts: dict[tuple[str, str], list[int]] = {}
        self.seed = ""

    def choose(self, defect: str, holding, items: list, rate=None, among=None):
        """Items to hit. With `among`, the rate is of those, although only `items` can be hit."""
        rate = RATES[defect].get(holding.feed, 0) if rate is None else rate
        items = [item for item in items if not item.is_spared]
        possible = len(items) if among is None else among
        if not items or not rate or defect[:3] in self.without:
            return
        random = Random(f"{self.seed}/{defect}/{items[0].__class__.__name__}")
        chance = rate if among is None else min(rate * possible / len(items), 0.95)
        counted = self.counts.setdefault((defect, holding.feed), [0, 0])
        counted[0] += possible
        for item in items:
            if random.random() < chance:
                counted[1] += 1
                table = getattr(item, "table", "")
                key = getattr(item, "source_person_id", "") or _key(item)
                self.done.append((defect, holding.feed, table, str(key)))
                yield item, random


def _key(row) -> str:
    return next(iter(row.values.values()), "")


def apply(holding, log: Log, seed: str) -> None:
    """Every defect on what one feed holds, in the order in which such things happen."""
    log.seed = seed
    for defect in DEFECTS:
        defect(holding, log)


def people(holding) -> list:
    """Records that are people: not companies that hold a tenancy."""
    return [record for record in holding.records if record.given_name]


def rows(holding, *tables) -> list:
    """Rows of these tables; of all of them when none is named."""
    wanted = tables or tuple(holding.tables)
    return [row for table in wanted for row in holding.tables.get(table, ())]


# Whole records


def d01_exact_duplicate_row(holding, log):
    """The same row twice in one file."""
    for table in holding.tables.values():
        again = [row for row, _ in log.choose("D01", holding, table)]
        table += again


def d02_registered_again(holding, log):
    """The same person under a second number, with half of what is known of them."""
    chosen = [both for both in log.choose("D02", holding, people(holding))]
    wanted = {record.source_person_id for record, _ in chosen}
    by_number: dict[str, list] = {}
    for row in rows(holding) if wanted else ():
        for column in PERSON_COLUMNS:
            if row.values.get(column) in wanted:
                by_number.setdefault(row.values[column], []).append((row, column))
    by_record: dict[int, list] = {}
    for row in rows(holding) if wanted else ():
        if row.record:
            by_record.setdefault(id(row.record), []).append(row)
    for record, random in chosen:
        again = replace(record, source_person_id=holding.reference(PREFIXES[holding.feed], "again"))
        holding.records.append(again)
        own = by_record.get(id(record), [])
        if own and own[0].table in OWN_ROW:
            _copy(holding, own[0], again)
        elif own and (len(own) == 1 or holding.feed == HOUSING):
            _copy(holding, own[0], again)
            continue
        moved = {
            id(row)
            for row, _ in by_number.get(record.source_person_id, ())
            if random.random() < 0.5
        }
        if own and own[0].table not in OWN_ROW:
            moved.add(id(own[-1]))
            moved.discard(id(own[0]))
        for row, column in by_number.get(record.source_person_id, ()):
            if id(row) in moved:
                row.values[column] = again.source_person_id
                row.record = again if row.record is record else row.record


def _copy(holding, row, record, **changed):
    """A copy of a row for another record, under that record's number."""
    values = row.values | changed
    for column in ("la_person_id", "source_person_id", "person_ref", "addr_person_id"):
        if column in values:
            values[column] = record.source_person_id
    copied = replace(row, values=values, record=record if row.record else None)
    if row.address:
        copied.address = replace(row.address)
    holding.tables[row.table].append(copied)
    return copied


def d03_merged_record_left_behind(holding, log):
    """A record that was merged long ago and only says so in its surname."""
    held = [row for row in rows(holding, *OWN_ROW) if row.record.given_name]
    for row, random in log.choose("D03", holding, held):
        words = random.choice(("{} DUPLICATE", "DO NOT USE {}", "{} (dup of)", "{} MERGED"))
        left = replace(
            row.record,
            source_person_id=holding.reference("4", "merged"),
            family_name=words.format(row.record.family_name),
        )
        holding.records.append(left)
        _copy(holding, row, left)


# Names


def d04_short_or_pet_name(holding, log):
    """Margaret as Peggy, or half of a name."""
    for record, random in log.choose("D04", holding, people(holding)):
        known = names.nicknames(record.given_name)
        record.given_name = (
            random.choice(known)
            if known
            else record.given_name[: max(3, len(record.given_name) // 2)]
        )


def d05_another_surname(holding, log):
    """Maiden, married, a parent's, or both with a hyphen."""
    for record, random in log.choose("D05", holding, people(holding)):
        person = record.person
        others = [person.former_family_name, person.mother and person.mother.family_name]
        others += [person.father and person.father.family_name]
        others = [name for name in others if name and name != record.family_name]
        other = (
            random.choice(others) if others else names.family(person.tradition, person.sex, random)
        )
        both = [record.family_name, other]
        random.shuffle(both)
        record.family_name = "-".join(both) if random.random() < 0.35 else other


def d06_names_swapped(holding, log):
    """The given name in the family name and the other way round."""
    for record, _ in log.choose("D06", holding, people(holding)):
        record.given_name, record.family_name = record.family_name, record.given_name


def d07_misspelt(holding, log):
    """One slip in one of the names."""
    for record, random in log.choose("D07", holding, people(holding)):
        which = random.choice(("given_name", "family_name"))
        setattr(record, which, slips.slip(getattr(record, which), random))


def d08_accents_lost(holding, log):
    """O'Neill as ONeill, Wójcik as Wojcik or WÃ³jcik."""
    everybody = people(holding)
    marked = [r for r in everybody if slips.is_marked(r.family_name + r.given_name)]
    for record, random in log.choose("D08", holding, marked, among=len(everybody)):
        spoil = random.choice((slips.plain, slips.plain, slips.mojibake))
        record.given_name, record.family_name = spoil(record.given_name), spoil(record.family_name)


def d09_fields_mixed(holding, log):
    """Two people in one field, a title in the forename, a suffix in the surname."""
    for record, random in log.choose("D09", holding, people(holding)):
        kind = random.randrange(4)
        if kind == 0:
            record.given_name, record.title = "Mr & Mrs", ""
        elif kind == 1:
            record.given_name = f"{'Mrs' if record.person.sex == 'F' else 'Mr'} {record.given_name}"
        elif kind == 2:
            record.family_name += random.choice((" Jnr", " (deceased)", " Snr"))
        else:
            record.title = "Exors of"


def d10_placeholder_name(holding, log):
    """A baby nobody had named when the record was opened, or a child nobody asked."""
    children = [row.record for row in rows(holding, "person")]
    young = [r for r in children if r.person.born > holding.ward.anchor - timedelta(days=42)]
    older = [record for record in children if record not in young]
    for group, rate in ((young, UNDER_SIX_WEEKS), (older, None)):
        for record, random in log.choose("D10", holding, group, rate=rate):
            record.given_name = random.choice(("Baby", "Unknown", "Baby Girl", "Infant"))


# Birth dates


def born(holding) -> list:
    """People with a birth date."""
    return [record for record in people(holding) if record.date_of_birth]


def d11_no_birth_date(holding, log):
    """Nobody asked."""
    for record, _ in log.choose("D11", holding, born(holding)):
        record.date_of_birth = None


def d12_sentinel_birth_date(holding, log):
    """What a system writes when nobody asked."""
    for record, random in log.choose("D12", holding, born(holding)):
        record.date_of_birth = date(1900, 1, 1) if random.random() < 0.8 else date(1901, 1, 1)


def d13_day_and_month_swapped(holding, log):
    """3 April as 4 March."""
    everybody = born(holding)
    can = [r for r in everybody if r.date_of_birth.day <= 12 != r.date_of_birth.month]
    can = [r for r in can if r.date_of_birth.day != r.date_of_birth.month]
    for record, _ in log.choose("D13", holding, can, among=len(everybody)):
        was = record.date_of_birth
        record.date_of_birth = date(was.year, was.day, was.month)


def d14_birth_date_wrong(holding, log):
    """The day, the month or the year is wrong."""
    for record, random in log.choose("D14", holding, born(holding)):
        was, kind = record.date_of_birth, random.randrange(3)
        day = min(was.day, 28)
        if kind == 0:
            changed = was.replace(day=(day + random.choice((1, 2, 10, 9))) % 28 + 1)
        elif kind == 1:
            changed = was.replace(month=was.month % 12 + 1, day=day)
        else:
            changed = was.replace(year=was.year + random.choice((-1, 1, -10, 10)), day=day)
        record.date_of_birth = (
            changed if changed < holding.ward.anchor else was.replace(year=was.year - 1, day=day)
        )


def d15_guessed_birth_date(holding, log):
    """The fifteenth for children who came alone; 1 January for the old."""
    for record, _ in log.choose("D15", holding, born(holding)):
        was = record.date_of_birth
        guessed = was.replace(day=15) if holding.feed == CSC else was.replace(month=1, day=1)
        record.date_of_birth, record.dob_accuracy = min(guessed, holding.ward.anchor), "EEA"


def d16_expected_and_actual_mixed(holding, log):
    """An expected date in place of the birth date, or the reverse."""
    children = [row.record for row in rows(holding, "person")]
    for record, _ in log.choose("D16", holding, children):
        record.date_of_birth, record.expected_date_of_birth = (
            record.expected_date_of_birth,
            record.date_of_birth,
        )


# Identifiers


def numbered(holding) -> list:
    """Records with an NHS number."""
    return [record for record in holding.records if record.nhs_number]


def d17_no_nhs_number(holding, log):
    """The service never asked for it."""
    for record, _ in log.choose("D17", holding, numbered(holding)):
        record.nhs_number = ""


def d18_nhs_number_spoilt(holding, log):
    """A wrong check digit, one digit throughout, spaces, or what a spreadsheet makes of it."""
    for record, random in log.choose("D18", holding, numbered(holding)):
        number = record.nhs_number
        wrong = number[:-1] + str((int(number[-1]) + random.randint(1, 9)) % 10)
        spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
        record.nhs_number = random.choice((wrong, wrong, "9999999999", spaced, f"{number}.0"))


def d19_number_of_another(holding, log):
    """The number of a brother, a sister, a mother: the one confusion that merges a family."""
    held = {record.person: record for record in numbered(holding)}
    pupils = {record.person: record for record in holding.records if record.upn}
    for record, random in log.choose("D19", holding, people(holding)):
        person = record.person
        kin = [*(person.mother.children if person.mother else ()), *filter(None, (person.mother,))]
        numbers = [held[one].nhs_number for one in kin if one in held and one is not person]
        upns = [pupils[one].upn for one in kin if one in pupils and one is not person]
        if numbers:
            record.nhs_number = random.choice(numbers)
        elif upns:
            record.upn = random.choice(upns)


def d20_pupil_number_not_permanent(holding, log):
    """A temporary one, a reason in place of one, or the former one still in use."""
    with_upn = [record for record in holding.records if record.upn]
    for record, random in log.choose("D20", holding, with_upn):
        kind = random.randrange(3)
        if kind == 0:
            establishment, year = int(record.upn[4:8]), int(record.upn[8:10])
            record.upn = identifiers.temporary_upn(establishment, year, random.randrange(100))
        elif kind == 1:
            record.upn = random.choice(("UN1", "UN2", "UN5"))
        elif record.former_upn:
            record.upn = record.former_upn
        else:
            establishment, year = int(record.upn[4:8]), int(record.upn[8:10])
            record.upn = identifiers.upn(establishment, year, 900 + random.randrange(100))


# Addresses


def addressed(holding) -> list:
    """Rows with an address that may be spoilt: a refuge is not, or its secret could leak."""
    return [row for row in rows(holding) if row.address and not row.address.is_spared]


def d21_address_written_otherwise(holding, log):
    """Flat 2 as Apt 2 or 2/14, lines in another order, an object that does not parse."""
    for row, random in log.choose("D21", holding, addressed(holding)):
        layouts = ["apartment", "slash", "one_line", "street_first", "capitals"]
        row.address.layout = random.choice(layouts)
        if row.table == "address" and random.random() < 0.08:
            row.address.layout = "broken" if row.address.building else "capitals"


def d22_old_address(holding, log):
    """Former homes that look current: no end date, or the only one the school has."""
    for row, _ in log.choose(
        "D22", holding, [r for r in rows(holding, "address") if r.address.end]
    ):
        row.address.end = None
    enrolled = rows(holding, "enrolment")
    movers = [row for row in enrolled if row.record and len(row.record.person.stays) > 1]
    for row, _ in log.choose("D22", holding, movers, among=len(enrolled)):
        former = row.record.person.stays[-2]
        if former.dwelling.kind != "refuge":
            row.address = address(former.dwelling, former.start, None)
    homes = [r for r in rows(holding, "address") if r.address.end is None]
    for row, random in log.choose("D22 two open", holding, homes):
        other = random.choice(holding.ward.places.occupied)
        second = replace(
            row, values=dict(row.values), address=address(other, row.address.start, None, "Home")
        )
        second.values["addr_table_id"] = holding.reference("A")
        holding.tables["address"].append(second)


def d23_postcode_spoilt(holding, log):
    """Missing, the outward half alone, no longer in use, or a letter for a digit."""
    for row, random in log.choose("D23", holding, addressed(holding)):
        was, kind = row.address.postcode, random.randrange(4)
        outward, _, inward = was.partition(" ")
        spoilt = ("", outward, f"ZX8{random.randint(1, 9)} {inward}")
        letters = was.translate(str.maketrans("01", "OI"))
        row.address.postcode = (
            spoilt[kind] if kind < 3 else letters if letters != was else f"{outward} {inward[1:]}"
        )


def d24_no_uprn_or_the_buildings(holding, log):
    """No property number, or that of the whole building."""
    for row, random in log.choose("D24", holding, addressed(holding)):
        shell = row.address.parent_uprn
        row.address.uprn = shell if shell and random.random() < 0.25 else ""


def d25_protected_address(holding, log):
    """A protected record: the address is withheld at source."""
    for row, _ in log.choose(
        "D25", holding, [r for r in addressed(holding) if r.table == "address"]
    ):
        row.address = replace(
            row.address, flat="", building="", house="", street="", town="", uprn="",
            postcode="ZZZSECUR",
            is_spared=True,
        )  # fmt: skip


# Spells


def spans(holding, *tables) -> list:
    """Rows of tables that have a start and an end, and an end in this row."""
    return [
        r
        for t in tables or SPANS
        for r in rows(holding, t)
        if t in SPANS and r.values.get(SPANS[t][1])
    ]


def d26_end_missing(holding, log):
    """Over, and nobody said so."""
    kinds = {
        ASC: ("cld", "allocation"),
        HOUSING: ("tenancy", "member", "event"),
        POLICE: ("person_occurrence",),
        TAX: ("liability",),
    }
    closed = spans(holding, *kinds.get(holding.feed, ("none",)))
    for row, _ in log.choose("D26", holding, closed):
        row.values[SPANS[row.table][1]] = None


def d27_ends_before_it_starts(holding, log):
    """An end before its start, a death before a birth."""
    for row, random in log.choose("D27", holding, spans(holding)):
        start, end = SPANS[row.table]
        row.values[end] = row.values[start] - timedelta(days=random.randint(1, 400))
    dead = [record for record in holding.records if record.date_of_death and record.date_of_birth]
    for record, _ in log.choose("D27", holding, dead):
        record.date_of_death = record.date_of_birth - timedelta(days=1)


def d28_two_at_once(holding, log):
    """Two enrolments that both look current and main; an episode or an allocation open twice."""
    left = [row for row in rows(holding, "enrolment") if row.values["leaving_date"]]
    for row, _ in log.choose("D28", holding, left):
        row.values |= {"leaving_date": None, "enrol_status": "C"}
    open_episodes = [r for r in rows(holding, "cin_episodes") if not r.values["cine_close_date"]]
    among = len(rows(holding, "cin_episodes"))
    for row, random in log.choose("D28", holding, open_episodes, among=among):
        again = replace(row, values=dict(row.values))
        again.values["cine_referral_id"] = holding.reference("R")
        later = again.values["cine_referral_date"] + timedelta(days=random.randint(1, 15))
        again.values["cine_referral_date"] = min(later, holding.ward.anchor)
        holding.tables["cin_episodes"].append(again)
    allocated = [r for r in rows(holding, "allocation") if not r.values["referral_end"]]
    for row, random in log.choose(
        "D28", holding, allocated, among=len(rows(holding, "allocation"))
    ):
        again = replace(row, values=dict(row.values))
        again.values["referral_start"] -= timedelta(days=random.randint(1000, 1100))
        holding.tables["allocation"].append(again)


def d29_nobody_to_ring(holding, log):
    """The worker left, is numbered -1, or is a team."""
    for row, random in log.choose("D29", holding, rows(holding, "involvements")):
        kind = random.randrange(3)
        if kind == 0:
            row.values["invo_professional_id"] = "-1"
        elif kind == 1:
            row.values["invo_professional_id"] = f"S9{random.randrange(1000):03d}X"
        else:
            row.values["invo_professional_team"] = random.choice(("-1", "Assessment Team"))
    for row, random in log.choose("D29", holding, rows(holding, "allocation")):
        if random.random() < 0.5:
            row.values |= {
                "worker_id": "-1",
                "worker_name": "",
                "worker_email": "",
                "worker_phone": "",
            }
        else:
            row.values["worker_name"] = row.values["team_name"]


def d30_code_not_as_listed(holding, log):
    """Another case, spaces, the label for the code, or a code of nobody's list."""
    coded = [r for r in rows(holding, *CODES) if r.values.get(CODES[r.table][0])]
    for row, random in log.choose("D30", holding, coded):
        column, label = CODES[row.table]
        was, kind = row.values[column], random.random()
        changed = f" {was.lower()} " if was != was.lower() else f" {was.upper()}"
        row.values[column] = changed if kind < 0.55 else label if kind < 0.85 else "ZZ9"
    for record, random in log.choose("D30", holding, [r for r in people(holding) if r.sex]):
        record.sex = random.choice(
            (record.sex.lower(), "Female" if record.person.sex == "F" else "Male", "9")
        )


# Families


def d31_relationship_wrong(holding, log):
    """Inverted, one way only, with oneself, an unknown code, a child too old, or long over."""
    told = rows(holding, "relationship")
    backs = {(r.values["person_id"], r.values["related_person_id"]): r for r in told}
    pairs = [r for r in told if (r.values["related_person_id"], r.values["person_id"]) in backs]
    firsts = [r for r in pairs if r.values["person_id"] < r.values["related_person_id"]]
    gone = set()
    for row, random in log.choose("D31 one way", holding, firsts):
        back = backs[row.values["related_person_id"], row.values["person_id"]]
        gone.add(id(back if random.random() < 0.8 else row))
    if gone:
        told[:] = holding.tables["relationship"] = [row for row in told if id(row) not in gone]
    for row, _ in log.choose("D31 inverted", holding, told):
        v = row.values
        v["person_id"], v["related_person_id"] = v["related_person_id"], v["person_id"]
    for row, _ in log.choose("D31 self", holding, told):
        row.values["related_person_id"] = row.values["person_id"]
    for row, _ in log.choose("D31 unknown", holding, told):
        row.values["relationship_code"] = "ZZZ"
    over = [row for row in told if row.values["end_date"]]
    for row, _ in log.choose("D31 still open", holding, over):
        row.values["end_date"] = None
    parents = [r.record for r in rows(holding, "related_person") if r.record.date_of_birth]
    for record, _ in log.choose("D31 older", holding, parents, among=len(told)):
        record.date_of_birth = record.date_of_birth.replace(
            year=min(record.date_of_birth.year + 45, 2020), day=1
        )
    contacts = rows(holding, "contact")
    for row, _ in log.choose("D31 inverted", holding, contacts):
        row.values["relationship_code"] = (
            "PAF" if row.values["relationship_code"] == "PAM" else "PAM"
        )
    for row, _ in log.choose("D31 unknown", holding, contacts):
        row.values["relationship_code"] = "UNK"


def d32_family_number_wrong(holding, log):
    """Two unrelated families under one number, or one family under two."""
    held = rows(holding, "family")
    for row, random in log.choose("D32", holding, held):
        other = random.choice(held).values["fami_family_id"]
        row.values["fami_family_id"] = (
            other if random.random() < 0.5 else f"{row.values['fami_family_id']}B"
        )


def d33_ghost_member(holding, log):
    """A grown child who left years ago is still in the household."""
    tenants = {
        r.values["tenancy_ref"]: r.record
        for r in rows(holding, "member")
        if r.values["role"] == "lead_tenant"
    }
    tenancies = rows(holding, "tenancy")
    homes, grown = [], {}
    for row in tenancies:
        tenant = tenants.get(row.values["tenancy_ref"])
        for child in tenant.person.children if tenant else ():
            away = child.home is not tenant.person.home and not child.is_scripted
            if away and child.age(holding.ward.anchor) >= 18:
                grown[id(row)] = child
        if id(row) in grown:
            homes.append(row)
    for row, random in log.choose("D33", holding, homes, among=len(tenancies)):
        child = grown[id(row)]
        record = (holding.known.get(child) or [None])[0]
        record = record or holding.record(child, holding.reference("H", "person"))
        holding.add(
            "member", record, tenancy_ref=row.values["tenancy_ref"],
            person_ref=record.source_person_id,
            role="occupant", relationship_to_lead="C", start_date=row.values["start_date"],
            end_date=None,
            is_organisation="N",
        )  # fmt: skip
        del random


DEFECTS = (
    d33_ghost_member, d02_registered_again, d03_merged_record_left_behind, d04_short_or_pet_name,
    d05_another_surname, d08_accents_lost, d07_misspelt, d06_names_swapped, d09_fields_mixed,
    d10_placeholder_name, d14_birth_date_wrong, d13_day_and_month_swapped, d15_guessed_birth_date,
    d12_sentinel_birth_date, d11_no_birth_date, d16_expected_and_actual_mixed,
    d19_number_of_another,
    d17_no_nhs_number, d18_nhs_number_spoilt, d20_pupil_number_not_permanent, d22_old_address,
    d21_address_written_otherwise, d23_postcode_spoilt, d24_no_uprn_or_the_buildings,
    d25_protected_address, d26_end_missing, d28_two_at_once, d27_ends_before_it_starts,
    d29_nobody_to_ring, d31_relationship_wrong, d30_code_not_as_listed, d32_family_number_wrong,
    d01_exact_duplicate_row,
)  # fmt: skip
