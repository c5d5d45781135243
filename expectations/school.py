"""What the school contract cannot say."""

from expectations.common import every_value_still_comes, most_rows_refer, volume_is_like_before

ENROLMENT = [
    # a year group leaves in July and another comes in September
    volume_is_like_before("school", "enrolment", fall=0.3, rise=0.5),
    # a school whose own system did not export is missing whole
    every_value_still_comes("school", "enrolment", "school_urn"),
]
CONTACT = [
    volume_is_like_before("school", "contact", fall=0.3, rise=0.5),
    most_rows_refer("contact", "source_pupil_id", "enrolment", "source_pupil_id"),
]
