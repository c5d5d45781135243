-- Grain: one row per child, family member and service.
--
-- The first answer that holds wins: not_connected, not_in_scope, a record found, not_matchable,
-- out_of_date, out_of_area, and only then that there is none. Of whom a row was set aside, the feed
-- cannot say that there is none: it is out_of_date for that person alone.

with member as (

    select * from {{ ref('family_member') }}

),

person as (

    select * from {{ ref('person') }}

),

service as (

    select * from {{ ref('service') }}

),

coverage as (

    select * from {{ ref('service_coverage') }}

),

exclusion as (

    select * from {{ ref('service_exclusion') }}

),

set_aside as (

    select * from {{ ref('int_person__set_aside') }}

),

home as (

    select * from {{ ref('int_person_address__summarised') }}

),

chosen as (

    select * from {{ ref('int_service_involvement__chosen') }}

),

involvement as (

    select * from {{ ref('service_involvement') }}

),

found as (

    select
        involvement.*,
        chosen.spell_count
    from chosen
    inner join involvement on chosen.spell_id = involvement.spell_id

),

asked as (

    select
        member.child_id,
        member.child_ref,
        member.member_id,
        member.member_order,
        member.relation,
        member.bases,
        member.confidence,
        member.other_relations,
        member.correction,
        member.is_contact_restricted,
        member.has_little_history,
        member.known_only_from,
        member.perhaps_also,
        member.is_household_member,
        member.has_parental_responsibility,
        person.given_name as member_given_name,
        person.family_name as member_family_name,
        person.date_of_birth as member_date_of_birth,
        home.home_status,
        home.home_address,
        home.home_since_on,
        home.home_last_known_on,
        home.home_sources,
        home.home_area,
        person.is_matchable,
        person.not_matchable_reason,
        service.service,
        service.service_label,
        service.status_notion,
        coverage.is_connected,
        coverage.is_out_of_date,
        coverage.out_of_date_reason,
        set_aside.person_id is not null as is_row_set_aside
    from member
    inner join person on member.member_id = person.person_id
    cross join service
    inner join coverage on service.service = coverage.service
    left join home on member.member_id = home.person_id
    left join set_aside
        on member.member_id = set_aside.person_id and coverage.feed = set_aside.feed

),

answered as (

    select
        asked.*,
        found.started_on,
        found.ended_on,
        found.last_interaction_on,
        found.provider_name,
        found.contact_name,
        found.contact_role,
        found.contact_phone,
        found.contact_email,
        found.spell_id,
        coalesce(found.spell_count, 0) as spell_count,
        exclusion.status_reason as exclusion_reason,
        case
            when coalesce(asked.is_connected, 'Unknown') <> 'Yes' then 'not_connected'
            when exclusion.involvement_status = 'not_in_scope' then 'not_in_scope'
            when found.spell_id is not null then found.involvement_status
            when exclusion.involvement_status is not null then exclusion.involvement_status
            when coalesce(asked.is_matchable, 'Unknown') <> 'Yes' then 'not_matchable'
            when coalesce(asked.is_out_of_date, 'Unknown') <> 'No' then 'out_of_date'
            when asked.is_row_set_aside then 'out_of_date'
            when asked.home_area = 'outside' then 'out_of_area'
            when asked.status_notion = 'known' then 'unknown'
            when asked.status_notion = 'yes' then 'no'
            else 'none_found'
        end as involvement_status
    from asked
    left join exclusion
        on asked.member_id = exclusion.person_id and asked.service = exclusion.service
    left join found on asked.member_id = found.person_id and asked.service = found.service

),

explained as (

    select
        child_id,
        child_ref,
        member_id,
        member_order,
        relation,
        bases,
        confidence,
        other_relations,
        correction,
        is_contact_restricted,
        has_little_history,
        known_only_from,
        perhaps_also,
        is_household_member,
        has_parental_responsibility,
        member_given_name,
        member_family_name,
        member_date_of_birth,
        coalesce(home_status, 'not_known')::varchar(10) as home_status,
        left(home_address, 300)::varchar(300) as home_address,
        home_since_on,
        home_last_known_on,
        left(home_sources, 200)::varchar(200) as home_sources,
        coalesce(home_area, 'not_known')::varchar(10) as home_area,
        service,
        service_label,
        involvement_status::varchar(20) as involvement_status,
        case involvement_status
            when 'not_in_scope' then exclusion_reason
            when 'not_matchable' then coalesce(exclusion_reason, not_matchable_reason)
            when 'out_of_date'
                then
                    coalesce(
                        out_of_date_reason, case when is_row_set_aside then 'row_set_aside' end
                    )
            when 'out_of_area'
                then
                    case
                        when known_only_from is null then 'home_outside_area'
                        else 'known_only_from_a_neighbour'
                    end
        end::varchar(60) as status_reason,
        started_on,
        ended_on,
        last_interaction_on,
        provider_name,
        contact_name,
        contact_role,
        contact_phone,
        contact_email,
        spell_id,
        spell_count::integer as spell_count
    from answered

)

select * from explained
