"""The dbt project as assets, and the publication. Sources are named [feed, table], so the lineage
joins up without a translator."""

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import publishing, transform
from orchestration.resource import Refresh, faults


def built() -> dg.AssetsDefinition:
    """Every model, seed and test of dbt, built in one go and in this process.

    dagster-dbt's own command line asks the package index for dbt's version at every start, and
    takes seconds longer.
    """

    @dbt_assets(manifest=transform.manifest_path(), name="dbt_build")
    def dbt_build(context: dg.AssetExecutionContext, refresh: Refresh):
        chosen = get_updated_cli_invocation_params_for_context(
            context, manifest={}, dagster_dbt_translator=DagsterDbtTranslator()
        )
        # unit tests are about the rules, not about tonight's rows: ./run test runs them
        words = ("build", "--exclude-resource-type", "unit_test", *chosen.selection_args)
        try:
            for event in transform.events(*words, as_of_date=refresh.run.as_of_date):
                yield from DbtCoreCliEventMessage(event, {}).to_default_asset_events(
                    chosen.manifest, chosen.dagster_dbt_translator, context
                )
        except transform.BuildError as error:
            raise dg.Failure(str(error), allow_retries=False) from None

    return dbt_build


def publication(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """What readers see. It waits for the whole build: the marts go out together or not at all."""

    @dg.asset(
        key=["published", "generation"],
        deps=marts,
        group_name="published",
        kinds={"postgres"},
        description="The marts as one generation, if every invariant holds: what readers see.",
    )
    def publish(context: dg.AssetExecutionContext, refresh: Refresh) -> dg.MaterializeResult:
        chosen = context.run.asset_selection
        if chosen and not chosen.issuperset(marts):  # empty: all of them
            raise dg.Failure(
                "Marts not built by this run may speak of another day. Run the whole refresh.",
                allow_retries=False,
            )
        try:
            with faults(context):
                published = publishing.publish(refresh.run.run_id, refresh.run.as_of_date)
        except publishing.PublicationError as error:
            if any(breach.rule == "run_is_the_newest" for breach in error.breaches):
                refresh.run.status = "overtaken"
            raise dg.Failure(str(error), allow_retries=False) from None
        return dg.MaterializeResult(
            metadata={
                "generation": published.generation or "as before: nothing differs",
                **{
                    mart: "{} added, {} changed, {} removed".format(*change)
                    for mart, change in published.changes.items()
                    if any(change)
                },
            }
        )

    return publish
