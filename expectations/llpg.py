"""What the address register's contract cannot say."""

from expectations.common import every_value_still_comes, most_rows_refer, volume_is_like_before

# a register grows by a street, never by half, and no kind of property leaves it at once
PROPERTY = [
    volume_is_like_before("llpg", "property", fall=0.05, rise=0.2),
    every_value_still_comes("llpg", "property", "class_code"),
    most_rows_refer("property", "parent_uprn", "property", "uprn"),
]
