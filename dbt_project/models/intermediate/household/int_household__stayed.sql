-- Grain: one row per person, dwelling and unbroken stretch of living there, from all feeds.

with spell as (

    select * from {{ ref('int_household__resolved') }}

),

observed as (

    select * from {{ ref('int_address__observed') }}

),

attributed as (

    select * from {{ ref('int_address__attributed') }}

),

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

dated as (

    select
        attributed.person_id,
        spell.record_id,
        spell.household_id,
        spell.feed,
        spell.started_on,
        spell.ended_on,
        spell.ended_on is null
        and not spell.is_end_unreliable
        and coalesce(spell.address_type, '') <> 'previous' as is_open,
        -- until when the feed knows: its end, or the last time it had to do with the person
        coalesce(
            spell.ended_on,
            -- an address that began after the feed last dealt with the person was still told
            greatest(coalesce(spell.observed_on, observed.observed_on), spell.started_on)
        ) as known_until_on
    from spell
    inner join attributed on spell.record_id = attributed.record_id
    left join observed on spell.record_id = observed.record_id
    where coalesce(spell.started_on <= {{ as_of_date() }}, true)

),

-- what is known to this day has no last day that would change every night
lasting as (

    select
        person_id,
        record_id,
        household_id,
        feed,
        started_on,
        ended_on,
        is_open,
        case when known_until_on < {{ as_of_date() }} then known_until_on else 'infinity' end
            as known_until_on
    from dated
    where known_until_on is not null

),

-- a feed that has a later address of the same record has missed the end of the earlier one
followed as (

    select
        *,
        min(started_on) over (
            partition by record_id, is_open and started_on is not null
            order by started_on asc
            groups between 1 following and unbounded following
        ) as next_started_on
    from lasting

),

bounded as (

    select
        person_id,
        household_id,
        feed,
        coalesce(started_on, known_until_on) as lower_on,
        started_on,
        case
            when is_open and next_started_on > started_on
                then least(known_until_on, next_started_on)
            else known_until_on
        end as known_until_on,
        case
            when is_open and next_started_on > started_on then next_started_on
            else ended_on
        end as ended_on,
        is_open and coalesce(next_started_on > started_on, false) is false as is_open
    from followed

),

-- gaps and islands: a stretch begins where no earlier one reaches
reached as (

    select
        *,
        max(case when is_open then 'infinity'::date else known_until_on end) over (
            partition by person_id, household_id
            order by lower_on asc, known_until_on asc
            rows between unbounded preceding and 1 preceding
        ) as reached_until_on
    from bounded

),

numbered as (

    select
        *,
        count(*) filter (where reached_until_on is null or reached_until_on < lower_on - 1) over (
            partition by person_id, household_id
            order by lower_on asc, known_until_on asc
            rows between unbounded preceding and current row
        ) as stretch
    from reached

),

merged as (

    select
        person_id,
        household_id,
        stretch,
        min(lower_on) as lower_on,
        min(started_on) as started_on,
        max(known_until_on) as known_until_on,
        max(known_until_on) filter (where is_open) as open_until_on,
        max(ended_on) as ended_on,
        bool_or(is_open) as is_open,
        string_agg(distinct feed, ', ' order by feed) as sources,
        count(distinct feed)::integer as source_count
    from numbered
    group by person_id, household_id, stretch

),

recent as (

    select
        merged.*,
        merged.is_open
        and merged.open_until_on
        >= ({{ as_of_date() }} - make_interval(months => parameter.evidence_lookback))::date
            as is_recent
    from merged
    cross join parameter

),

-- of several open stretches the one that began last is the home; where two began on one day,
-- the one that more feeds state; and where they are equal, nobody can say
ranked as (

    select
        *,
        rank() over (
            partition by person_id, is_recent
            order by lower_on desc, source_count desc
        ) as place,
        count(*) over (
            partition by person_id, is_recent, lower_on, source_count
        ) as rivals,
        count(*) over (partition by person_id, is_recent) as homes,
        lead(lower_on) over (
            partition by person_id, is_recent
            order by lower_on asc, household_id asc
        ) as next_lower_on
    from recent

),

stayed as (

    select
        {{ hash_key(["person_id::text", "household_id::text", "lower_on::text"]) }}
            as household_member_id,
        person_id,
        household_id,
        started_on,
        case
            when is_recent and place = 1 then null
            -- nobody knows since when they live in a home of which no start is told
            when is_recent and next_lower_on > lower_on then nullif(next_lower_on, 'infinity')
            when not is_open then ended_on
        end as ended_on,
        is_recent and place = 1 and rivals = 1 as is_current,
        -- another feed states another home for this very day
        is_recent and homes > 1 as is_disputed,
        known_until_on as last_known_on,
        sources,
        source_count
    from ranked

)

select * from stayed
