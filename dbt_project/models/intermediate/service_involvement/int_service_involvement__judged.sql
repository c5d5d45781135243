-- Grain: one row per spell of a service's involvement with a record, with the word for it or the
-- reason why nobody may see it.
--
-- All limits are rows of the council's dated rules. The age of the person is judged apart
-- (service_exclusion), because it also decides what is said where there is no spell.

with spell as (

    select * from {{ ref('int_service_involvement__unioned') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

rule as (

    select * from {{ ref('int_service_rule__dated') }}

),

service_list as (

    select * from {{ ref('int_service_list__dated') }}

),

parameter as (

    select * from {{ ref('int_service_parameter__dated') }}

),

limited as (

    select
        service,
        bool_or(list_name = 'shown_role') as has_shown_role,
        bool_or(list_name = 'shown_category') as has_shown_category,
        bool_or(list_name = 'safeguarding_category') as has_safeguarding_category
    from service_list
    group by service

),

shown_role as (

    select * from service_list
    where list_name = 'shown_role'

),

category as (

    select
        service,
        value,
        bool_or(list_name = 'shown_category') as is_shown,
        bool_or(list_name = 'excluded_category') as is_excluded,
        bool_or(list_name = 'lesser_category') as is_lesser,
        bool_or(list_name = 'safeguarding_category') as is_safeguarding
    from service_list
    where
        list_name in (
            'shown_category', 'excluded_category', 'lesser_category', 'safeguarding_category'
        )
    group by service, value

),

described as (

    select
        spell.spell_id,
        spell.source_spell_id,
        spell.record_id,
        identified.person_id,
        spell.service,
        spell.role,
        spell.is_ended,
        spell.started_on,
        spell.ended_on,
        spell.last_interaction_on,
        rule.is_connected,
        rule.status_notion,
        rule.window_starts_on,
        shown_role.value_order as role_order,
        coalesce(limited.has_shown_role, false) and shown_role.value is null as is_role_hidden,
        coalesce(category.is_excluded, false)
        or (
            coalesce(limited.has_shown_category, false)
            and not coalesce(category.is_shown, false)
        ) as is_category_hidden,
        coalesce(category.is_lesser, false) as is_lesser,
        case
            when not limited.has_safeguarding_category then null
            when category.is_safeguarding then 'safeguarding'
            when limited.has_safeguarding_category then 'other'
        end as offence_class
    from spell
    inner join rule on spell.service = rule.service
    left join identified on spell.record_id = identified.record_id
    left join limited on spell.service = limited.service
    left join shown_role on spell.service = shown_role.service and spell.role = shown_role.value
    left join category on spell.service = category.service and spell.category = category.value

),

-- an offence is looked for as far back as its class and the person's part in it allow
windowed as (

    select
        described.*,
        case
            when described.offence_class is not null
                then
                    coalesce(
                        ({{ as_of_date() }} - make_interval(years => lookback.value))::date,
                        described.window_starts_on
                    )
        end as offence_window_starts_on,
        maximum.value as maximum
    from described
    left join parameter as lookback
        on
            described.service = lookback.service
            and described.role || '_' || described.offence_class || '_lookback' = lookback.parameter
    left join parameter as maximum
        on
            described.service = maximum.service
            and described.offence_class || '_maximum' = maximum.parameter

),

refused as (

    select
        *,
        case
            when not is_connected then 'service_not_connected'
            when person_id is null then 'no_person'
            when is_role_hidden then 'role_not_shown'
            when is_category_hidden then 'category_not_shown'
            when started_on > {{ as_of_date() }} then 'not_started'
            when ended_on < window_starts_on then 'before_window'
            when offence_class is not null and started_on is null then 'undated'
            when started_on < offence_window_starts_on then 'before_window'
        end as first_refusal
    from windowed

),

-- one person in one case is one spell, in the part that the rule names first
compared as (

    select
        *,
        first_refusal is null
        and role_order is not null
        and source_spell_id is not null
        and row_number() over (
            partition by person_id, service, source_spell_id, first_refusal
            order by is_ended asc, role_order asc, started_on desc nulls last, spell_id asc
        ) > 1 as is_other_role,
        first_refusal is null
        and is_lesser
        and not is_ended
        and bool_or(not is_lesser and not is_ended) over (
            partition by person_id, service, first_refusal
        ) as is_beside_another
    from refused

),

placed as (

    select
        *,
        coalesce(
            first_refusal,
            case
                when is_other_role then 'other_role_shown'
                when is_beside_another then 'beside_main_one'
            end
        ) as second_refusal
    from compared

),

ranked as (

    select
        *,
        row_number() over (
            partition by person_id, service, offence_class, second_refusal
            order by started_on desc nulls last, role_order asc nulls last, spell_id asc
        ) as place
    from placed

),

judged as (

    select
        spell_id,
        record_id,
        person_id,
        service,
        case
            when status_notion <> 'current_historic' then status_notion
            when is_ended then 'historic'
            else 'current'
        end as involvement_status,
        is_ended,
        offence_class,
        -- what is refused is weighed against nothing
        case when second_refusal is null then place end as place,
        -- of other offences readers learn that there is one, and no more
        case
            when offence_class = 'other' then null
            else started_on
        end as started_on,
        ended_on,
        last_interaction_on,
        coalesce(
            second_refusal,
            case when place > maximum then 'beyond_maximum' end
        ) as refusal
    from ranked

)

select * from judged
