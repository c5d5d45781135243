-- Grain: one row per person with an offence that may be shown.

with involvement as (

    select * from {{ ref('service_involvement') }}
    where service = 'police'

),

chosen as (

    select * from {{ ref('int_service_involvement__chosen') }}

),

judged as (

    select * from {{ ref('int_service_involvement__judged') }}

),

spell as (

    select * from {{ ref('int_service_involvement__unioned') }}

),

service_list as (

    select * from {{ ref('int_service_list__dated') }}
    where service = 'police'

),

coverage as (

    select * from {{ ref('service_coverage') }}
    where service = 'police'

),

set_aside as (

    select * from {{ ref('int_person__set_aside') }}
    where feed = 'police'

),

offence as (

    select
        involvement.person_id,
        judged.offence_class,
        judged.place,
        involvement.started_on,
        category.value_label as category_label,
        shown_role.value_label as nature
    from involvement
    inner join judged on involvement.spell_id = judged.spell_id
    inner join spell on involvement.spell_id = spell.spell_id
    left join service_list as category
        on spell.category = category.value and category.list_name = 'safeguarding_category'
    left join service_list as shown_role
        on spell.role = shown_role.value and shown_role.list_name = 'shown_role'

),

pivoted as (

    select
        person_id,
        count(*) filter (where offence_class = 'safeguarding') as safeguarding_count,
        count(*) filter (where offence_class = 'other') as other_count,
        max(started_on) filter (where offence_class = 'safeguarding' and place = 1)
            as offence_1_on,
        max(category_label) filter (where offence_class = 'safeguarding' and place = 1)
            as offence_1_category,
        max(nature) filter (where offence_class = 'safeguarding' and place = 1)
            as offence_1_nature,
        max(started_on) filter (where offence_class = 'safeguarding' and place = 2)
            as offence_2_on,
        max(category_label) filter (where offence_class = 'safeguarding' and place = 2)
            as offence_2_category,
        max(nature) filter (where offence_class = 'safeguarding' and place = 2)
            as offence_2_nature,
        max(started_on) filter (where offence_class = 'safeguarding' and place = 3)
            as offence_3_on,
        max(category_label) filter (where offence_class = 'safeguarding' and place = 3)
            as offence_3_category,
        max(nature) filter (where offence_class = 'safeguarding' and place = 3)
            as offence_3_nature
    from offence
    group by person_id

),

-- that there is none can be said only of a feed that is up to date, and of a person of whom it sent
-- no row that was set aside
absent as (

    select
        pivoted.person_id,
        case
            when coverage.is_out_of_date = 'No' and set_aside.person_id is null then 'No'
            else 'Unknown'
        end as has_offence
    from pivoted
    cross join coverage
    left join set_aside on pivoted.person_id = set_aside.person_id

),

joined as (

    select
        involvement.person_id,
        involvement.provider_name::varchar(100) as force,  -- noqa: RF04
        case
            when pivoted.safeguarding_count > 0 then 'Yes'
            else absent.has_offence
        end::varchar(7) as has_safeguarding_offence,
        pivoted.offence_1_on,
        pivoted.offence_1_category::varchar(255) as offence_1_category,
        pivoted.offence_1_nature::varchar(255) as offence_1_nature,
        pivoted.offence_2_on,
        pivoted.offence_2_category::varchar(255) as offence_2_category,
        pivoted.offence_2_nature::varchar(255) as offence_2_nature,
        pivoted.offence_3_on,
        pivoted.offence_3_category::varchar(255) as offence_3_category,
        pivoted.offence_3_nature::varchar(255) as offence_3_nature,
        case
            when pivoted.other_count > 0 then 'Yes'
            else absent.has_offence
        end::varchar(7) as has_other_offence
    from involvement
    inner join chosen on involvement.spell_id = chosen.spell_id
    inner join pivoted on involvement.person_id = pivoted.person_id
    inner join absent on involvement.person_id = absent.person_id

)

select * from joined
