"""What the council tax contract cannot say."""

from expectations.common import volume_is_like_before

# almost every home has an account, and few change in a week
LIABILITY = [
    volume_is_like_before("council_tax_liability", "liability", fall=0.1, rise=0.3),
]
