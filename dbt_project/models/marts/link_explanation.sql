-- Grain: one row per pair of records of which there is something to say, and what that is.
--
-- A pair of which next to nothing agrees is not kept. Nor is one that the law forbids to link: that
-- there is such a row would tell what it is to hide.

with linked as (

    select * from {{ ref('int_person__linked') }}
    where reason <> 'too_little'

),

scored as (

    select
        record_id,
        other_record_id,
        concat_ws(
            ', ',
            case when is_nhs_number_equal then 'NHS number' end,
            case when is_upn_equal then 'pupil number' end,
            case when is_given_name_equal then 'given name' end,
            case
                when is_family_name_equal then 'family name'
                when is_family_name_shared then 'part of the family name'
                when is_family_name_near then 'family name but for a letter'
            end,
            case when is_name_swapped then 'names the other way round' end,
            case when is_date_of_birth_equal then 'birth date' end,
            case when is_home_shared then 'home' end
        ) as agreement
    from {{ ref('int_person__scored') }}

),

override as (

    select
        record_id,
        other_record_id,
        -- of two that contradict each other both are told
        string_agg(verdict, ', ' order by verdict) as verdicts,
        bool_or(verdict = 'identity_link_prohibited') as is_prohibited
    from {{ ref('int_link_override__judged') }}
    group by record_id, other_record_id

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

pair as (

    select
        record_id,
        other_record_id
    from linked
    union
    select
        record_id,
        other_record_id
    from override

),

explained as (

    select
        pair.record_id::varchar(64) as record_id,
        pair.other_record_id::varchar(64) as other_record_id,
        record.person_id::bigint as person_id,
        other.person_id::bigint as other_person_id,
        (case when record.person_id = other.person_id then 'Yes' else 'No' end)::varchar(7)
            as is_one_person,
        coalesce(linked.decision, 'not_compared')::varchar(20) as machine_decision,
        left(linked.reason, 300)::varchar(300) as machine_reason,
        linked.strength::integer as strength,
        left(scored.agreement, 300)::varchar(300) as agreement,
        (case when linked.decision = 'refused' then left(linked.reason, 300) end)::varchar(300)
            as vetoes,
        left(override.verdicts, 100)::varchar(100) as stewards_say
    from pair
    inner join identified as record on pair.record_id = record.record_id
    inner join identified as other on pair.other_record_id = other.record_id
    left join linked
        on
            pair.record_id = linked.record_id
            and pair.other_record_id = linked.other_record_id
    left join scored
        on
            pair.record_id = scored.record_id
            and pair.other_record_id = scored.other_record_id
    left join override
        on
            pair.record_id = override.record_id
            and pair.other_record_id = override.other_record_id
    where not coalesce(override.is_prohibited, false)

)

select * from explained
