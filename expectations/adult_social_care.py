"""What the adult social care contract cannot say."""

from expectations.common import every_value_still_comes, volume_is_like_before

CLD = [
    # twelve months that roll on: a week moves it by two per cent
    volume_is_like_before("adult_social_care", "cld", fall=0.3, rise=0.5),
    # requests, assessments, services and reviews are drawn from different modules
    every_value_still_comes("adult_social_care", "cld", "event_type"),
    every_value_still_comes("adult_social_care", "cld", "client_type"),
]
ALLOCATION = [volume_is_like_before("adult_social_care", "allocation", fall=0.4, rise=1.0)]
PERSON_ADDRESS = [volume_is_like_before("adult_social_care", "person_address", fall=0.3, rise=0.5)]
