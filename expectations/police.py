"""What the police contract cannot say."""

from expectations.common import every_value_still_comes, volume_is_like_before

PERSON_OCCURRENCE = [
    # six years of crimes, replaced in full: a month moves it by a few per cent
    volume_is_like_before("police", "person_occurrence", fall=0.3, rise=0.5),
    every_value_still_comes("police", "person_occurrence", "force_code"),
    # suspects without convicts, or the reverse, is half of the sheet
    every_value_still_comes("police", "person_occurrence", "role"),
    every_value_still_comes("police", "person_occurrence", "offence_category"),
]
