-- What is true of the families of a synthetic council, and what the current database claims.
-- Temporary tables; reads truth_* and judged, which tests/benchmarks/resolution.py has loaded.

create temp table day as
select max(since)::date as as_of from truth_stay;

-- whom each person of ours mostly is
create temp table person as
select
    person_id,
    mode() within group (order by true_person_id) as true_person_id
from judged
group by person_id;

-- whom some feed knows; only whom a service knows can be missed, and anybody can be shown wrongly
create temp table held as
select
    truth_person.person_id as id,
    truth_person.born::date as born,
    truth_person.born::date <= day.as_of - interval '18 years' as is_adult,
    truth_person.marks,
    truth_person.person_id in (
        select judged.true_person_id
        from judged
        inner join reference.feed on judged.feed = feed.feed
        where feed.kind = 'service'
    ) as is_of_service
from truth_person
cross join day
where truth_person.person_id in (select true_person_id from person);

create temp table home as
select
    truth_stay.person_id as id,
    truth_stay.dwelling_id,
    truth_dwelling.kind,
    truth_dwelling.kind in ('house', 'flat', 'traveller_pitch') as is_of_one_household,
    -- the pitches of one site
    case
        when truth_dwelling.kind = 'traveller_pitch'
            then truth_dwelling.postcode || truth_dwelling.street
    end as site
from truth_stay
inner join truth_dwelling on truth_stay.dwelling_id = truth_dwelling.dwelling_id
where truth_stay.until is null;

-- a referral, an episode of need or of early help: the children whom this is built for
create temp table known as
select distinct judged.true_person_id as id
from judged
inner join (
    select record_id from staging.stg_childrens_social_care__cin_episode
    union all
    select record_id from staging.stg_childrens_social_care__early_help_episode
) as episode on judged.record_id = episode.record_id;

create temp table child as
select distinct
    held.id,
    known.id is not null as is_known
from marts.family_member
inner join person on family_member.child_id = person.person_id
inner join held on person.true_person_id = held.id and not held.is_adult
left join known on held.id = known.id;

create temp table tie as
select
    related_person_id as one,
    person_id as another,
    kind
from truth_family_tie
cross join day
where coalesce(until::date, 'infinity') > day.as_of;

create temp table partner as
select one, another from tie where kind = 'partner'
union
select another, one from tie where kind = 'partner';

-- each kind of tie that makes somebody family, seen from the child
create temp table family as
select distinct
    related.one as child,
    related.another as member,
    related.kind,
    held.is_adult,
    held.is_of_service
from (
    select one, another, kind from tie where kind <> 'partner'
    union
    select another, one, kind from tie where kind in ('sibling', 'half_sibling', 'twin')
    union
    select parent.one, partner.another, 'partner of a parent'
    from tie as parent
    inner join partner on parent.another = partner.one and parent.one <> partner.another
    where parent.kind in ('mother', 'father')
    union
    select parent.one, other.one, 'step_sibling'
    from tie as parent
    inner join partner on parent.another = partner.one
    inner join tie as other on partner.another = other.another
    where
        parent.kind in ('mother', 'father')
        and other.kind in ('mother', 'father')
        and not exists (
            select from tie as own
            inner join tie as others on own.another = others.another
            where
                own.one = parent.one
                and others.one = other.one
                and own.kind in ('mother', 'father')
                and others.kind in ('mother', 'father')
        )
    union
    select one.id, another.id, 'shares the home'
    from home as one
    inner join home as another on one.dwelling_id = another.dwelling_id and one.id <> another.id
    where one.is_of_one_household
) as related
inner join child on related.one = child.id
inner join held on related.another = held.id;

-- the whole of kin and their partners, also those whom nobody would call family of a child: to
-- claim one of them is no error
create temp table kin as
with recursive parent as (

    select person_id as elder, related_person_id as younger
    from truth_family_tie
    where kind in ('mother', 'father')

),

elder as (

    select younger as id, elder as ancestor, 1 as steps from parent
    union
    select elder.id, parent.elder, elder.steps + 1
    from elder
    inner join parent on elder.ancestor = parent.younger
    where elder.steps < 3

),

rooted as (

    select id, ancestor from elder
    union
    select id, id from held

),

blood as (

    select distinct
        one.id as child,
        another.id as member
    from rooted as one
    inner join rooted as another on one.ancestor = another.ancestor and one.id <> another.id

)

select child, member from blood
union
select blood.child, partner.another
from blood
inner join partner on blood.member = partner.one and blood.child <> partner.another
union
select child, member from family
union
select related_person_id, person_id from truth_family_tie
union
select one.id, another.id
from truth_hard_case as hard_case
cross join unnest(string_to_array(hard_case.person_ids, ' ')) as one (id)
cross join unnest(string_to_array(hard_case.person_ids, ' ')) as another (id)
where hard_case.kind = 'extended_family' and one.id <> another.id;

-- what is shown, person by person as they truly are
create temp table claimed as
select
    child.id as child,
    child.is_known,
    member.id as member,
    member.is_adult,
    family_member.child_id,
    family_member.member_id,
    family_member.relation,
    case
        when family_member.relation in ('Stepbrother', 'Stepsister', 'Stepsibling')
            then 'step_sibling'
        -- what is left open is not judged
        when family_member.relation ~ ' or step' then 'sibling of some kind'
        else family_member.relationship_group
    end as relationship_group,
    family_member.bases,
    family_member.member_order,
    exists (
        select from kin where kin.child = child.id and kin.member = member.id
    ) as is_kin
from marts.family_member
inner join person as child_person on family_member.child_id = child_person.person_id
inner join child on child_person.true_person_id = child.id
inner join person as member_person on family_member.member_id = member_person.person_id
inner join held as member on member_person.true_person_id = member.id
where child.id <> member.id;

-- the ways in which a child's family lives; a child may be of several
create temp table way as
select distinct
    child.id as child,
    coalesce(case_of.way, 'parents and children, nothing else') as way
from child
left join (
    select
        family.child,
        case
            when family.kind = 'step_parent' then 'step-parent'
            when family.kind = 'foster_carer' then 'foster carer'
            else 'kin or guardian as carer'
        end as way
    from family
    where family.kind in ('step_parent', 'foster_carer', 'carer', 'special_guardian')
    union
    select tie.one, 'parents apart'
    from tie
    inner join home on tie.one = home.id
    inner join home as parent_home on tie.another = parent_home.id
    where tie.kind in ('mother', 'father') and home.dwelling_id <> parent_home.dwelling_id
    union
    select home.id, replace(replace(hard_case.kind, '_', ' '), ' at home', '') || ' in the home'
    from truth_hard_case as hard_case
    cross join unnest(string_to_array(hard_case.person_ids, ' ')) as held_case (id)
    inner join home as case_home on held_case.id = case_home.id
    inner join home on case_home.dwelling_id = home.dwelling_id
    where
        hard_case.kind in ('lodger', 'two_families', 'three_generations', 'grown_sibling_at_home')
        and home.is_of_one_household
    union
    select held_case.id, replace(hard_case.kind, '_', ' ')
    from truth_hard_case as hard_case
    cross join unnest(string_to_array(hard_case.person_ids, ' ')) as held_case (id)
    where
        hard_case.kind in (
            'adopted', 'back_from_care', 'sofa_surfer', 'temporary_accommodation', 'newcomer',
            'refuge', 'extended_family', 'former_step_parent', 'teen_parent'
        )
    union
    select family.child, 'two mothers or two fathers'
    from family
    where family.kind in ('mother', 'father')
    group by family.child, family.kind
    having count(*) > 1
) as case_of on child.id = case_of.child;

-- what each single basis says that a list is made of, whether or not others say it too
create temp table stated as
select distinct
    child.id as child,
    child.is_known,
    member.id as member,
    member.is_adult,
    basis.basis,
    exists (
        select from kin where kin.child = child.id and kin.member = member.id
    ) as is_kin
from intermediate.int_family__evidenced as evidenced
inner join intermediate.int_family_basis__dated as basis
    on
        evidenced.basis = basis.basis
        and (evidenced.is_sufficient or basis.counts_alone = 'never')
inner join intermediate.int_family_rule__dated as rule
    on
        evidenced.relationship_group = rule.relationship_group
        and evidenced.next_relationship_group is not distinct from rule.next_relationship_group
        and rule.is_shown
inner join person as child_person on evidenced.child_id = child_person.person_id
inner join child on child_person.true_person_id = child.id
inner join person as member_person on evidenced.member_id = member_person.person_id
inner join held as member on member_person.true_person_id = member.id
where child.id <> member.id;

-- a child and a person for each plain way of looking: what the method has to beat
create temp table baseline as
with address as (

    select
        person.true_person_id as id,
        address.address_text,
        address.uprn,
        address.postcode,
        address.house_number,
        address.unit
    from intermediate.int_address__standardised as address
    inner join judged on address.record_id = judged.record_id
    inner join person on judged.person_id = person.person_id
    where address.ended_on is null and coalesce(address.address_type, '') <> 'previous'

),

keyed as (

    select distinct
        address.id,
        each.method,
        each.key
    from address
    cross join lateral (
        values
        ('exact address text', upper(address.address_text)),
        ('UPRN', address.uprn),
        (
            'house number and postcode',
            address.house_number || '/' || coalesce(address.unit, '') || '/' || address.postcode
        )
    ) as each (method, key)
    where each.key is not null

),

-- a key of very many is no address, and pairing it would not end
usable as (

    select method, key from keyed group by method, key having count(*) <= 60

),

found as (

    select
        keyed.method,
        keyed.id as child,
        other.id as member
    from keyed
    inner join usable on keyed.method = usable.method and keyed.key = usable.key
    inner join keyed as other
        on keyed.method = other.method and keyed.key = other.key and keyed.id <> other.id
    inner join child on keyed.id = child.id
    union
    select
        'relationship tables alone',
        child,
        member
    from stated
    where basis not in ('home', 'through_parent', 'through_carer', 'family_number')

)

select method, child, member from found
union
select 'tables, or UPRN, or house number and postcode', child, member
from found
where method <> 'exact address text';

analyze;
