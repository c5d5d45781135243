"""Rules that no contract can state, for the modules of the feeds: does it look like before?

Each compares the delivery with what is in force, in SQL, and holds it when it is unlikely. Somebody
who knows better vouches for a held delivery in the council's accepted_delivery.csv.
Great Expectations gives {batch} an alias only in a query without a join: write none.
"""

from great_expectations.expectations import UnexpectedRowsExpectation

from expectations.validate import LEAST


def volume_is_like_before(feed: str, table: str, fall: float, rise: float):
    """Rows stay within a share of the fewest and the most of the last eight deliveries."""
    return _held(
        "volume_is_like_before",
        f"""
        select 1 from (
            select min(row_count) as fewest, max(row_count) as most from (
                select row_count from ledger.delivery_table
                where table_name = '{table}' and delivery_id in (
                    select delivery_id from ledger.delivery
                    where feed = '{feed}' and status in ('in_force', 'superseded')
                )
                order by delivery_id desc
                limit 8
            ) as recent
        ) as before
        where fewest >= {LEAST} and not exists (
            select from {{batch}}
            having count(*) between fewest * {1 - fall} and most * {1 + rise}
        )
        """,  # noqa: S608 (here and below: names of the contract, and numbers)
        f"rows fell by more than {fall:.0%} or rose by more than {rise:.0%} against the last"
        " deliveries. Ask the sender.",
    )


def every_value_still_comes(feed: str, table: str, column: str):
    """No service, status or area that had rows is without any."""
    return _held(
        "every_value_still_comes",
        f"""
        select 1 from (
            select parse.clean({column}) as value from raw_{feed}.{table}_in_force
            group by 1 having count(*) >= {LEAST}
        ) as before
        where value is not null and not exists (
            select from (select * from {{batch}}) as now where now.{column} = before.value
        )
        """,  # noqa: S608
        "a value that had rows in force has none now: a part of the extract is missing. Ask the"
        " sender.",
        column,
    )


def most_rows_refer(table: str, column: str, other: str, key: str, at_least: float = 0.5):
    """Two files of one delivery belong together."""
    return _held(
        "most_rows_refer",
        f"""
        select 1 from (
            select
                (select count({column}) from {{batch}}) as filled_count,
                (
                    select count(*) from (select * from {{batch}}) as judged
                    where {column} is not null and not exists (
                        select from judged_{other} as other where other.{key} = judged.{column}
                    )
                ) as lost_count
        ) as counted
        where filled_count >= {LEAST} and lost_count > filled_count * {1 - at_least}
        """,  # noqa: S608
        f"fewer than {at_least:.0%} of the rows name a row of {other}.csv: the files are not of one"
        " extract. Send them together.",
        column,
    )


def _held(rule: str, query: str, message: str, column: str | None = None):
    meta = {"rule": rule, "kind": "delivery", "message": message, "is_plausibility": True}
    return UnexpectedRowsExpectation(
        unexpected_rows_query=query, meta=meta | ({"column": column} if column else {})
    )
