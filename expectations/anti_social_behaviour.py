"""What the anti-social behaviour contract cannot say."""

from expectations.common import every_value_still_comes, most_rows_refer, volume_is_like_before

ASB_CASE = [
    volume_is_like_before("anti_social_behaviour", "asb_case", fall=0.3, rise=1.0),
]
ASB_PERSON = [
    volume_is_like_before("anti_social_behaviour", "asb_person", fall=0.3, rise=1.0),
    every_value_still_comes("anti_social_behaviour", "asb_person", "role"),
    most_rows_refer("asb_person", "case_ref", "asb_case", "case_ref"),
]
