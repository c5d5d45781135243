-- Grain: one row per build: all rules by which a person is worked out of pairs, as one number.
--
-- Rows are hashed twice: else two whose values change places would add up to the same.

with model as (

    select sum(hashint8extended(hash_record_extended(row(match_model.*), 0), 0)) as rules
    from {{ ref('match_model') }} as match_model

),

cluster_limit as (

    select sum(hashint8extended(hash_record_extended(row(cluster_limit.*), 0), 0)) as rules
    from {{ ref('cluster_limit') }} as cluster_limit
    where
        {{ as_of_date() }}
        between cluster_limit.valid_from and coalesce(cluster_limit.valid_to, {{ as_of_date() }})

),

parameter as (

    select max(value) as certain_weight
    from {{ ref('matching_parameter') }}
    where
        parameter = 'certain_weight'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

hashed as (

    select
        hash_record_extended(
            row(model.rules, cluster_limit.rules, parameter.certain_weight),
            {{
                rules_of([
                    'int_person__held', 'int_person__unsettled', 'int_person__touched',
                    'int_person__connected', 'int_person__vetoed', 'int_person__contested',
                    'int_person__linked', 'int_person__clustered', 'int_person__doubted',
                    'int_person__settled', 'int_person__identified',
                ])
            }}
        ) as rules_hash
    from model
    cross join cluster_limit
    cross join parameter

)

select * from hashed
