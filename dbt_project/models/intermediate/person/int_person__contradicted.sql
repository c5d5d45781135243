-- Grain: one row per birth date and names, or names and feed, of which records contradict each
-- other.

-- read where they stand, and not copied first: there are many of them
with comparable as not materialized (

    select * from {{ ref('int_person__comparable') }}
    where date_of_birth is not null and family_name is not null

),

contradicted as (

    -- two numbers on one name and birth date: one of them is somebody else's, or there are two
    select
        date_of_birth,
        family_name,
        given_name,
        null as feed
    from comparable
    where coalesce(nhs_number, upn) is not null and given_name is not null
    group by date_of_birth, family_name, given_name
    having min(nhs_number) <> max(nhs_number) or min(upn) <> max(upn)
    union all
    -- a feed that holds two given names under one family name and birth date may hold twins
    select
        date_of_birth,
        family_name,
        null as given_name,
        feed
    from comparable
    group by date_of_birth, family_name, feed
    having min(given_name) <> max(given_name)

)

select * from contradicted
