"""What the children's social care contract cannot say."""

from expectations.common import every_value_still_comes, most_rows_refer, volume_is_like_before

FEED = "childrens_social_care"

# who
PERSON = [volume_is_like_before(FEED, "person", fall=0.2, rise=0.5)]
RELATED_PERSON = [volume_is_like_before(FEED, "related_person", fall=0.2, rise=0.5)]
RELATIONSHIP = [
    volume_is_like_before(FEED, "relationship", fall=0.2, rise=0.5),
    every_value_still_comes(FEED, "relationship", "relationship_code"),
]
FAMILY = [volume_is_like_before(FEED, "family", fall=0.3, rise=0.5)]
MOTHER = [volume_is_like_before(FEED, "mother", fall=0.3, rise=0.5)]
LINKED_IDENTIFIERS = [volume_is_like_before(FEED, "linked_identifiers", fall=0.3, rise=0.5)]

# where
ADDRESS = [
    volume_is_like_before(FEED, "address", fall=0.2, rise=0.5),
    most_rows_refer("address", "addr_person_id", "person", "pers_person_id"),
]

# what
CIN_EPISODES = [
    volume_is_like_before(FEED, "cin_episodes", fall=0.2, rise=0.5),
    most_rows_refer("cin_episodes", "cine_person_id", "person", "pers_person_id"),
]
EARLY_HELP_EPISODES = [volume_is_like_before(FEED, "early_help_episodes", fall=0.3, rise=1.0)]

# whom to ring
INVOLVEMENTS = [
    volume_is_like_before(FEED, "involvements", fall=0.2, rise=0.5),
    most_rows_refer("involvements", "invo_person_id", "person", "pers_person_id"),
]
PROFESSIONALS = [volume_is_like_before(FEED, "professionals", fall=0.4, rise=1.0)]
