-- Who may search, and what is compared from now on.

grant usage on schema parse, extensions, resolution to view_owner;
grant execute on all functions in schema parse, extensions, resolution to view_owner;
grant execute on all functions in schema resolution to builder;
grant execute on function
published.read_question(text, text, text, text, text, text, integer) to view_owner;
alter function family_context.person_search(text, text, text, text, text, text, integer)
owner to view_owner;
grant execute
on function family_context.person_search(text, text, text, text, text, text, integer)
to reader_bi, steward, information_governance;

grant select on published.search_record, published.nickname, published.name_word to view_owner;
grant select, insert, update
on published.search_record, published.nickname, published.name_word to publisher;

grant insert, select (search_number, digest) on audit.search to view_owner;
grant usage on sequence audit.search_number to view_owner;
grant execute on function audit.digest(audit.search, text) to view_owner, auditor;
grant select on audit.search, audit.search_fault to auditor;

comment on function family_context.person_search(text, text, text, text, text, text, integer) is
'People whom what is asked for fits, the best first; given by name, in either order, birth date '
'(2014-03-02, 02/03/2014, 2014-03, 2014, 02/03), number, postcode, house, telephone or e-mail, in '
'any part. One row in any case: its answer is candidate; none_found, where everybody was searched '
'for; unknown, where not all feeds could be searched; not_searched, where nothing that was given '
'can be searched for. Feeds that are not shared with you are not searched. perhaps_also names who '
'is probably the same person, and why nobody has joined the two. strength is the '
'evidence in hundredths of a bit, as in link_explanation. Who asks, what kinds of things were '
'given and who was shown is written down for the auditor; where that cannot be, in a transaction '
'that is read-only, there is no answer.';

delete from published.as_migrated;
insert into published.as_migrated (relation, fingerprint)
select
    found.relation,
    found.fingerprint
from published.fingerprint() as found;
