-- Grain: one row per person, attribute, value and feed that states it.
--
-- Which value counts is a matter of the attribute: the one that most records state, the best
-- founded, or of those the most recent. A word in the place of a name never does while there is a
-- name. The others stay: which of two telephones is answered is not for us to say.

with stated as (

    select * from {{ ref('int_person_attribute__stated') }}

),

attribute as (

    select * from {{ ref('attribute') }}

),

standing as (

    select * from {{ ref('standing') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

address as (

    select * from {{ ref('int_address__standardised') }}
    where is_protected_address

),

-- a telephone leads to the home that must not be found
protected as (

    select identified.person_id
    from address
    inner join identified on address.record_id = identified.record_id
    group by identified.person_id

),

weighed as (

    select
        stated.*,
        coalesce(stated.comparable_value, stated.stated_value) as same_value,
        standing.standing_order,
        attribute.prefers,
        attribute.has_one_value = 'Yes' as has_one_value
    from stated
    inner join attribute on stated.attribute = attribute.attribute
    inner join standing on stated.standing = standing.standing
    left join protected on stated.person_id = protected.person_id
    where protected.person_id is null or attribute.is_shown_when_protected = 'Yes'

),

value_of_feed as (

    select
        person_id,
        attribute,
        same_value,
        feed,
        mode() within group (order by stated_value) as stated_value,
        min(comparable_value) as comparable_value,
        min(standing_order) as standing_order,
        max(stated_on) as stated_on,
        count(*) as record_count,
        min(prefers) as prefers,
        bool_and(has_one_value) as has_one_value,
        -- the row that landed last, found without sorting
        max(
            array[
                lpad(delivery_id::text, 19, '0'),
                lpad(row_number::text, 19, '0'),
                source_table,
                record_id
            ]
        ) as landed_last
    from weighed
    group by person_id, attribute, same_value, feed

),

judged as (

    select
        *,
        min(standing_order) over same as best_standing_order,
        max(stated_on) over same as last_stated_on,
        sum(record_count) over same as all_record_count
    from value_of_feed
    window same as (partition by person_id, attribute, same_value)

),

ordered as (

    select
        *,
        dense_rank() over (
            partition by person_id, attribute
            order by
                comparable_value is null asc,
                case when prefers <> 'most_stated' then best_standing_order end asc,
                case when prefers = 'recent' then last_stated_on end desc nulls last,
                all_record_count desc,
                best_standing_order asc,
                last_stated_on desc nulls last,
                same_value asc
        ) as value_order,
        min(comparable_value) over (partition by person_id, attribute)
        <> max(comparable_value) over (partition by person_id, attribute) as is_several
    from judged

),

ranked as (

    select
        ordered.person_id,
        ordered.attribute,
        ordered.stated_value,
        ordered.feed,
        ordered.comparable_value,
        standing.standing,
        ordered.value_order,
        ordered.value_order = 1 as is_best,
        ordered.has_one_value and coalesce(ordered.is_several, false) as is_conflicting,
        ordered.record_count,
        ordered.stated_on,
        ordered.landed_last[4] as record_id,
        ordered.landed_last[1]::bigint as delivery_id,
        ordered.landed_last[3] as source_table,
        ordered.landed_last[2]::bigint as row_number
    from ordered
    inner join standing on ordered.standing_order = standing.standing_order

)

select * from ranked
