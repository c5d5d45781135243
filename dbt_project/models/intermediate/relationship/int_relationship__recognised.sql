-- Grain: one row per school contact who is somebody else's record too: who that is, for families.
--
-- A contact has no birth date and no number, so no record is ever linked to it. Within one family
-- the name is enough: who has the contact's full name, and is tied to the same child or lives in
-- the same home, is the contact. Of a mother and of a father, whom a child has but one of, half of
-- the name will do. It makes one row of two in a family, and carries no service.

with judged as not materialized (

    select * from {{ ref('int_relationship__judged') }}
    where refusal is null

),

identified as not materialized (

    select * from {{ ref('int_person__identified') }}

),

described as not materialized (

    select
        person_id,
        coalesce(date_of_birth, expected_date_of_birth) as born_on
    from {{ ref('int_person__described') }}

),

stay as not materialized (

    select * from {{ ref('int_household__stayed') }}

),

age_rule as (

    select * from {{ ref('relationship_age_rule') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

nickname as (

    select
        upper(nickname) as one_form,
        upper(given_name) as other_form
    from {{ ref('nickname') }}
    union
    select
        upper(given_name) as one_form,
        upper(nickname) as other_form
    from {{ ref('nickname') }}

),

contact_person as (

    select identified.person_id
    from identified
    left join {{ ref('stg_school__contact') }} as contact
        on identified.record_id = contact.record_id
    group by identified.person_id
    having bool_and(contact.record_id is not null)

),

named as (

    select
        identified.person_id,
        contact_person.person_id is not null as is_contact,
        standardised.given_name,
        standardised.family_name
    from identified
    inner join {{ ref('int_person__standardised') }} as standardised
        on identified.record_id = standardised.record_id
    left join contact_person on identified.person_id = contact_person.person_id
    where
        standardised.given_name is not null
        and standardised.family_name is not null
        and length(standardised.given_name) > 1
    group by
        identified.person_id,
        contact_person.person_id is not null,
        standardised.given_name,
        standardised.family_name

),

contact as (

    select distinct
        named.person_id as contact_person_id,
        named.given_name,
        named.family_name,
        judged.person_id as child_id,
        judged.relationship_code,
        judged.relationship_group
    from judged
    inner join named on judged.related_person_id = named.person_id
    where judged.basis = 'school_contact' and named.is_contact

),

-- each tie from both its sides, so that one comparison finds it
relative as (

    select
        person_id as child_id,
        related_person_id as person_id
    from judged
    where basis not in ('school_contact', 'family_number')
    union
    select
        related_person_id as child_id,
        person_id
    from judged
    where basis not in ('school_contact', 'family_number')

),

-- who is the child's parent; seen from the parent a source says no more than child
parent as (

    select
        person_id as child_id,
        related_person_id as person_id,
        relationship_code
    from judged
    where basis in ('relationship', 'mother') and relationship_group = 'parent'
    union
    select
        related_person_id as child_id,
        person_id,
        null as relationship_code
    from judged
    where basis = 'relationship' and relationship_code in ('CHILD', 'DAUC', 'SONC')

),

tied as (

    select
        contact.contact_person_id,
        named.person_id,
        contact.child_id,
        contact.relationship_code
    from contact
    inner join relative on contact.child_id = relative.child_id
    inner join named
        on
            relative.person_id = named.person_id
            and contact.given_name = named.given_name
            and contact.family_name = named.family_name
    where not named.is_contact and named.person_id <> contact.child_id

),

-- the mother whom the school rings and the mother whom a service knows: married since, called by a
-- short form, or with a slip of the pen
same_parent as (

    select distinct
        contact.contact_person_id,
        named.person_id,
        contact.child_id,
        contact.relationship_code
    from contact
    inner join parent
        on
            contact.child_id = parent.child_id
            and contact.relationship_code
            = coalesce(parent.relationship_code, contact.relationship_code)
    inner join named on parent.person_id = named.person_id and not named.is_contact
    left join nickname
        on contact.given_name = nickname.one_form and named.given_name = nickname.other_form
    where
        contact.relationship_group = 'parent'
        and (
            contact.given_name = named.given_name
            or (
                contact.family_name = named.family_name
                and (
                    nickname.one_form is not null
                    or starts_with(contact.given_name, named.given_name)
                    or starts_with(named.given_name, contact.given_name)
                    or extensions.levenshtein(contact.given_name, named.given_name) = 1
                )
            )
        )

),

-- where the contact lives, and where the child does
contact_home as (

    select
        contact.*,
        stay.household_id
    from contact
    inner join stay on contact.contact_person_id = stay.person_id
    union
    select
        contact.*,
        stay.household_id
    from contact
    inner join stay on contact.child_id = stay.person_id

),

named_home as (

    select distinct
        named.*,
        stay.household_id
    from named
    inner join stay on named.person_id = stay.person_id

),

at_home as (

    select
        contact_home.contact_person_id,
        named_home.person_id,
        named_home.is_contact,
        contact_home.child_id,
        contact_home.relationship_code
    from contact_home
    inner join named_home
        on
            contact_home.household_id = named_home.household_id
            and contact_home.given_name = named_home.given_name
            and contact_home.family_name = named_home.family_name
    where named_home.person_id not in (contact_home.contact_person_id, contact_home.child_id)

),

-- brothers at two schools have one mother: she is two contacts of one name in one home
alike as (

    select
        contact.contact_person_id,
        least(contact.contact_person_id, min(at_home.person_id)) as first_contact_id
    from (select distinct contact_person_id from contact) as contact
    left join at_home
        on contact.contact_person_id = at_home.contact_person_id and at_home.is_contact
    group by contact.contact_person_id

),

-- whoever of that name the contact is the parent or carer of is somebody else
in_care as (

    select distinct
        alike.first_contact_id,
        contact.child_id
    from alike
    inner join contact on alike.contact_person_id = contact.contact_person_id

),

candidate as (

    select
        contact_person_id,
        person_id,
        child_id,
        relationship_code,
        true as is_tied
    from tied
    union
    select
        contact_person_id,
        person_id,
        child_id,
        relationship_code,
        true as is_tied
    from same_parent
    union
    select
        contact_person_id,
        person_id,
        child_id,
        relationship_code,
        false as is_tied
    from at_home
    where not is_contact

),

-- a son of the father's name, who lives there too, is not the father
fitting as (

    select
        candidate.contact_person_id,
        candidate.person_id,
        described.born_on,
        bool_or(candidate.is_tied) as is_tied
    from candidate
    left join age_rule on candidate.relationship_code = age_rule.relationship_code
    left join described on candidate.person_id = described.person_id
    left join described as child on candidate.child_id = child.person_id
    inner join alike on candidate.contact_person_id = alike.contact_person_id
    left join in_care
        on
            alike.first_contact_id = in_care.first_contact_id
            and candidate.person_id = in_care.child_id
    where in_care.child_id is null
    group by candidate.contact_person_id, candidate.person_id, described.born_on
    having
        bool_and(
            coalesce(
                described.born_on + make_interval(years => age_rule.minimum_years_older)
                <= child.born_on,
                true
            )
        )

),

-- two who fit and were born on two days are one too many
single as (

    select
        contact_person_id,
        (array_agg(person_id order by is_tied desc, born_on asc nulls last, person_id asc))[1]
            as person_id
    from fitting
    group by contact_person_id
    having count(distinct born_on) <= 1

),

single_of_alike as (

    select
        alike.first_contact_id,
        min(single.person_id) as person_id
    from alike
    inner join single on alike.contact_person_id = single.contact_person_id
    group by alike.first_contact_id
    having count(distinct single.person_id) = 1

),

found as (

    select
        alike.contact_person_id,
        coalesce(
            single.person_id,
            single_of_alike.person_id,
            case when single_of_first.person_id is null then alike.first_contact_id end
        ) as person_id
    from alike
    left join single on alike.contact_person_id = single.contact_person_id
    left join single_of_alike on alike.first_contact_id = single_of_alike.first_contact_id
    left join single as single_of_first
        on alike.first_contact_id = single_of_first.contact_person_id

),

recognised as (

    select * from found
    where person_id <> contact_person_id

)

select * from recognised
