"""The truth beside the deliveries, for measuring alone: no model and no feed ever reads it."""

import csv
import json
from pathlib import Path

TABLES = {
    "person": "person_id given_name family_name former_family_name sex born died nhs_number marks"
    " is_scripted",
    "naming": "person_id tradition",
    "source_record": "feed source_person_id person_id",
    "school_contact": "source_pupil_id contact_order person_id",
    "family_tie": "person_id kind related_person_id since until",
    "stay": "person_id dwelling_id since until",
    "dwelling": "dwelling_id kind uprn flat building house street town postcode tenure is_in_area",
    "hard_case": "kind person_ids",
    "defect": "defect feed table_name key",
    "defect_rate": "defect feed possible done",
}


class Truth:
    """Writes the truth ward by ward."""

    def __init__(self, folder: Path):
        """Open the files of the truth."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._files = {
            name: (folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
            for name in TABLES
        }
        self._writers = {
            name: csv.writer(file, lineterminator="\n") for name, file in self._files.items()
        }
        for name, columns in TABLES.items():
            self._writers[name].writerow(columns.split())
        self.counts: dict[tuple[str, str], list[int]] = {}

    def write(self, ward, holdings, log) -> None:
        """A ward: its people, whose record is whose, and what was spoilt."""
        self._people(ward)
        for holding in holdings.values():
            self._records(holding)
        self._writers["defect"].writerows(log.done)
        for key, (possible, done) in log.counts.items():
            total = self.counts.setdefault(key, [0, 0])
            total[0] += possible
            total[1] += done

    def _people(self, ward) -> None:
        row = self._writers["person"].writerow
        for person in ward.people:
            row([
                person.person_id, person.given_name, person.family_name, person.former_family_name,
                person.sex, person.born, person.died, person.nhs_number,
                " ".join(sorted(person.marks)),
                "Yes" if person.is_scripted else "No",
            ])  # fmt: skip
            self._writers["naming"].writerow([person.person_id, person.tradition])
            for stay in person.stays:
                self._writers["stay"].writerow(
                    [person.person_id, stay.dwelling.dwelling_id, stay.start, stay.end]
                )
        for tie in ward.ties:
            self._writers["family_tie"].writerow(
                [tie.person.person_id, tie.kind, tie.related.person_id, tie.since, tie.until]
            )
        for home in ward.places.made:
            self._writers["dwelling"].writerow([
                home.dwelling_id, home.kind, home.uprn, home.flat, home.building, home.house,
                home.street,
                home.town, home.postcode, home.tenure, "Yes" if home.is_in_area else "No",
            ])  # fmt: skip
        for kind, people in ward.cases:
            self._writers["hard_case"].writerow(
                [kind, " ".join(person.person_id for person in people)]
            )

    def _records(self, holding) -> None:
        for record in holding.records:
            if holding.feed == "school" and "/" in record.source_person_id:
                pupil, order = record.source_person_id.split("/")
                self._writers["school_contact"].writerow([pupil, order, record.person.person_id])
            else:
                self._writers["source_record"].writerow(
                    [holding.feed, record.source_person_id, record.person.person_id]
                )

    def close(self, facts: dict) -> None:
        """Finish, with what this council is and when it began."""
        for (defect, feed), (possible, done) in sorted(self.counts.items()):
            self._writers["defect_rate"].writerow([defect, feed, possible, done])
        for file in self._files.values():
            file.close()
        (self.folder / "council.json").write_text(
            json.dumps(facts, indent=2) + "\n", encoding="utf-8"
        )
