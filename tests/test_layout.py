"""The shape of the dbt project, held to by test rather than by review."""

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DBT_PROJECT = ROOT / "dbt_project"
MAY_READ = {
    "staging": {"source"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "marts", "seed"},
}
PREFIX = {"staging": "stg_", "intermediate": "int_"}
MACROS = {"as_of_date", "generate_schema_name", "hash_key", "held_constraints", "rules_of"}
# the first is the arms of a __unioned model, the one place for a loop
JINJA = re.compile(r"{%-?\s*(?!(?:end)?for\b)\w+|{{-?\s*(?!(?:ref|source|var|config)\b)(\w+)")


def models(manifest, *layers):
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and (not layers or node["fqn"][1] in layers)
    ]


def layer(manifest, unique_id):
    kind = unique_id.split(".")[0]
    return manifest["nodes"][unique_id]["fqn"][1] if kind == "model" else kind


def test_data_flows_one_way(manifest):
    wrong = [
        (model["name"], parent)
        for model in models(manifest)
        for parent in model["depends_on"]["nodes"]
        if layer(manifest, parent) not in MAY_READ[model["fqn"][1]]
    ]
    assert wrong == []


def test_a_staging_model_reads_one_source(manifest):
    wrong = [
        model["name"]
        for model in models(manifest, "staging")
        if len({source.split(".")[2] for source in model["depends_on"]["nodes"]}) != 1
    ]
    assert wrong == []


def test_every_source_table_has_its_staging_model(manifest):
    read = {parent for model in models(manifest) for parent in model["depends_on"]["nodes"]}
    assert sorted(set(manifest["sources"]) - read) == []


def test_every_model_has_its_yaml_beside_it(manifest):
    paths = [DBT_PROJECT / model["original_file_path"] for model in models(manifest)]
    assert [path.name for path in paths if not path.with_suffix(".yml").exists()] == []


def test_a_yaml_describes_the_one_model_beside_it():
    wrong = [
        path.name
        for path in (DBT_PROJECT / "models").rglob("*.yml")
        if path.name != "_sources.yml"
        and [model["name"] for model in yaml.safe_load(path.read_text())["models"]] != [path.stem]
    ]
    assert wrong == []


def test_every_model_opens_with_its_grain(manifest):
    opening = "-- Grain: one row per "
    assert [m["name"] for m in models(manifest) if not m["raw_code"].startswith(opening)] == []


def test_every_model_ends_in_its_last_step(manifest):
    ending = re.compile(r"\)\s*select \* from \w+\s*$")
    assert [m["name"] for m in models(manifest) if not ending.search(m["raw_code"])] == []


def test_a_model_is_named_after_its_folder(manifest):
    wrong = [
        model["name"]
        for model in models(manifest)
        if not re.fullmatch(
            PREFIX.get(model["fqn"][1], "")
            + (rf"{model['fqn'][2]}__\w+" if model["fqn"][1] in PREFIX else r"[a-z_]+"),
            model["name"],
        )
    ]
    assert wrong == []


def test_every_model_is_described(manifest):
    assert [model["name"] for model in models(manifest) if not model["description"]] == []


def test_every_described_column_of_a_model_says_something(manifest):
    bare = [
        f"{model['name']}.{column['name']}"
        for model in models(manifest, "staging", "marts")
        for column in model["columns"].values()
        if not column["description"]
    ]
    assert bare == []


def test_every_mart_has_an_enforced_contract(manifest):
    loose = [
        m["name"] for m in models(manifest, "marts") if not m["config"]["contract"]["enforced"]
    ]
    assert loose == []


def test_every_staging_model_holds_its_keys(manifest):
    held = {
        model["name"]
        for model in models(manifest, "staging")
        for column in model["columns"].values()
        if "not_null" in {constraint["type"] for constraint in column["constraints"]}
    }
    # a view's table is ours: its migration holds it
    own = {m["name"] for m in models(manifest, "staging") if m["config"]["materialized"] == "view"}
    assert {model["name"] for model in models(manifest, "staging")} - own == held


def test_what_a_column_holds_is_a_constraint_and_no_node_of_its_own(manifest):
    names = {node.get("test_metadata", {}).get("name") for node in manifest["nodes"].values()}
    assert names.isdisjoint({"accepted_values", "not_null", "unique"})


def test_what_is_kept_from_night_to_night_survives_a_crash(manifest):
    """An unlogged table is empty after one, while what is remembered of these is not."""
    lost = [
        model["name"]
        for model in models(manifest)
        if model["config"]["materialized"] == "incremental" and model["config"].get("unlogged")
    ]
    assert lost == []


def test_a_row_that_was_read_depends_on_its_row_of_raw_alone(manifest):
    """Else keeping it would keep what is no longer so: see materializations/reading.sql."""
    readings = [m for m in models(manifest) if m["config"]["materialized"] == "reading"]
    for model in readings:
        name, code = model["name"], model["raw_code"]
        assert len(model["sources"]) + len(model["refs"]) == 1, name
        if model["refs"]:
            column = model["config"]["read_by"]
            assert re.search(rf"\bgroup by {column}$", code, re.MULTILINE), name
        else:
            assert "_delivery_id as delivery_id" in code, name
            assert "_row_number as row_number" in code, name
        assert set(re.findall(r"{{-?\s*(\w+)", code)) <= {"hash_key", "source", "ref"}, name
        # functions of ours are those of parse and of the feed's own schema: they are in the rules
        schemas = set(re.findall(r"\b(\w+)\.\w+\(", code))
        assert schemas <= {"parse", *(f"raw_{feed}" for feed, _ in model["sources"])}, name


def test_a_staging_model_decides_nothing(manifest):
    """No join, filter or group in what reads a feed; what is our own differs."""
    deciding = re.compile(r"^\s*(where|group by|having|order by|\w* ?join|union)\b", re.M)
    wrong = [
        model["name"]
        for model in models(manifest, "staging")
        if model["fqn"][2] not in ("ledger", "published", "resolution")
        and deciding.search(model["raw_code"])
    ]
    assert wrong == []


def test_every_description_used_three_times_is_a_docs_block():
    """One description, one place: the second use may repeat, the third may not."""
    written = {}
    for path in (DBT_PROJECT / "models").rglob("*.yml"):
        for model in yaml.safe_load(path.read_text()).get("models", ()):
            for column in model.get("columns", ()):
                text = " ".join(str(column.get("description", "")).split())
                if text and "{{" not in text:
                    written.setdefault((column["name"], text), []).append(model["name"])
    assert {key: names for key, names in written.items() if len(names) > 2} == {}


def test_every_docs_block_is_used_and_named_as_a_column():
    blocks = re.findall(r"{% docs (\w+) %}", (DBT_PROJECT / "models" / "columns.md").read_text())
    used = {}
    for path in DBT_PROJECT.glob("models/**/*.yml"):
        for name in re.findall(r"doc\('(\w+)'\)", path.read_text()):
            used[name] = used.get(name, 0) + 1
    assert blocks == sorted(set(blocks))
    assert [name for name in blocks if used.get(name, 0) < 3] == []


def test_jinja_in_a_model_is_a_reference_or_one_of_our_macros(manifest):
    wrong = [
        (model["name"], found.group(0))
        for model in models(manifest)
        for found in JINJA.finditer(model["raw_code"])
        if found.group(1) not in MACROS
    ]
    assert wrong == []


def test_a_loop_is_only_for_the_arms_of_a_union(manifest):
    loops = [m["name"] for m in models(manifest) if re.search(r"{%-?\s*for\b", m["raw_code"])]
    assert [name for name in loops if not name.endswith("__unioned")] == []


def test_the_macros_are_these_and_no_more():
    assert {path.stem for path in (DBT_PROJECT / "macros").glob("*.sql")} == MACROS


def test_there_is_one_variable(manifest):
    code = [node["raw_code"] for node in manifest["nodes"].values() if "raw_code" in node]
    macros = [
        macro["macro_sql"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == "family_context"
    ]
    named = re.findall(r"""\bvar\(\s*["'](\w+)""", "\n".join(code + macros))
    assert set(named) == {"as_of_date"}


def test_nothing_asks_the_clock(manifest):
    clock = re.compile(r"\b(current_date|current_timestamp|now\(\)|localtimestamp|clock_timestamp)")
    assert [m["name"] for m in models(manifest) if clock.search(m["raw_code"].lower())] == []


def kept_models(manifest):
    """Every model that is kept from night to night, with what it reads by name."""
    nodes = manifest["nodes"]
    for model in models(manifest):
        if model["config"]["materialized"] == "kept":
            inputs = [nodes[name] for name in model["depends_on"]["nodes"] if name in nodes]
            yield model, {node["name"]: node for node in inputs}


def test_what_touches_a_kept_model_is_read_by_it_and_tells(manifest):
    for model, inputs in kept_models(manifest):
        config, name = model["config"], model["name"]
        touched_by = config.get("touched_by", {})
        assert set(touched_by) | set(config.get("limited", {})) <= set(inputs), name
        for source, how in touched_by.items():
            told = config_of(inputs[source])
            assert ({how} if isinstance(how, str) else set(how)) <= set(told), (name, source)


def config_of(node):
    """The columns by which a table tells of its changes."""
    hooks = " ".join(hook["sql"] for hook in node["config"]["post-hook"])
    told = re.search(r"tell_changes\('[^']*', '{([^}]*)}'", hooks)
    return told.group(1).split(", ") if told else node["config"].get("tells", [])


def test_a_kept_mart_tells_by_what_it_is_kept(manifest):
    """Else it is compared whole when it is published. A row without a value is told by none."""
    for model, _ in kept_models(manifest):
        if model["schema"] == "marts":
            kept_by = model["config"]["kept_by"]
            assert model["config"]["tells"][0] == kept_by, model["name"]
            constraints = {c["type"] for c in model["columns"][kept_by]["constraints"]}
            assert constraints & {"not_null", "primary_key"}, model["name"]


def test_no_query_of_what_is_touched_is_asked_for_every_row(manifest):
    """Beside an or PostgreSQL may ask it so, and then never ends: a union says the same."""
    for model, _ in kept_models(manifest):
        config = model["config"]
        said = json.dumps([config.get(key) for key in ("touched_by", "turned_by", "limited")])
        assert not re.search(r"\bor\s+\S*\s*(not )?(in|exists) \(", said), model["name"]


def test_what_is_hashed_each_night_is_short(manifest):
    """What a kept model reads and is not touched by is hashed: a list, or what it says today."""
    for model, inputs in kept_models(manifest):
        if touched_by := model["config"].get("touched_by"):
            hashed = {n for n, node in inputs.items() if node["resource_type"] != "seed"}
            hashed -= set(touched_by) | set(model["config"].get("hashed", {}))
            assert {name for name in hashed if not name.endswith("__dated")} == set(), model["name"]


def test_what_a_day_changes_is_turned_by_it(manifest):
    """Else it would stay as it was on the day when somebody was last touched. What of a list is in
    force is hashed."""
    day = r"{{ as_of_date() }}"
    in_force = f"{day} between valid_from and coalesce(valid_to, {day})"
    for model, _ in kept_models(manifest):
        code = model["raw_code"].replace(in_force, "")
        if model["config"].get("touched_by") and day in code:
            assert model["config"].get("turned_by"), model["name"]


def test_a_test_fails_or_is_deleted(manifest):
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert [t["name"] for t in tests if t["config"]["severity"].lower() != "error"] == []
    assert [t["name"] for t in tests if t["config"]["store_failures"]] == []


@pytest.mark.parametrize("folder", ["reference", "councils/demo"])
def test_every_seed_has_its_types_and_descriptions(manifest, folder):
    seeds = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed" and f"/{folder}/" in node["original_file_path"]
    ]
    assert seeds
    for seed in seeds:
        header = (DBT_PROJECT / seed["original_file_path"]).resolve().read_text().split("\n", 1)[0]
        columns = header.split(",")
        assert sorted(seed["config"]["column_types"]) == sorted(columns), seed["name"]
        described = [name for name, column in seed["columns"].items() if column["description"]]
        assert sorted(described) == sorted(columns), seed["name"]
