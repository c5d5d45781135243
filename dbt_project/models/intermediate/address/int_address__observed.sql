-- Grain: one row per record: the last day on which its feed had to do with the person.
--
-- An address without an end is as good as the last time anybody dealt with the person: a case
-- closed years ago says where they lived then.

with spell as (

    select * from {{ ref('int_service_involvement__unioned') }}

),

contact as (

    select * from {{ ref('stg_school__contact') }}

),

relationship as not materialized (

    select * from {{ ref('stg_childrens_social_care__relationship') }}

),

liability as (

    select * from {{ ref('stg_council_tax_liability__liability') }}

),

dealt as (

    select
        record_id,
        max(
            case
                when is_ended then coalesce(ended_on, last_interaction_on)
                else 'infinity'
            end
        ) as observed_on
    from spell
    where record_id is not null
    group by record_id

),

-- whoever is liable is billed for as long as it lasts
billed as (

    select
        record_id,
        max(
            case
                when ended_on is null then 'infinity'
                else parse.believable_day(ended_on)
            end
        ) as observed_on
    from liability
    group by record_id

),

-- nobody works with a contact or a relative: they are seen with the child
seen_with as (

    select
        record_id,
        pupil_record_id as with_record_id
    from contact
    union
    select
        record_id,
        related_record_id as with_record_id
    from relationship
    union
    select
        related_record_id as record_id,
        record_id as with_record_id
    from relationship

),

unioned as (

    select
        record_id,
        observed_on
    from dealt
    union all
    select
        seen_with.record_id,
        dealt.observed_on
    from seen_with
    inner join dealt on seen_with.with_record_id = dealt.record_id
    union all
    select
        record_id,
        observed_on
    from billed

),

observed as (

    select
        record_id,
        max(observed_on) as observed_on
    from unioned
    where record_id is not null and observed_on is not null
    group by record_id

)

select * from observed
