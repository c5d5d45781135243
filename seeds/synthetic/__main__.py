"""`python -m seeds.synthetic --help`: make a synthetic council's deliveries by hand."""

import argparse
from datetime import date
from pathlib import Path

from seeds.synthetic import SIZES, generate


def main() -> None:
    """Read the command line, make the council, say what was made."""
    parser = argparse.ArgumentParser(
        prog="python -m seeds.synthetic",
        description="Make the deliveries of an invented council, and the truth about its people.",
        epilog="The same seed, size and night give the same files. Nobody in them is real.",
    )
    parser.add_argument("folder", type=Path, help="landing folder: <feed>/<when>/ is made in it")
    parser.add_argument(
        "--size", choices=list(SIZES), default="S", help="S: 7,500 records; M: 850,000"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed is another council")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, help="day the extracts are taken for (default: today)"
    )
    parser.add_argument(
        "--night", type=int, default=1, help="1 is the first; later ones change 1 %%"
    )
    parser.add_argument(
        "--truth", type=Path, help="where the truth goes (default: beside the folder)"
    )
    parser.add_argument(
        "--without",
        nargs="*",
        default=(),
        metavar="Dnn",
        help="defects to leave out, such as D05 D11",
    )
    asked = parser.parse_args()
    made = generate(
        asked.folder, asked.size, asked.seed, asked.as_of, asked.night, asked.truth,
        frozenset(asked.without), progress=show,
    )  # fmt: skip
    print(f"{made.records:,} records of {made.people:,} people in {made.rows:,} rows")


def show(done: int, wards: int) -> None:
    """Say how far it is."""
    if wards > 1:
        print(f"\rward {done} of {wards}", end="\n" if done == wards else "", flush=True)


if __name__ == "__main__":
    main()
