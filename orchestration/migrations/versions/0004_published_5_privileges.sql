-- Who reaches what, and what is compared before every publication.

do $$
declare
    relation record;
begin
    for relation in
        select
            relname as name,
            replace(relname, '_v1', '') in (
                'family_context', 'service_coverage', 'feed_freshness', 'generation',
                'data_dictionary', 'keys', 'childrens_social_care_detail', 'school_detail',
                'adult_social_care_detail', 'housing_detail', 'anti_social_behaviour_detail',
                'police_detail'
            ) as is_for_workers
        from pg_class
        where relnamespace = 'family_context'::regnamespace and relkind = 'v'
    loop
        execute format('alter view family_context.%I owner to view_owner', relation.name);
        execute format('grant select on family_context.%I to reader_bi', relation.name);
        if relation.is_for_workers then
            execute format('grant select on family_context.%I to reader_worker', relation.name);
        end if;
    end loop;
end
$$;

grant execute on function family_context.as_of(integer), family_context.as_of_now()
to reader_bi, reader_worker;
-- a view asks them with the rights of its reader, who reaches them in no other way
grant execute
on function published.shown_sources(text, text[]), published.whereabouts_withheld()
to reader_bi, reader_worker, view_owner;

grant select on all tables in schema published to view_owner;
grant select, insert, update on all tables in schema published to publisher;
grant execute on all functions in schema published to publisher;
-- person ids are inherited from the last publication
grant select on published.person_source_record, published.person_redirect to builder;

revoke insert, update on ledger.publication, ledger.publication_change from landing;
grant insert on ledger.publication, ledger.publication_change to publisher;

-- As the migrations made it. The gate compares: nothing is published to relations that
-- somebody has changed by hand. A later migration that changes any of it ends with the same lines.
create table published.as_migrated (
    relation text primary key,
    fingerprint text not null
);

grant select on published.as_migrated to publisher;

insert into published.as_migrated (relation, fingerprint)
select
    found.relation,
    found.fingerprint
from published.fingerprint() as found;
