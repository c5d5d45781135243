"""What the housing contract cannot say.

In one pilot an upstream change silently removed every housing record, and readers found it.
"""

from expectations.common import every_value_still_comes, most_rows_refer, volume_is_like_before

TENANCY = [
    # a stock of homes changes by a few per cent a year; rises allow for a transfer of stock
    volume_is_like_before("housing", "tenancy", fall=0.2, rise=0.5),
    every_value_still_comes("housing", "tenancy", "tenure_code"),
]
MEMBER = [
    volume_is_like_before("housing", "member", fall=0.2, rise=0.5),
    most_rows_refer("member", "tenancy_ref", "tenancy", "tenancy_ref"),
]
EVENT = [
    # closed arrears are purged now and then
    volume_is_like_before("housing", "event", fall=0.4, rise=1.0),
    # arrears, notices and evictions come from different modules, each with its own export
    every_value_still_comes("housing", "event", "event_type"),
]
