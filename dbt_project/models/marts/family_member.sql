-- Grain: one row per child and family member, the child among them.

with gathered as (

    select * from {{ ref('int_family__gathered') }}

),

family_member as (

    select
        {{ hash_key(["child_id::text", "member_id::text"]) }} as family_member_id,
        child_id,
        child_id::varchar(20) as child_ref,
        member_id,
        left(relation, 100)::varchar(100) as relation,
        relationship_group::varchar(30) as relationship_group,
        member_order,
        left(bases, 300)::varchar(300) as bases,
        confidence::varchar(10) as confidence,
        confidence_estimate,
        source_count,
        left(other_relations, 300)::varchar(300) as other_relations,
        correction::varchar(20) as correction,
        (
            case is_contact_restricted when true then 'Yes' when false then 'No' else 'Unknown' end
        )::varchar(7) as is_contact_restricted,
        (
            case has_little_history when true then 'Yes' when false then 'No' else 'Unknown' end
        )::varchar(7) as has_little_history,
        left(known_only_from, 200)::varchar(200) as known_only_from,
        left(perhaps_member_ids, 300)::varchar(300) as perhaps_member_ids,
        left(perhaps_also, 300)::varchar(300) as perhaps_also,
        (
            case is_household_member when true then 'Yes' when false then 'No' else 'Unknown' end
        )::varchar(7) as is_household_member,
        (
            case has_parental_responsibility
                when true then 'Yes' when false then 'No' else 'Unknown'
            end
        )::varchar(7) as has_parental_responsibility,
        known_from_on,
        known_to_on
    from gathered

)

select * from family_member
