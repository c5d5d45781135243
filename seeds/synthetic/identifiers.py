"""Identifiers that look and check like real ones and can belong to nobody.

NHS numbers open with 999 and telephone numbers lie in Ofcom's ranges for drama. Where no test range
exists, the issuing authority is one that does not exist: local authority 999, schools 9xxxxx,
properties 9xxxxxxxxxxx. National Insurance numbers have neither and are never made.
"""

from random import Random

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
LA_CODE = "999"
NHS_PER_WARD = 8_000
WARDS = 124  # beyond it the 999 range has no numbers left
LANDLINES = (
    "01632 960", "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0",
    "0118 496 0", "0121 496 0", "0151 496 0", "0161 496 0", "0191 498 0",
)  # fmt: skip
TELEPHONES = ("07700 900", *LANDLINES)


def nhs_number(serial: int) -> str | None:
    """The serial-th number of the test range in a shuffled order; one in eleven does not exist."""
    nine = f"999{(serial * 618_033 + 271_829) % 1_000_000:06d}"
    check = 11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1))) % 11  # noqa: B905
    if check == 10:
        return None
    return nine + str(check % 11)


def nhs_numbers(ward: int):
    """All numbers set apart for a ward; no other ward draws one of them."""
    if ward >= WARDS:
        raise ValueError(f"The test range 999 has numbers for {WARDS} wards, and no more.")
    for serial in range(ward * NHS_PER_WARD, (ward + 1) * NHS_PER_WARD):
        number = nhs_number(serial)
        if number:
            yield number
    raise RuntimeError(f"Ward {ward} used up its NHS numbers: make the wards smaller.")


def upn(establishment: int, year: int, serial: int) -> str:
    """A permanent unique pupil number with its check letter."""
    return _upn(f"{LA_CODE}{establishment:04d}{year % 100:02d}{serial:03d}")


def temporary_upn(establishment: int, year: int, serial: int) -> str:
    """A temporary one: a letter last, worth its place in the alphabet."""
    body = f"{LA_CODE}{establishment:04d}{year % 100:02d}{serial % 100:02d}"
    return _upn(body + UPN_LETTERS[serial % 23])


def _upn(body: str) -> str:
    values = [UPN_LETTERS.index(c) if c.isalpha() else int(c) for c in body]
    total = sum(value * weight for weight, value in enumerate(values, start=2))
    return UPN_LETTERS[total % 23] + body


def uln(serial: int) -> str | None:
    """A unique learner number in 99…; null where the check digit cannot exist."""
    nine = f"99{serial % 10_000_000:07d}"
    remainder = sum(int(d) * w for d, w in zip(nine, range(10, 1, -1))) % 11  # noqa: B905
    return nine + str(10 - remainder) if remainder else None


def pnc_id(year: int, serial: int) -> str:
    """A Police National Computer number; its serial is far above any issued in a year."""
    serial = 9_000_000 + serial % 1_000_000
    return f"{year}/{serial}{PNC_LETTERS[(year % 100 * 10_000_000 + serial) % 23]}"


def telephone(random: Random, serial: int) -> str:
    """A number of one of Ofcom's drama ranges, by serial: a thousand alone make strangers share."""
    return f"{TELEPHONES[serial % len(TELEPHONES)]}{random.randrange(1000):03d}"


def landline(random: Random) -> str:
    """A landline of Ofcom's drama ranges."""
    return f"{random.choice(LANDLINES)}{random.randrange(1000):03d}"


def office(number: int) -> str:
    """A council's own number, stable for one team, school or officer."""
    return f"03069 990{number % 1000:03d}"


def email(given: str, family: str, serial: int, ward: int = 0) -> str:
    """An address nobody can own; of two people of one name each has their own."""
    text = f"{given}.{family}{serial or ''}{f'.{ward}' if ward else ''}".lower()
    kept = "".join(c for c in text if c.isascii() and (c.isalnum() or c == "."))
    return f"{kept.strip('.') or 'someone'}@example.org"
