-- Grain: one row per record and list on which a source names it, beside others if there are any.
--
-- Who stands on one list under two names is two people: the couple of an account or a tenancy, or
-- the parents of a pupil.

with listed as (

    select
        record_id,
        'council_tax_liability/' || source_account_id as list_key
    from {{ ref('stg_council_tax_liability__liability') }}
    where source_account_id is not null
    union
    select
        record_id,
        'housing/' || source_tenancy_id as list_key
    from {{ ref('stg_housing__member') }}
    where source_tenancy_id is not null
    union
    select
        record_id,
        'school/' || pupil_record_id as list_key
    from {{ ref('stg_school__contact') }}
    where pupil_record_id is not null

)

select * from listed
