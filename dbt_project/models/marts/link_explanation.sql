-- Grain: one row per pair of records of which there is something to say, and what that is.
--
-- A pair of which next to nothing agrees is not kept. Nor is one that the law forbids to link: that
-- there is such a row would tell what it is to hide.

with linked as (

    select * from {{ ref('int_person__linked') }}

),

-- two of whom other records would have made one
vetoed as (

    select * from {{ ref('int_person__vetoed') }}

),

-- each comparison with its level and bits: they add up to the weight
scored as (

    select
        record_number,
        other_record_number,
        concat_ws(
            ', ',
            case
                when nhs_number_level <> 'missing'
                    then format(
                        'NHS number %s (%s)',
                        nhs_number_level,
                        round(nhs_number_weight::numeric, 1)
                    )
            end,
            case
                when upn_level <> 'missing'
                    then format(
                        'pupil number %s (%s)',
                        upn_level,
                        round(upn_weight::numeric, 1)
                    )
            end,
            case
                when given_name_level <> 'missing'
                    then format(
                        'given name %s (%s)',
                        given_name_level,
                        round(given_name_weight::numeric, 1)
                    )
            end,
            case
                when middle_name_level <> 'missing'
                    then format(
                        'middle name %s (%s)',
                        middle_name_level,
                        round(middle_name_weight::numeric, 1)
                    )
            end,
            case
                when family_name_level <> 'missing'
                    then format(
                        'family name %s (%s)',
                        family_name_level,
                        round(family_name_weight::numeric, 1)
                    )
            end,
            case
                when date_of_birth_level <> 'missing'
                    then format(
                        'birth date %s (%s)',
                        date_of_birth_level,
                        round(date_of_birth_weight::numeric, 1)
                    )
            end,
            case
                when home_level <> 'missing'
                    then format(
                        'home %s (%s)',
                        home_level,
                        round(home_weight::numeric, 1)
                    )
            end,
            case
                when locality_level <> 'missing'
                    then format(
                        'locality %s (%s)',
                        locality_level,
                        round(locality_weight::numeric, 1)
                    )
            end,
            case
                when child_level <> 'missing'
                    then format(
                        'child %s (%s)',
                        child_level,
                        round(child_weight::numeric, 1)
                    )
            end,
            case
                when email_level <> 'missing'
                    then format(
                        'e-mail %s (%s)',
                        email_level,
                        round(email_weight::numeric, 1)
                    )
            end,
            case
                when telephone_level <> 'missing'
                    then format(
                        'telephone %s (%s)',
                        telephone_level,
                        round(telephone_weight::numeric, 1)
                    )
            end
        ) as agreement
    from {{ ref('int_person__scored') }}

),

override as (

    select
        least(record_number, other_record_number) as record_number,
        greatest(record_number, other_record_number) as other_record_number,
        -- of two that contradict each other both are told
        string_agg(verdict, ', ' order by verdict) as verdicts,
        bool_or(verdict = 'identity_link_prohibited') as is_prohibited
    from {{ ref('int_link_override__judged') }}
    group by
        least(record_number, other_record_number), greatest(record_number, other_record_number)

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

pair as (

    select
        record_number,
        other_record_number
    from linked
    union
    select
        record_number,
        other_record_number
    from vetoed
    union
    select
        record_number,
        other_record_number
    from override

),

explained as (

    select
        record.record_id::varchar(64) as record_id,
        other.record_id::varchar(64) as other_record_id,
        record.person_id::bigint as person_id,
        other.person_id::bigint as other_person_id,
        (case when record.person_id = other.person_id then 'Yes' else 'No' end)::varchar(7)
            as is_one_person,
        coalesce(linked.decision, 'not_compared')::varchar(20) as machine_decision,
        left(nullif(linked.reason, ''), 300)::varchar(300) as machine_reason,
        (linked.match_weight * 100)::integer as strength,
        left(scored.agreement, 300)::varchar(300) as agreement,
        left(
            coalesce(
                vetoed.refusals, case when linked.decision = 'refused' then linked.reason end
            ),
            300
        )::varchar(300) as vetoes,
        left(override.verdicts, 100)::varchar(100) as stewards_say
    from pair
    inner join identified as record on pair.record_number = record.record_number
    inner join identified as other on pair.other_record_number = other.record_number
    left join linked
        on
            pair.record_number = linked.record_number
            and pair.other_record_number = linked.other_record_number
    left join vetoed
        on
            pair.record_number = vetoed.record_number
            and pair.other_record_number = vetoed.other_record_number
    left join scored
        on
            pair.record_number = scored.record_number
            and pair.other_record_number = scored.other_record_number
    left join override
        on
            pair.record_number = override.record_number
            and pair.other_record_number = override.other_record_number
    where not coalesce(override.is_prohibited, false)

)

select * from explained
