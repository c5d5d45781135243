"""Write the SQL that applies the model: two dbt models, and the function by which a search weighs.

Plain SQL, checked in, kept current by a test.
"""

import re
import textwrap
from dataclasses import replace

from orchestration import settings
from orchestration.linkage.definition import Level, Model, load

FOLDER = settings.DBT_PROJECT / "models" / "intermediate" / "person"
HEADER = """\
-- Written by `./run linkage sql` from the seeds match_model, match_level and veto. To change it,
-- change them.
-- noqa: disable=all
--"""
ONCE = """\
    -- else what follows would work this out again for each of its uses; offset 0 would do the same,
    -- and keep the plan from being parallel
    limit all"""
SEARCH = settings.ROOT / "orchestration" / "migrations" / "weigh_search.sql"
RECORD_COLUMN = re.compile(r"\b([a-z_]+)_[lr]\b")
# nobody is searched for by these
NEVER_ASKED = frozenset({"child_keys"})
# a question is read in either order: of names that changed places another reading says more
CHANGED_PLACES = ("swapped", "nearly_swapped")
# several values in one text, with | between them
SEVERAL = re.compile(r"\b([a-z_]+)_[lr] &&|&& ([a-z_]+)_[lr]\b|\bany\(([a-z_]+)_[lr]\)")


def models(model: Model | None = None) -> dict[str, str]:
    """The text of each model by its name."""
    model = model or load()
    return {"int_person__scored": scored(model), "int_person__vetoed": vetoed(model)}


def write() -> None:
    """Write the models into the dbt project, and the function beside the migrations."""
    for name, text in models().items():
        (FOLDER / f"{name}.sql").write_text(text, encoding="utf-8")
    SEARCH.write_text(search(load()), encoding="utf-8")


def record_columns(model: Model) -> list[str]:
    """The columns of a record that the conditions read, in alphabetical order."""
    texts = [level.condition for level in model.levels]
    texts += [condition for _, _, condition in model.vetoes]
    found = {name for text in texts for name in RECORD_COLUMN.findall(text)}
    return sorted(found | {level.tf_column for level in model.levels if level.tf_column})


def level_columns(model: Model) -> list[str]:
    """The columns of a record that levels and weights read, vetoes left aside."""
    return record_columns(replace(model, vetoes=()))


def level_case(levels: list[Level]) -> str:
    """SQL that names the level of one comparison."""
    *whens, last = levels
    lines = [f"when {level.condition}\n    then '{level.level}'" for level in whens]
    return "case\n" + _indent("\n".join(lines), 4) + f"\n    else '{last.level}'\nend"


def weight_case(comparison: str, levels: list[Level], model: Model) -> str:
    """SQL for the bits that one comparison adds, given its level."""
    lines = []
    for level in levels:
        value = f"{level.weight!r}"
        if level.tf_column and level.m:
            most = f"greatest({level.tf_column}_l, {level.tf_column}_r, {model.tf_minimum:.10f})"
            value = f"ln({level.m!r} / {most}) / ln(2.0)"
        if level.m:
            lines.append(f"when '{level.level}' then {value}")
    body = _indent("\n".join(lines), 4)
    return f"case {comparison}_level\n{body}\n    else 0\nend"


def several_columns(model: Model) -> set[str]:
    """The columns of a record that hold several values."""
    texts = [level.condition for level in model.levels]
    texts += [condition for _, _, condition in model.vetoes]
    return {name for text in texts for names in SEVERAL.findall(text) for name in names if name}


def pair_columns(
    model: Model, names: list[str] | None = None, blank: frozenset[str] = frozenset()
) -> str:
    """SQL for columns of left_record and right_record under the names that conditions use."""
    several = several_columns(model)
    lines = []
    for record, end in (("left_record", "l"), ("right_record", "r")):
        for name in names or record_columns(model):
            value = f"{record}.{name}"
            if name in blank:
                value = "null::text"
            if name in several:
                value = f"string_to_array({value}, '|')"
            lines.append(f"{value} as {name}_{end}")
    return ",\n".join(lines)


def compared_pairs() -> str:
    """A query for all pairs that the scores kept are of: record_number and other_record_number."""
    return pairs_sharing(
        "(select record_number, unnest(blocking_keys) as shared, skipped_keys"
        " from resolution.compared_record)",
        "one.shared <> all(one.skipped_keys)",
    )


def pairs_sharing(holder: str, condition: str = "true") -> str:
    """A query for all pairs that have a value of `shared` in common, given who holds which."""
    return (
        "select distinct one.record_number, other.record_number as other_record_number"
        f" from {holder} as one inner join {holder} as other on one.shared = other.shared"
        f" and one.record_number < other.record_number and {condition}"
    )


def _levels(model: Model) -> str:
    return ",\n".join(
        f"{level_case(levels)} as {name}_level" for name, levels in model.comparisons.items()
    )


def _vetoes(model: Model, effect: str) -> str:
    codes = ",\n".join(
        f"case when {condition} then '{veto}' end"
        for veto, its_effect, condition in model.vetoes
        if its_effect == effect
    )
    if not codes:
        return "null::text"
    return f"nullif(concat_ws(\n    ', ',\n{_indent(codes, 4)}\n), '')"


def scored(model: Model) -> str:
    """int_person__scored."""
    names = list(model.comparisons)
    weights = ",\n".join(
        f"{weight_case(name, levels, model)} as {name}_weight"
        for name, levels in model.comparisons.items()
    )
    shown = ",\n".join([f"{name}_level" for name in names] + [f"{name}_weight" for name in names])
    total = "\n+ ".join([repr(model.prior_weight), *(f"{name}_weight" for name in names)])
    return f"""-- Grain: one row per two records compared whose evidence weighs enough to be kept.
--
{HEADER}
-- The weight is the sum of the bits of each comparison and of the prior: it can be worked out again
-- from the row alone. Refusals keep the two apart; with cautions only a person may join them; with
-- reservations the link is never more than probable. Kept from night to night; only the pairs of
-- int_person__paired are weighed.

with pair as (

    select
        paired.record_number,
        paired.other_record_number,
{_indent(pair_columns(model), 8)}
    from {{{{ ref('int_person__paired') }}}} as paired
    inner join {{{{ ref('int_person__profiled') }}}} as left_record
        on paired.record_number = left_record.record_number
    inner join {{{{ ref('int_person__profiled') }}}} as right_record
        on paired.other_record_number = right_record.record_number
{ONCE}

),

levelled as (

    select
        *,
{_indent(_levels(model), 8)}
    from pair
{ONCE}

),

weighed as (

    select
        *,
{_indent(weights, 8)}
    from levelled

),

totalled as (

    select
        *,
        {_indent(total, 8).lstrip()} as match_weight
    from weighed

),

scored as (

    select
        record_number,
        other_record_number,
{_indent(shown, 8)},
        match_weight,
        {_indent(_vetoes(model, "refuse"), 8).lstrip()} as refusals,
        {_indent(_vetoes(model, "review"), 8).lstrip()} as cautions,
        {_indent(_vetoes(model, "probable"), 8).lstrip()} as reservations,
        {model.model_version} as model_version
    from totalled
    where match_weight >= {model.kept_weight!r}

)

select * from scored
"""


def vetoed(model: Model) -> str:
    """int_person__vetoed."""
    return f"""-- Grain: one row per two records of a component that may not be one person.
--
{HEADER}
-- Asked of all pairs that links would join, also through others. In a component in which no name,
-- date or number differs there is nothing to ask.

-- read where they stand, and not copied first: there are many of them
with profiled as not materialized (

    select
        connected.component_number,
        profiled.*
    from {{{{ ref('int_person__connected') }}}} as connected
    inner join {{{{ ref('int_person__profiled') }}}} as profiled
        on connected.record_number = profiled.record_number

),

mixed as (

    select component_number from profiled
    group by component_number
    having
        min(given_name) is distinct from max(given_name)
        or min(family_name) is distinct from max(family_name)
        or min(date_of_birth) is distinct from max(date_of_birth)
        or min(age_class) is distinct from max(age_class)
        or min(nhs_number) is distinct from max(nhs_number)
        or min(upn) is distinct from max(upn)
        or min(units) is distinct from max(units)
        or min(further_words) is distinct from max(further_words)
        or min(generation) is distinct from max(generation)

),

member as (

    select profiled.*
    from profiled
    inner join mixed on profiled.component_number = mixed.component_number

),

pair as (

    select
        left_record.record_number,
        right_record.record_number as other_record_number,
        left_record.component_number,
{_indent(pair_columns(model), 8)}
    from member as left_record
    inner join member as right_record
        on
            left_record.component_number = right_record.component_number
            and left_record.record_number < right_record.record_number

),

levelled as (

    select
        *,
{_indent(_levels(model), 8)}
    from pair

),

judged as (

    select
        record_number,
        other_record_number,
        component_number,
        {_indent(_vetoes(model, "refuse"), 8).lstrip()} as refusals
    from levelled

),

vetoed as (

    select * from judged
    where refusals is not null

)

select * from vetoed
"""


def search(model: Model) -> str:
    """The function published.weigh_search."""
    weights = ",\n".join(
        f"{weight_case(name, levels, model)} as {name}_weight"
        for name, levels in model.comparisons.items()
    )
    total = "\n+ ".join(f"{name}_weight" for name in model.comparisons)
    words = ",\n".join(
        f"case when {name}_level <> 'missing' then format(\n"
        f"    '{name.replace('_', ' ')} %s (%s)', {name}_level, round({name}_weight::numeric, 1)\n"
        ") end"
        for name in model.comparisons
    )
    changed_places = ", ".join(f"'{level}'" for level in CHANGED_PLACES)
    return f"""{HEADER[:-3]}
-- The function that weighs a search: the asked are what was asked for, read in several ways, and
-- each record counts in the way that fits it best. Evidence is what agrees and what differs; that
-- any two records are of one person has still to be allowed for. Put into the database by every
-- `./run start`.

create or replace function published.weigh_search(
    asked published.search_record[], candidates text[], shown integer
)
returns table (record_id varchar(64), evidence double precision, agreement text)
-- few, so that who they are about is looked up and not joined
language plpgsql stable rows 20
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    with pair as (

        select
            right_record.record_id,
{_indent(pair_columns(model, level_columns(model), NEVER_ASKED), 12)}
        from unnest(asked) as left_record
        cross join published.search_record as right_record
        where
            right_record.record_id = any(candidates)
            and right_record.valid_from_generation <= shown
            and right_record.valid_to_generation > shown

    ),

    -- once each: in one query with what follows, a level would be read for each of its uses
    levelled as materialized (

        select
            *,
{_indent(_levels(model), 12)}
        from pair

    ),

    weighed as materialized (

        select
            *,
{_indent(weights, 12)}
        from levelled

    ),

    totalled as (

        select
            *,
            {_indent(total, 12).lstrip()} as total
        from weighed

    ),

    best as (

        select distinct on (totalled.record_id) *
        from totalled
        where totalled.total > 0 and given_name_level not in ({changed_places})
        order by totalled.record_id asc, totalled.total desc

    )

    select
        best.record_id,
        best.total,
        concat_ws(
            ', ',
{_indent(words, 12)}
        )
    from best;
end
$$;

grant execute
on function published.weigh_search(published.search_record[], text[], integer) to view_owner;

-- the gate compares
delete from published.as_migrated where relation like '%.weigh_search(%';
insert into published.as_migrated (relation, fingerprint)
select
    found.relation,
    found.fingerprint
from published.fingerprint() as found
where found.relation like '%.weigh_search(%';
"""


def _indent(text: str, by: int) -> str:
    return textwrap.indent(text, " " * by)
