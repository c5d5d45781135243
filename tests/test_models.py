"""Each rule's unit test; and every model and data test of a warehouse that has received nothing."""


def test_every_rule_holds_and_nothing_builds_a_warehouse(database, dbt):
    built = dbt("build")
    # names only: what a test prints is invented, what PostgreSQL says need not be
    wrong = [r.node.name for r in built.result if r.status not in ("success", "pass")]
    assert wrong == []
    kinds = {r.node.resource_type for r in built.result}
    assert kinds == {"seed", "model", "test", "unit_test", "operation"}
