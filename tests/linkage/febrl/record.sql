-- FEBRL's records, ready to be compared: febrl.int_person__profiled. Grain: one row per record.
--
-- Blanks are left out, for FEBRL puts them in and takes them away. address_1 is the street,
-- address_2 the property.

create or replace function febrl.is_slip(one text, other text)
returns boolean
language sql immutable parallel safe
return (
    extensions.levenshtein(one, other) = 1
    or (
        extensions.levenshtein(one, other) = 2
        and resolution.letters(one) = resolution.letters(other)
    )
);

create or replace function febrl.is_alike(one text, other text)
returns boolean
language sql immutable parallel safe
return extensions.levenshtein(one, other) * 3 <= greatest(length(one), length(other));

create table febrl.int_person__profiled as

with said as (

    select
        row_number() over (order by rec_id) as record_number,
        rec_id as record_id,
        nullif(replace(given_name, ' ', ''), '') as given_name,
        nullif(replace(surname, ' ', ''), '') as surname,
        nullif(street_number, '') as street_number,
        nullif(replace(address_1, ' ', ''), '') as street,
        nullif(replace(address_2, ' ', ''), '') as property,
        nullif(replace(suburb, ' ', ''), '') as suburb,
        nullif(postcode, '') as postcode,
        nullif(state, '') as state,
        nullif(date_of_birth, '') as date_of_birth,
        nullif(soc_sec_id, '') as soc_sec_id
    from febrl.said

),

total as (

    select
        count(given_name)::double precision as given_name,
        count(surname)::double precision as surname,
        count(street_number)::double precision as street_number,
        count(street)::double precision as street,
        count(property)::double precision as property,
        count(suburb)::double precision as suburb,
        count(postcode)::double precision as postcode,
        count(state)::double precision as state,
        count(date_of_birth)::double precision as date_of_birth
    from said

),

profiled as (

    select
        said.*,
        extensions.dmetaphone(said.given_name) as given_sound,
        extensions.dmetaphone(said.surname) as surname_sound,
        count(*) over (partition by said.given_name) / total.given_name as tf_given_name,
        count(*) over (partition by said.surname) / total.surname as tf_surname,
        count(*) over (partition by said.street_number) / total.street_number as tf_street_number,
        count(*) over (partition by said.street) / total.street as tf_street,
        count(*) over (partition by said.property) / total.property as tf_property,
        count(*) over (partition by said.suburb) / total.suburb as tf_suburb,
        count(*) over (partition by said.postcode) / total.postcode as tf_postcode,
        count(*) over (partition by said.state) / total.state as tf_state,
        count(*) over (partition by said.date_of_birth) / total.date_of_birth as tf_date_of_birth
    from said
    cross join total

)

select * from profiled
