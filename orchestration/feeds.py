"""The tables of each feed as assets: what has arrived is landed and judged, feed by feed.

Everything here comes from the contracts: a new feed needs no line of this file. A refused delivery
fails its feed's check and stops nothing, because yesterday's rows stay in force.
"""

import dagster as dg
import psycopg
from psycopg.rows import dict_row

from expectations import contract
from orchestration.resource import Refresh, faults

# per table: the delivery whose rows are read, and what was found in the newest one
STATE = """
with newest as (
    select * from ledger.delivery
    where feed = %(feed)s and status not in ('duplicate', 'landed')
    order by delivery_id desc limit 1
),

in_force as (
    select * from ledger.delivery where feed = %(feed)s and status = 'in_force'
),

found as (
    select table_name, kind || ': ' || rule as rule, sum(coalesce(row_count, 0))::bigint as rows
    from ledger.delivery_finding
    where delivery_id = (select delivery_id from newest)
    group by table_name, kind, rule
)

select
    wanted.table_name,
    (select status from newest) as newest_status,
    (select refusal from newest) as newest_refusal,
    (select delivery_id from newest) as newest_delivery,
    (
        select jsonb_object_agg(rule, rows) from found
        where coalesce(found.table_name, wanted.table_name) = wanted.table_name
    ) as findings,
    (select delivery_id from in_force) as in_force_delivery,
    (select extracted_at from in_force) as data_current_as_of,
    received.row_count,
    received.added_count,
    received.left_count,
    received.duplicate_count,
    received.quarantined_count
from unnest(%(tables)s::text[]) as wanted (table_name)
left join ledger.delivery_table as received
    on received.table_name = wanted.table_name
    and received.delivery_id = (select delivery_id from in_force)
"""
COUNTS = ("row_count", "added_count", "left_count", "duplicate_count", "quarantined_count")


def landed(feed: str) -> dg.AssetsDefinition:
    """The tables of one feed, landed together: a delivery is whole, or refused."""
    tables = contract.load(feed).tables
    keys = {table.name: dg.AssetKey([feed, table.name]) for table in tables}

    @dg.multi_asset(
        name=f"land_{feed}",
        specs=[
            dg.AssetSpec(
                keys[table.name],
                description=table.description,
                group_name=feed,
                kinds={"csv", "postgres"},
            )
            for table in tables
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "meets_expectations",
                asset=key,
                description="The newest delivery was not refused. When it was, the rows of the"
                " one before are still in force.",
            )
            for key in keys.values()
        ],
    )
    def land(context: dg.AssetExecutionContext, refresh: Refresh):
        from orchestration import landing

        with faults(context):
            outcomes = landing.land(feed, refresh.run.as_of_date)
            for outcome in outcomes:
                context.log.info(f"{outcome.delivery_id}: {outcome.refusal or outcome.status}")
            states = _states(feed, list(keys))
        for state in states:
            yield _materialised(keys[state["table_name"]], state)

    return land


def _states(feed: str, tables: list[str]) -> list[dict]:
    with psycopg.connect("", row_factory=dict_row) as connection:
        return connection.execute(STATE, {"feed": feed, "tables": tables}).fetchall()


def _materialised(key: dg.AssetKey, state: dict) -> dg.MaterializeResult:
    metadata = {name: state[name] for name in COUNTS if state[name] is not None}
    if state["data_current_as_of"]:
        metadata["data_current_as_of"] = dg.MetadataValue.timestamp(state["data_current_as_of"])
    return dg.MaterializeResult(
        asset_key=key,
        metadata={"dagster/row_count": state["row_count"] or 0, **metadata},
        data_version=dg.DataVersion(str(state["in_force_delivery"] or "none")),
        check_results=[_judged(key, state)],
    )


def _judged(key: dg.AssetKey, state: dict) -> dg.AssetCheckResult:
    status = state["newest_status"]
    if status is None:
        return dg.AssetCheckResult(
            asset_key=key, passed=False, description="No delivery has been received."
        )
    refused = f"Delivery {state['newest_delivery']} was refused: {state['newest_refusal']}."
    return dg.AssetCheckResult(
        asset_key=key,
        passed=status != "refused",
        description=refused if status == "refused" else None,
        metadata={"delivery": str(state["newest_delivery"]), **(state["findings"] or {})},
    )


def ledger() -> dg.AssetsDefinition:
    """What was received and decided, complete once every feed has been looked at."""
    delivery, delivery_table, set_aside = (
        dg.AssetKey(["ledger", "delivery"]),
        dg.AssetKey(["ledger", "delivery_table"]),
        dg.AssetKey(["quarantine", "record_set_aside"]),
    )
    feed_tables = [
        dg.AssetKey([feed, table.name])
        for feed in contract.feeds()
        for table in contract.load(feed).tables
    ]

    @dg.multi_asset(
        name="ledger",
        specs=[
            dg.AssetSpec(key, deps=feed_tables, group_name="ledger", kinds={"postgres"})
            for key in (delivery, delivery_table, set_aside)
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "every_folder_is_of_a_feed",
                asset=delivery,
                description="Nothing lies in the landing folder that no contract names.",
            )
        ],
    )
    def complete(context: dg.AssetExecutionContext):
        from orchestration import landing

        with faults(context), psycopg.connect("") as connection:
            unknown = len(landing.land_unknown())
            decided = connection.execute(
                "select status, count(*) from ledger.delivery group by status"
            ).fetchall()
        yield dg.MaterializeResult(asset_key=delivery, metadata=dict(decided))
        yield dg.MaterializeResult(asset_key=delivery_table)
        yield dg.MaterializeResult(asset_key=set_aside)
        yield dg.AssetCheckResult(
            asset_key=delivery, passed=not unknown, metadata={"unknown": unknown}
        )

    return complete


def freshness_checks() -> dg.AssetChecksDefinition:
    """One check per feed table: are its rows within the age that the contract promises?

    Asked of the data (when the sender cut the extract), after the models are built. When we
    loaded it says nothing about how old it is.
    """
    keys = {
        feed: [dg.AssetKey([feed, table.name]) for table in contract.load(feed).tables]
        for feed in contract.feeds()
    }

    @dg.multi_asset_check(
        name="freshness",
        specs=[
            dg.AssetCheckSpec(
                "is_fresh",
                asset=key,
                additional_deps=[dg.AssetKey(["marts", "feed_freshness"])],
                description="The extract is no older than its contract allows.",
            )
            for feed_keys in keys.values()
            for key in feed_keys
        ],
    )
    def freshness(context: dg.AssetCheckExecutionContext):
        with faults(context), psycopg.connect("", row_factory=dict_row) as connection:
            rows = connection.execute(
                "select feed, freshness_status, age_in_days, format('late after %s days, out of"
                " date after %s', warn_age_days, error_age_days) as promise"
                " from marts.feed_freshness"
            ).fetchall()
        found = {row.pop("feed"): row for row in rows}
        for feed, feed_keys in keys.items():
            row = found.get(feed, {"freshness_status": "unknown"})
            for key in feed_keys:
                yield dg.AssetCheckResult(
                    check_name="is_fresh",
                    asset_key=key,
                    passed=row["freshness_status"] == "fresh",
                    metadata={name: value for name, value in row.items() if value is not None},
                )

    return freshness
