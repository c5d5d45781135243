"""Where people can live: streets, houses, flats, institutions of a ward, and places elsewhere."""

from dataclasses import dataclass
from random import Random

STREETS = """
Alder Ash Beech Birch Bramble Bridge Brook Canal Castle Cedar Chapel Cherry Church Clay Cliff
Common Coppice Cross Dale Dove Elm Fairfield Farm Fern Field Ford Forge Foundry Fox Garden Glebe
Gorse Grange Green Grove Hawthorn Hazel Heath Heron High Hill Holly Iris Ivy Juniper Kiln Lark
Laurel Lime Linden Lodge Lower Magnolia Maple Market Meadow Mill Moor Moss Nursery Oak Orchard
Park Pasture Pear Pine Plum Poplar Primrose Quarry Railway Ridge River Rowan Rush Sandy School
Silver South Spring Station Stone Swallow Sycamore Thistle Tower Union Upper Vale Victoria
Walnut Water Weaver Well West Willow Wood Yew
""".split()  # noqa: SIM905
KINDS = (
    "Street",
    "Road",
    "Avenue",
    "Close",
    "Lane",
    "Drive",
    "Grove",
    "Terrace",
    "Crescent",
    "Way",
)
BLOCKS = ("Court", "House", "Point", "Lodge", "Place")
TOWNS = ("Ashmere", "Nether Ashmere", "Cold Brampton", "Stonebeck", "Millthorpe", "Harrowdale")
ELSEWHERE = ("Eastwick", "Port Lorne", "Dunholme", "Marsh Barton", "Upper Tarn")
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
LANDLORDS = (
    "Ashmere Homes",
    "Ashmere Homes",
    "Beacon Housing Association",
    "Millstone Housing Group",
)
# places where strangers live together, and what such a building is called
INSTITUTIONS = {
    "care_home": "{} Rest Home", "hostel": "{} Hostel", "refuge": "{} Haven",
    "childrens_home": "{} Lodge", "hmo": "", "prison": "HMP {}", "student_hall": "{} Hall",
}  # fmt: skip
DISTRICTS = 79  # ZX1 to ZX79 are the council's; ZX90 to ZX99 lie outside


@dataclass(slots=True)
class Dwelling:
    """A place to live in. Its kind says whether strangers share it."""

    dwelling_id: str
    kind: str  # house, flat, traveller_pitch, or one of INSTITUTIONS
    uprn: str
    parent_uprn: str
    flat: str
    building: str
    house: str
    street: str
    town: str
    postcode: str
    tenure: str  # owned, private, social, licence, institution
    landlord: str
    is_in_area: bool = True
    occupied_from: object = None  # since when the people who live there now have lived there


class Places:
    """The dwellings of one ward, handed out one by one as households are made."""

    def __init__(self, ward: int, random: Random):
        """No dwelling is built before somebody needs one."""
        self.ward, self.random = ward, random
        self.made: list[Dwelling] = []
        self.occupied: list[Dwelling] = []
        self.town = TOWNS[ward % len(TOWNS)]
        self._postcodes = 0
        self._streets = self._street_names()
        self._free: dict[str, list[Dwelling]] = {"owned": [], "private": [], "social": []}

    def _street_names(self):
        while True:
            for kind in self.random.sample(KINDS, len(KINDS)):
                for name in self.random.sample(STREETS, 12):
                    yield f"{name} {kind}"

    def _postcode(self) -> str:
        place = self._postcodes + (self.ward // DISTRICTS) * 2_000
        self._postcodes += 1
        sector, unit = divmod(place * 7 % 4_000, 400)
        return f"ZX{self.ward % DISTRICTS + 1} {sector}{INWARD[unit // 20]}{INWARD[unit % 20]}"

    def dwelling(
        self,
        kind,
        tenure,
        street,
        house,
        postcode,
        flat="",
        building="",
        parent="",
        elsewhere=False,
    ):
        """Build one."""
        number = len(self.made) + 1
        made = Dwelling(
            f"W{self.ward:03d}D{number:05d}", kind, f"9{self.ward:05d}{number:06d}", parent, flat,
            building,
            house, street, self.random.choice(ELSEWHERE) if elsewhere else self.town, postcode,
            tenure,
            self.random.choice(LANDLORDS) if tenure == "social" else "", not elsewhere,
        )  # fmt: skip
        self.made.append(made)
        return made

    def _build_street(self) -> None:
        """A street of twenty to sixty numbers, some of them blocks of flats."""
        street, postcode = next(self._streets), self._postcode()
        estate = self.random.choices(("owned", "private", "social"), (58, 22, 20))[0]
        for place in range(self.random.randint(10, 30)):
            if place and place % 12 == 0:
                postcode = self._postcode()
            house = str(place * 2 + 1) if self.random.random() > 0.02 else f"{place * 2 + 1}A"
            if self.random.random() < 0.06:
                self._build_block(estate, street, house, postcode)
            else:
                tenure = self._tenure(estate)
                self._free[tenure].append(self.dwelling("house", tenure, street, house, postcode))

    def _build_block(self, estate, street, house, postcode) -> None:
        building = f"{self.random.choice(STREETS)} {self.random.choice(BLOCKS)}"
        shell = f"9{self.ward:05d}{900_000 + len(self.made):06d}"
        for flat in range(1, self.random.choice((4, 6, 6, 8, 12)) + 1):
            tenure = self._tenure("social" if estate == "social" else "private")
            made = self.dwelling(
                "flat", tenure, street, house, postcode, str(flat), building, shell
            )
            self._free[tenure].append(made)

    def _tenure(self, estate: str) -> str:
        return (
            estate
            if self.random.random() < 0.8
            else self.random.choice(("owned", "private", "social"))
        )

    def vacant(self, tenure: str) -> Dwelling:
        """A dwelling of that tenure in the ward where nobody lives."""
        while not self._free[tenure]:
            self._build_street()
        return self._free[tenure].pop(self.random.randrange(len(self._free[tenure])))

    def institution(self, kind: str) -> Dwelling:
        """A place where strangers live together."""
        name = INSTITUTIONS[kind]
        building = name.format(self.random.choice(STREETS)) if name else ""
        tenure = "private" if kind == "hmo" else "institution"
        house = str(self.random.randint(1, 90))
        return self.dwelling(
            kind, tenure, next(self._streets), house, self._postcode(), building=building
        )

    def traveller_site(self, pitches: int) -> list[Dwelling]:
        """The pitches of a site: a name, a street and no number. No landlord's system has them."""
        building = f"{self.random.choice(STREETS)} Caravan Site"
        street, postcode = next(self._streets), self._postcode()
        shell = f"9{self.ward:05d}{900_000 + len(self.made):06d}"
        return [
            self.dwelling(
                "traveller_pitch", "licence", street, "", postcode, str(pitch), building, shell
            )
            for pitch in range(1, pitches + 1)
        ]

    def elsewhere(self) -> Dwelling:
        """A home outside the council's area."""
        sector, unit = divmod(self.random.randrange(4_000), 400)
        postcode = f"ZX9{self.random.randrange(10)} {sector}{INWARD[unit // 20]}{INWARD[unit % 20]}"
        street = f"{self.random.choice(STREETS)} {self.random.choice(KINDS)}"
        tenure = self.random.choice(("owned", "private", "social"))
        return self.dwelling(
            "house", tenure, street, str(self.random.randint(1, 160)), postcode, elsewhere=True
        )

    def formerly_lived_in(self, until) -> Dwelling:
        """Where somebody lived until a day: a home others moved into later, or one elsewhere."""
        for _ in range(4):
            if self.occupied and self.random.random() < 0.75:
                found = self.random.choice(self.occupied)
                if found.occupied_from and found.occupied_from >= until:
                    return found
        return self.elsewhere()
