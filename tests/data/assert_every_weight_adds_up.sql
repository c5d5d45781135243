{{ config(meta={"dagster": {"ref": {"name": "int_person__scored"}}}) }}

-- Whoever asks why two records are one person gets the bits of each comparison; with the prior they
-- must give the weight that decided.

with scored as (

    select * from {{ ref('int_person__scored') }}

),

term as (

    select * from {{ ref('match_model') }}

)

select
    scored.record_number,
    scored.other_record_number
from scored
cross join term
where
    scored.model_version <> term.model_version
    or abs(
        scored.match_weight
        - ln(term.prior / (1 - term.prior)) / ln(2)
        - scored.given_name_weight
        - scored.family_name_weight
        - scored.middle_name_weight
        - scored.date_of_birth_weight
        - scored.home_weight
        - scored.locality_weight
        - scored.child_weight
        - scored.email_weight
        - scored.telephone_weight
        - scored.nhs_number_weight
        - scored.upn_weight
    ) > 0.0001
