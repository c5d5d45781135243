-- The search. It runs as view_owner, because what it reads nobody else may; so who asks is taken
-- from the session, which a function cannot change.

create or replace view published.service_shared as
select distinct sharing_agreement.service
from published.sharing_agreement
inner join pg_roles on sharing_agreement.role = pg_roles.rolname
where
    sharing_agreement.valid_to_generation = 2147483647
    and sharing_agreement.is_shared = 'Yes'
    and sharing_agreement.need_level
    = case current_setting('family_context.need_level', true) when 's47' then 's47' else 's17' end
    and pg_has_role(
        coalesce(nullif(current_setting('role'), 'none'), session_user), pg_roles.oid, 'usage'
    );

-- What was asked for, as records: a name is read in every way in which its words may be given
-- and family names, and what is unknown of a birth date agrees with nothing.
create function published.read_question(
    name text, born text, number text, postcode text, house text, contact text, shown integer
)
returns table (asked published.search_record[], searched_for text[], ignored text[])
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    set_aside constant text := '[%_*?]';
    swapped constant text := regexp_replace(name, '^([^,]*),(.*)$', '\2 \1');
    words text[];
    place text;
    birth text;
    fixed jsonb := '{}';
begin
    searched_for := '{}';
    ignored := case when concat(name, born, number, contact) ~ set_aside then '{wildcards}' end;
    ignored := coalesce(ignored, '{}');

    -- a title and what stands in the place of a name say nothing of who it is
    words := array(
        select left(word.word, 60)
        from unnest(string_to_array(resolution.spelling(
            regexp_replace(swapped, set_aside, '', 'g')
        ), ' ')) with ordinality as word (word, position)
        where not exists (
            select from published.name_word
            where
                name_word.word = word.word
                and name_word.kind <> 'organisation'
                and name_word.valid_from_generation <= shown
                and name_word.valid_to_generation > shown
        )
        order by word.position
    );
    if words <> '{}' then
        searched_for := searched_for || 'name'::text;
        words := words[:5];
    elsif name is not null then
        ignored := ignored || 'name'::text;
    end if;

    -- letters stand for what is not known
    birth := replace(parse.try_date(
        btrim(born),
        array['YYYY-MM-DD', 'DD/MM/YYYY', 'DD-MM-YYYY', 'DD.MM.YYYY', 'DD Mon YYYY', 'YYYYMMDD']
    )::text, '-', '');
    birth := coalesce(birth, case
        when btrim(born) ~ '^\d{4}$' then btrim(born) || 'XXXX'
        when btrim(born) ~ '^\d{4}-\d{2}$' then replace(btrim(born), '-', '') || 'XX'
        when btrim(born) ~ '^\d{2}/\d{4}$' then right(btrim(born), 4) || left(btrim(born), 2) || 'XX'
        when btrim(born) ~ '^\d{2}/\d{2}$' then 'XXXX' || right(btrim(born), 2) || left(btrim(born), 2)
    end);
    if birth is not null then
        searched_for := searched_for || case
            when birth like 'XXXX%' then 'day and month of birth'
            when birth like '%XXXX' then 'year of birth'
            when birth like '%XX' then 'month of birth'
            else 'birth date'
        end;
        fixed := fixed || jsonb_build_object(
            'birth_digits', birth,
            'date_of_birth', case when birth like '%X%' then 'infinity' else birth end
        );
    elsif born is not null then
        ignored := ignored || 'birth date'::text;
    end if;

    if number is not null then
        fixed := fixed || jsonb_strip_nulls(jsonb_build_object(
            'nhs_number', parse.nhs_number(number, true), 'upn', parse.upn(number)
        ));
        -- who may not use a number has not looked for it
        if
            fixed ? 'nhs_number' and exists (
                select from published.search_record
                where
                    search_record.nhs_number is not null
                    and search_record.valid_to_generation > shown
            )
            or fixed ? 'upn' and exists (
                select from published.search_record
                where search_record.upn is not null and search_record.valid_to_generation > shown
            )
        then
            searched_for := searched_for || 'number'::text;
        else
            ignored := ignored || 'number'::text;
        end if;
    end if;

    if contact is not null then
        fixed := fixed || jsonb_strip_nulls(jsonb_build_object(
            'email', parse.email(contact), 'telephone', parse.telephone(contact)
        ));
        if fixed ? 'email' or fixed ? 'telephone' then
            searched_for := searched_for || 'contact'::text;
        else
            ignored := ignored || 'contact'::text;
        end if;
    end if;

    place := parse.postcode(postcode);
    if place is not null then
        searched_for := searched_for || 'postcode'::text;
        fixed := fixed || jsonb_build_object('postcodes', place);
        if parse.house_number(house || ', ' || place) is not null then
            searched_for := searched_for || 'house'::text;
            fixed := fixed || jsonb_build_object('home_keys', concat_ws(
                '/', place, parse.house_number(house || ', ' || place),
                coalesce(parse.unit(house || ', ' || place), '')
            ));
        end if;
    elsif postcode is not null then
        ignored := ignored || 'postcode'::text;
    end if;
    if house is not null and not fixed ? 'home_keys' then
        ignored := ignored || 'house'::text;
    end if;

    -- a part of a birth date alone leads to nobody
    if birth like '%X%' and cardinality(searched_for) = 1 then
        ignored := ignored || (searched_for[1] || ' alone');
        searched_for := '{}';
    end if;

    if searched_for = '{}' then
        asked := '{}';
        return next;
        return;
    end if;

    select array_agg(jsonb_populate_record(null::published.search_record, fixed || jsonb_strip_nulls(
        jsonb_build_object(
            'given_name', array_to_string(way.given, ''),
            'given_words', array_to_string(way.given, '|'),
            'given_forms', nullif(concat_ws(
                '|', array_to_string(way.given, ''), (
                    select string_agg(upper(nickname.given_name), '|')
                    from published.nickname
                    where
                        nickname.nickname = lower(array_to_string(way.given, ''))
                        and nickname.valid_from_generation <= shown
                        and nickname.valid_to_generation > shown
                )
            ), ''),
            'given_sound', extensions.dmetaphone(array_to_string(way.given, '')),
            'given_letters', resolution.letters(array_to_string(way.given, '')),
            'further_name', (coalesce(way.further, way.given[2:]))[1],
            'further_words', nullif(array_to_string(coalesce(way.further, way.given[2:]), '|'), ''),
            'family_name', array_to_string(way.family, ''),
            'family_words', array_to_string(way.family, '|'),
            'family_sound', extensions.dmetaphone(array_to_string(way.family, '')),
            'family_letters', resolution.letters(array_to_string(way.family, ''))
        )
    ))) into asked
    from (
        -- of one word nobody knows which name it is
        select nullif(words, '{}') as given, null::text[] as family, null::text[] as further
        where cardinality(words) < 2
        union all
        select null, words, null
        where cardinality(words) = 1
        union all
        select words[:split], words[split + 1:], null
        from generate_series(1, cardinality(words) - 1) as split
        union all
        select words[split + 1:], words[:split], null
        from generate_series(1, cardinality(words) - 1) as split
        union all
        select words[:1], words[cardinality(words):], words[2:cardinality(words) - 1]
        where cardinality(words) > 2
    ) as way;
    return next;
end
$$;

create function family_context.person_search(
    name text default null, born text default null, number text default null,
    postcode text default null, house text default null, contact text default null,
    at_most integer default 20
)
returns table (
    answer varchar(20), candidate_order integer, person_id bigint, given_name varchar(100),
    family_name varchar(255), date_of_birth date, strength integer, agreement varchar(500),
    feed varchar(40), perhaps_also varchar(300), is_cut varchar(7), searched_for varchar(200),
    ignored varchar(200),
    feeds_searched varchar(500), feeds_not_searched varchar(500), generation integer
)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set pg_trgm.similarity_threshold = 0.45  -- noqa: PRS
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    -- so many records are weighed, and so many of one key looked at; of what more people share
    -- nobody would read the list
    most constant integer := 100;
    most_of_a_key constant integer := 1000;
    shown constant integer := (select generation_shown.generation from published.generation_shown);
    shared constant text[] := array(select feed_shared.feed from published.feed_shared);
    question record;
    asked_keys bigint[];
    spelt text;
    asked_given varchar[];
    asked_family varchar[];
    asked_birth varchar;
    candidates text[];
    is_of_many boolean;
    scope record;
    person_ids bigint[] := '{}';
begin
    select * into question
    from published.read_question(name, born, number, postcode, house, contact, shown);

    select
        string_agg(
            feed_freshness.feed_label || ' (' || feed_freshness.data_current_as_of::date
            || case feed_freshness.freshness_status when 'out_of_date' then ', out of date' else '' end
            || ')', ', ' order by feed_freshness.feed_label
        ) filter (where is_searched) as searched,
        string_agg(
            feed_freshness.feed_label || case when feed_freshness.delivery_id is null
                then ' (never received)' else ' (not shared with you)' end,
            ', ' order by feed_freshness.feed_label
        ) filter (where not is_searched) as not_searched,
        coalesce(bool_and(
            is_searched
            and feed_freshness.freshness_status <> 'out_of_date'
            -- nobody reads a row that was set aside
            and coalesce(feed_freshness.quarantined_row_count, 0) = 0
        ), false)
        and not exists (select from published.whereabouts_withheld()) as is_whole
    into scope
    from published.feed_freshness
    cross join lateral (
        select feed_freshness.feed = any(shared) and feed_freshness.delivery_id is not null
            as is_searched
    ) as judged
    where
        feed_freshness.valid_from_generation <= shown
        and feed_freshness.valid_to_generation > shown
        -- of addresses alone nobody is known
        and (
            feed_freshness.delivery_id is null
            or exists (
                select from published.person_source_record
                where person_source_record.feed = feed_freshness.feed
            )
        );

    generation := shown;
    searched_for := left(nullif(array_to_string(question.searched_for, ', '), ''), 200);
    ignored := left(nullif(array_to_string(question.ignored, ', '), ''), 200);
    feeds_searched := left(scope.searched, 500);
    feeds_not_searched := left(scope.not_searched, 500);
    is_cut := 'No';

    select
        array_agg(asked.given_name) filter (where asked.given_name is not null),
        array_agg(asked.family_name) filter (where asked.family_name is not null),
        max(asked.birth_digits)
    into asked_given, asked_family, asked_birth
    from unnest(question.asked) as asked;

    -- what few records share first; when that finds nobody, several names that are spelt alike; and
    -- a single name, day or postcode, which many share, only then
    for step in 1..3 loop
        if step <> 2 then
            select array_agg(distinct key.search_key) into asked_keys
            from unnest(question.asked) as asked
            cross join lateral resolution.search_keys(
                concat_ws('|', asked.given_forms, asked.given_words, asked.further_words),
                concat_ws('|', asked.family_name, asked.family_words),
                asked.birth_digits, asked.postcodes, asked.home_keys,
                array[asked.nhs_number, asked.upn, asked.telephone, asked.email]
            ) as key
            where (step = 3) = (key.key_kind in ('birth', 'postcode', 'name'));

            -- who shares most first, keys and what is exactly as it was asked
            select
                array_agg(found.record_id order by found.place) filter (where place <= most + 1),
                max(found.place_in_key) > most_of_a_key
            into candidates, is_of_many
            from (
                select
                    record.record_id,
                    max(record.place_in_key) as place_in_key,
                    row_number() over (
                        order by count(*) + record.same_count desc, record.record_id asc
                    ) as place
                from unnest(asked_keys) as asked_key
                cross join lateral (
                    select
                        search_record.record_id,
                        num_nonnulls(
                            array_position(asked_given, search_record.given_name),
                            array_position(asked_family, search_record.family_name),
                            case when search_record.birth_digits = asked_birth then 1 end
                        ) as same_count,
                        row_number() over () as place_in_key
                    from published.search_record
                    where
                        search_record.search_keys @> array[asked_key]
                        and search_record.valid_from_generation <= shown
                        and search_record.valid_to_generation > shown
                        and search_record.feed = any(shared)
                    limit most_of_a_key + 1
                ) as record
                group by record.record_id, record.same_count
            ) as found;
        else
            select concat_ws(
                ' ', replace(asked.given_words, '|', ' '), replace(asked.family_words, '|', ' ')
            ) into spelt
            from unnest(question.asked) as asked
            limit 1;
            continue when coalesce(spelt, '') not like '% %';
            candidates := array(
                select search_record.record_id
                from published.search_record
                where
                    search_record.spelling operator(extensions.%) spelt
                    and search_record.valid_from_generation <= shown
                    and search_record.valid_to_generation > shown
                    and search_record.feed = any(shared)
                order by
                    extensions.similarity(search_record.spelling, spelt) desc,
                    search_record.record_id asc
                limit most + 1
            );
        end if;
        if is_of_many or cardinality(candidates) > most then
            is_cut := 'Yes';
        end if;

        for
            person_id, given_name, family_name, date_of_birth, strength, agreement, feed,
            candidate_order, perhaps_also
        in
            with weighed as (

                select distinct on (person_source_record.person_id)
                    person_source_record.person_id,
                    person_source_record.feed,
                    weighed.evidence,
                    weighed.agreement
                from published.weigh_search(question.asked, candidates[:most], shown) as weighed
                inner join published.person_source_record
                    on weighed.record_id = person_source_record.record_id
                where
                    weighed.evidence > 0
                    and person_source_record.person_id not in (
                        select published.whereabouts_withheld()
                    )
                    and person_source_record.valid_from_generation <= shown
                    and person_source_record.valid_to_generation > shown
                order by person_source_record.person_id asc, weighed.evidence desc, weighed.record_id asc

            ),

            best as (

                select
                    weighed.*,
                    row_number() over (order by weighed.evidence desc, weighed.person_id asc) as place
                from weighed
                order by weighed.evidence desc, weighed.person_id asc
                limit least(greatest(at_most, 1), 100)

            )

            select
                person.person_id,
                person.given_name,
                person.family_name,
                person.date_of_birth,
                (best.evidence * 100)::integer,
                left(best.agreement, 500),
                best.feed,
                best.place,
                left(probable.people, 300)
            from best
            inner join published.person on best.person_id = person.person_id
            cross join lateral (
                select string_agg(each.words, ', ' order by each.other_person_id) as people
                from (
                    select distinct on (link.other_person_id)
                        link.other_person_id,
                        link.other_person_id || coalesce(' (' || link.machine_reason || ')', '')
                            as words
                    from published.link_explanation as link
                    inner join published.person_source_record as record
                        on link.record_id = record.record_id
                    inner join published.person_source_record as other
                        on link.other_record_id = other.record_id
                    where
                        link.person_id = best.person_id
                        and link.other_person_id <> best.person_id
                        and link.machine_decision = 'probable'
                        and link.stewards_say is null
                        and record.feed = any(shared)
                        and other.feed = any(shared)
                        -- from the moment it is entered, as in link_explanation
                        and not exists (
                            select from published.link_ban
                            where
                                link_ban.feed = record.feed
                                and link_ban.source_person_id
                                = coalesce(record.source_person_id, record.record_id)
                                and link_ban.other_feed = other.feed
                                and link_ban.other_source_person_id
                                = coalesce(other.source_person_id, other.record_id)
                        )
                        and link.valid_from_generation <= shown
                        and link.valid_to_generation > shown
                        and record.valid_from_generation <= shown
                        and record.valid_to_generation > shown
                        and other.valid_from_generation <= shown
                        and other.valid_to_generation > shown
                    order by link.other_person_id asc, link.strength desc
                ) as each
            ) as probable
            where
                person.valid_from_generation <= shown
                and person.valid_to_generation > shown
            order by best.place asc
        loop
            person_ids := person_ids || person_id;
            answer := 'candidate';
            return next;
        end loop;
        exit when answer is not null or question.searched_for = '{}';
    end loop;

    if answer is null then
        answer := case
            when question.searched_for = '{}' or scope.searched is null then 'not_searched'
            when scope.is_whole and is_cut = 'No' then 'none_found'
            else 'unknown'
        end;
        if answer = 'not_searched' then
            feeds_searched := null;
        end if;
        return next;
    end if;

    -- what cannot be written down is not answered
    insert into audit.search (
        login, role, asked_for, need_level, generation, searched_for, ignored, answer,
        person_count, person_ids
    ) values (
        session_user,
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        left(current_setting('family_context.asked_for', true), 100),
        case current_setting('family_context.need_level', true) when 's47' then 's47' else 's17' end,
        generation, searched_for, ignored, answer, cardinality(person_ids), person_ids
    );
end
$$;
