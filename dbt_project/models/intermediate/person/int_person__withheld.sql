-- Grain: one row per person of whom no address and no number is told.
--
-- Whoever is protected, and every adult whom a court or a service keeps from a child.

with protected as (

    select * from {{ ref('int_person__protected') }}

),

kept_away as (

    select * from {{ ref('int_person__kept_away') }}

),

withheld as (

    select person_id from protected
    union
    select person_id from kept_away

)

select * from withheld
