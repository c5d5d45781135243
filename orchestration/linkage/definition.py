"""The model as its seeds define it: comparisons, their levels, weights and vetoes."""

import csv
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path

from orchestration import settings

SEEDS = settings.ROOT / "seeds" / "reference"
EFFECTS = {"refuse", "review", "probable"}
LEVEL_COLUMNS = ["comparison", "level", "level_label", "condition", "tf_column", "m", "u", "weight"]


@dataclass(frozen=True)
class Level:
    """One way in which two records can compare. `condition` is SQL over `<column>_l` and `_r`.

    `m` is how often records of one person compare like this, `u` how often those of two do. With
    `tf_column`, the commoner of the two values stands in for u.
    """

    comparison: str
    level: str
    level_label: str
    condition: str
    tf_column: str | None
    m: float | None
    u: float | None

    @property
    def weight(self) -> float:
        """Bits of evidence: above nought for one person, below for two."""
        return round(log2(self.m / self.u), 6) if self.m and self.u else 0.0


@dataclass(frozen=True)
class Model:
    """One version of the model. Terms that only dbt reads are not here."""

    model_version: int
    prior: float
    tf_minimum: float
    confirmed_weight: float
    kept_weight: float
    trained_on: str
    levels: tuple[Level, ...]
    vetoes: tuple[tuple[str, str, str], ...]  # veto, effect, condition

    @property
    def prior_weight(self) -> float:
        """The prior chance that two records are one person, in bits."""
        return round(log2(self.prior / (1 - self.prior)), 6)

    @property
    def comparisons(self) -> dict[str, list[Level]]:
        """The levels of each comparison: what is missing first, what differs last."""
        found: dict[str, list[Level]] = {}
        for level in self.levels:
            found.setdefault(level.comparison, []).append(level)
        return found


def load(folder: Path = SEEDS) -> Model:
    """The model that a folder of seeds defines. A number that is none raises ValueError."""
    (terms,) = _rows(folder / "match_model.csv")
    levels = tuple(
        Level(
            row["comparison"], row["level"], row["level_label"], row["condition"],
            row["tf_column"] or None, float(row["m"] or 0) or None, float(row["u"] or 0) or None,
        )
        for row in _rows(folder / "match_level.csv")
    )  # fmt: skip
    vetoes = tuple(
        (row["veto"], row["effect"], row["condition"]) for row in _rows(folder / "veto.csv")
    )
    if unknown := {effect for _, effect, _ in vetoes} - EFFECTS:
        raise ValueError(
            f"veto.csv: no effect is called {sorted(unknown)[0]}: use {', '.join(sorted(EFFECTS))}."
        )
    numbers = ("prior", "tf_minimum", "confirmed_weight", "kept_weight")
    return Model(
        int(terms["model_version"]),
        trained_on=terms["trained_on"],
        levels=levels,
        vetoes=vetoes,
        **{name: float(terms[name]) for name in numbers},
    )


def save(model: Model, folder: Path = SEEDS) -> None:
    """Write a model back to the seeds, as a diff to be reviewed. Thresholds and vetoes stay."""
    path = folder / "match_model.csv"
    (terms,) = _rows(path)
    terms |= {"prior": f"{model.prior:.6g}", "trained_on": model.trained_on}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([terms, terms.values()])
    _save_levels(model.levels, folder)


def _save_levels(levels, folder: Path) -> None:
    with (folder / "match_level.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(LEVEL_COLUMNS)
        for level in levels:
            # the weight is that of the numbers as they are written
            written = [f"{chance:.6g}" if chance else "" for chance in (level.m, level.u)]
            as_written = replace(level, m=float(written[0] or 0), u=float(written[1] or 0))
            writer.writerow(
                [
                    level.comparison, level.level, level.level_label, level.condition,
                    level.tf_column or "", *written, f"{as_written.weight:.6f}" if level.m else "",
                ]
            )  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
