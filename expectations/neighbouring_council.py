"""What the neighbouring councils' contract cannot say."""

from expectations.common import volume_is_like_before

# a neighbour that drops out must not look like families that have nobody there
PERSON = [
    volume_is_like_before("neighbouring_council", "person", fall=0.3, rise=1.0),
]
