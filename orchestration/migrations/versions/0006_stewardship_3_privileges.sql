-- Names, keys, descriptions and privileges of what is new, and what is compared from now on.

create or replace view family_context.keys_v1 with (security_barrier = true) as
with named as (

    select
        oid as view_oid,
        relname::varchar(63) as view_name,
        regexp_replace(relname, '_v[0-9]+$', '') as mart
    from pg_class
    where relnamespace = 'family_context'::regnamespace and relkind = 'v'

)

select
    named.view_name,
    case
        when named.mart like '%\_detail' then 'child_id, member_id'
        when named.mart = 'generation' then 'generation'
        when named.mart = 'data_dictionary' then 'view_name, column_name'
        when named.mart = 'keys' then 'view_name'
        when named.mart = 'person_event' then 'person_id, event_generation, event, other_person_id'
        when named.mart = 'person_record_history' then 'record_id, from_generation'
        else array_to_string(mart.key_columns, ', ')
    end::varchar(200) as key_columns,
    obj_description(named.view_oid, 'pg_class')::varchar(2000) as description
from named
left join published.mart on named.mart = mart.mart;

do $$
declare
    versioned text;
    name text;
    described record;
begin
    foreach versioned in array array[
        'link_explanation_v1', 'link_review_v1', 'person_event_v1', 'person_record_history_v1',
        'family_explanation_v1', 'correction_report_v1'
    ] loop
        name := replace(versioned, '_v1', '');
        execute format(
            'create view family_context.%I with (security_barrier = true) as'
            ' select * from family_context.%I',
            name, versioned
        );
        for described in select * from (values
            ('link_explanation_v1', 'record_id', 'One record of the pair. Each pair is there from both sides.'),
            ('link_explanation_v1', 'feed', 'The feed that knows the record.'),
            ('link_explanation_v1', 'source_person_id', 'The record as its feed names it.'),
            ('link_explanation_v1', 'other_feed', 'The feed that knows the other record.'),
            ('link_explanation_v1', 'other_source_person_id', 'The other record as its feed names it.'),
            ('link_review_v1', 'feed', 'The feed that knows the record.'),
            ('link_review_v1', 'source_person_id', 'The record as its feed names it.'),
            ('link_review_v1', 'other_feed', 'The feed that knows the other record.'),
            ('link_review_v1', 'other_source_person_id', 'The other record as its feed names it.'),
            ('link_review_v1', 'given_name', 'First name of the person the record is about.'),
            ('link_review_v1', 'family_name', 'Surname of the person the record is about.'),
            ('link_review_v1', 'date_of_birth', 'Birth date of the person the record is about.'),
            ('link_review_v1', 'other_given_name', 'First name of the person the other record is about.'),
            ('link_review_v1', 'other_family_name', 'Surname of the person the other record is about.'),
            ('link_review_v1', 'other_date_of_birth', 'Birth date of the person the other record is about.'),
            ('person_event_v1', 'person_id', 'The identifier that something happened to.'),
            ('person_event_v1', 'event_generation', 'The generation that first shows it.'),
            ('person_event_v1', 'event', 'created; merged into other_person_id; redirected to other_person_id, after a merge; split, when some of its records went to other_person_id; restored after a merge or an absence; withdrawn, when none of its records is left; overridden, when a steward''s word joined one of its records.'),
            ('person_event_v1', 'other_person_id', 'The other person of a merge, a redirection or a split.'),
            ('person_event_v1', 'event_on', 'Day on which the generation was published, London time.'),
            ('person_record_history_v1', 'record_id', 'A person as one feed knows them.'),
            ('person_record_history_v1', 'from_generation', 'The first generation in which it was so.'),
            ('person_record_history_v1', 'feed', 'The feed that knows the record.'),
            ('person_record_history_v1', 'source_person_id', 'The record as its feed names it.'),
            ('person_record_history_v1', 'person_id', 'Who the record was about.'),
            ('person_record_history_v1', 'match_rule', 'How the record joined its person; alone when nothing joined it to another; steward when a person said so.'),
            ('person_record_history_v1', 'until_generation', 'The first generation in which it was no longer so; empty while it is.'),
            ('person_record_history_v1', 'from_on', 'Day on which the first generation was published, London time.'),
            ('person_record_history_v1', 'until_on', 'Day on which it was no longer so; empty while it is.')
        ) as description (view_name, column_name, words)
        where description.view_name = versioned
        union all
        select versioned, 'generation', 'The publication that this row belongs to.'
        loop
            execute format(
                'comment on column family_context.%I.%I is %L',
                versioned, described.column_name, described.words
            );
            execute format(
                'comment on column family_context.%I.%I is %L',
                name, described.column_name, described.words
            );
        end loop;
        foreach name in array array[versioned, replace(versioned, '_v1', '')] loop
            execute format('alter view family_context.%I owner to view_owner', name);
            execute format(
                'grant select on family_context.%I to steward, information_governance', name
            );
            if name like 'person\_%' then
                execute format('grant select on family_context.%I to reader_bi', name);
            end if;
        end loop;
    end loop;

    foreach name in array array[
        'person', 'person_attribute', 'person_source_record', 'person_redirect', 'generation',
        'data_dictionary', 'keys', 'family_member'
    ] loop
        execute format(
            'grant select on family_context.%1$I, family_context.%1$I_v1'
            ' to steward, information_governance', name
        );
    end loop;
end
$$;

comment on view family_context.person_event is
'What happened to the identifier of a person. One row per person, generation and event.';
comment on view family_context.person_event_v1 is
'What happened to the identifier of a person. One row per person, generation and event.';
comment on view family_context.person_record_history is
'Who a record was, and from when to when. One row per record and stretch of generations.';
comment on view family_context.person_record_history_v1 is
'Who a record was, and from when to when. One row per record and stretch of generations.';

grant usage on schema family_context to steward, information_governance;
grant execute on function family_context.person_as_of(text, text, date)
to reader_bi, steward, information_governance;
grant execute
on function family_context.as_of(integer), family_context.as_of_now(),
published.whereabouts_withheld()
to steward, information_governance;

grant select on published.link_explanation, published.link_review, published.link_ban,
published.banned_identity, published.family_explanation, published.correction_report to view_owner;
grant select, insert, update on published.link_explanation, published.link_review,
published.family_explanation, published.correction_report to publisher;

delete from published.as_migrated;
insert into published.as_migrated (relation, fingerprint)
select
    found.relation,
    found.fingerprint
from published.fingerprint() as found;
