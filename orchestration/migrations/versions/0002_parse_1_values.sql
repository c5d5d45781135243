-- One reading of a value: the suites judge a delivery with these functions, and staging casts with
-- the same ones. A value that cannot be read is null; nothing here ever raises, so no value of a
-- feed reaches an error message or a log.
--
-- Whether a value can be true (a birth in 1900, a sentinel) is not decided here.

create schema if not exists parse;

-- ---------------------------------------------------------------------------------------------
-- Text
-- ---------------------------------------------------------------------------------------------

create or replace function parse.clean(value text, null_tokens text[])
returns text
language plpgsql immutable parallel safe
as $$
declare
    -- a space that does not break is a space
    cleaned text := btrim(replace(value, E'\u00a0', ' '), E' \t\r\n');
begin
    if cleaned ~ '\s\s|[^\S ]' then
        cleaned := btrim(regexp_replace(cleaned, '\s+', ' ', 'g'));
    end if;
    if cleaned = '' or lower(cleaned) = any(null_tokens) then
        return null;
    end if;
    return cleaned;
end
$$;

comment on function parse.clean(text, text[]) is
'Outer spaces gone, runs of spaces collapsed; null when nothing or a null token is left. Tokens '
'are given in lower case.';

create or replace function parse.clean(value text)
returns text
language sql immutable parallel safe
return parse.clean(
    value,
    '{"null",n/a,-,.,ssd_ph,placeholder_data,na,none,unknown,"not known",-1}'::text[]
);

comment on function parse.clean(text) is
'A code, reference, address or organisation; the words that systems write for nothing are null.';

create or replace function parse.repaired(value text)
returns text
language sql immutable parallel safe
-- letters of two bytes, each read as two of Windows-1252: nothing else can be turned back
return case
    when
        value ~ (
            '^([\u0001-\u007f]|[Â-ß][€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u00a0-¿])*$'
        )
        then convert_from(convert_to(value, 'WIN1252'), 'UTF8')
    else value
end;

comment on function parse.repaired(text) is
'Text whose UTF-8 a system read as Windows-1252, as it was before: Wójcik for WÃ³jcik.';

create or replace function parse.name(value text)
returns text
language sql immutable parallel safe
-- NULL only as systems write it: Null, Na, None and Unknown are also surnames
return nullif(
    parse.clean(
        case when value ~ '[ÃÄÅ][\u0080-\uffff]' then parse.repaired(value) else value end,
        '{n/a,-,.,ssd_ph,placeholder_data}'::text[]
    ),
    'NULL'
);

comment on function parse.name(text) is
'A name of a person. Fewer words mean nothing than in parse.clean: one may be called Na or None.';

-- ---------------------------------------------------------------------------------------------
-- Dates. Formats are of fixed width, in PostgreSQL's spelling: YYYY MM Mon DD HH24 MI SS.
-- ---------------------------------------------------------------------------------------------

create or replace function parse.try_timestamp(value text, formats text[])
returns timestamp
language plpgsql immutable parallel safe
as $$
declare
    given constant text := btrim(value, E' \t\r\n\u00a0');
    -- every digit a 0, so that one comparison tells whether the value has the format's shape
    shape constant text := translate(given, '123456789', '000000000');
    format text;
    form text;
    month_at integer;
    year_number integer;
    month_number integer;
    day_number integer;
    hour_number integer := 0;
    minute_number integer := 0;
    second_number integer := 0;
begin
    if given is null or formats is null then
        return null;
    end if;

    foreach format in array formats loop
        form := replace(format, 'HH24', 'HH');
        continue when length(form) > length(given)
            or length(form) < length(given) and form not like '%SS';
        month_at := position('Mon' in form);
        if month_at > 0 then
            form := overlay(form placing substr(given, month_at, 3) from month_at);
            continue when left(shape, length(form)) <> overlay(
                translate(form, 'YDHMIS', '000000')
                placing substr(given, month_at, 3) from month_at
            );
            month_number := position(
                upper(substr(given, month_at, 3)) in '..JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC'
            );
            continue when month_number % 3 <> 0;
            month_number := month_number / 3;
        else
            continue when left(shape, length(form)) <> translate(form, 'YMDHIS', '000000')
                or form not like '%MM%';
            month_number := substr(given, position('MM' in form), 2);
        end if;
        -- a time may end in fractions of a second, which are dropped; a year has four digits
        continue when length(form) < length(given)
            and substr(shape, length(form) + 1) !~ '^\.0{1,9}$';
        continue when form not like '%YYYY%' or form not like '%DD%';

        year_number := substr(given, position('YYYY' in form), 4);
        day_number := substr(given, position('DD' in form), 2);
        continue when year_number < 1 or month_number not between 1 and 12
            or day_number not between 1 and 31
            or day_number > 28 and day_number > case
                when month_number in (4, 6, 9, 11) then 30
                when month_number <> 2 then 31
                when year_number % 4 = 0 and (year_number % 100 <> 0 or year_number % 400 = 0)
                    then 29
                else 28
            end;

        if form like '%HH%' then
            hour_number := substr(given, position('HH' in form), 2);
            minute_number := substr(given, position('MI' in form), 2);
            second_number := substr(given, position('SS' in form), 2);
            continue when hour_number > 23 or minute_number > 59 or second_number > 59;
        end if;

        return make_timestamp(
            year_number, month_number, day_number, hour_number, minute_number, second_number
        );
    end loop;

    return null;
end
$$;

comment on function parse.try_timestamp(text, text[]) is
'The moment a text says in the first of the formats that fits, or null.';

create or replace function parse.try_date(value text, formats text[])
returns date
language sql immutable parallel safe
return case
    when value is null then null
    -- the commonest shapes and the first 28 days, in a third of the time; the rest below
    when
        formats[1] = 'YYYY-MM-DD'
        and value ~ '^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$'
        or 'YYYY-MM-DD HH24:MI:SS' = any(formats)
        and value ~ '^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]) 00:00:00$'
        then make_date(
            left(value, 4)::integer, substr(value, 6, 2)::integer, substr(value, 9, 2)::integer
        )
    when
        formats[1] = 'DD/MM/YYYY'
        and value ~ '^(0[1-9]|1\d|2[0-8])/(0[1-9]|1[0-2])/(?!0000)\d{4}$'
        then make_date(
            right(value, 4)::integer, substr(value, 4, 2)::integer, left(value, 2)::integer
        )
    else parse.try_timestamp(value, formats)::date
end;

comment on function parse.try_date(text, text[]) is
'The day a text says in the first of the formats that fits, or null.';

create or replace function parse.try_known_date(value text, formats text[])
returns date
language sql immutable parallel safe
return nullif(
    nullif(
        nullif(
            nullif(
                nullif(parse.try_date(value, formats), '1900-01-01'), '9999-12-31'
            ), '1899-12-30'
        ), '1901-01-01'
    ), '1753-01-01'
);

comment on function parse.try_known_date(text, text[]) is
'parse.try_date without the days that systems write for unknown. Not for birth dates: what those '
'mean is a rule.';

create or replace function parse.believable_day(day date)
returns date
language sql immutable parallel safe
-- the range that a published table takes: see 0004_published_1_tables
return case when day between '1900-01-02' and '2100-12-31' then day end;

comment on function parse.believable_day(date) is
'The day, or null when nobody can mean it: one slip of a keyboard must not stop a generation.';

create or replace function parse.date_readings(value text, formats text[])
returns integer
language sql immutable parallel safe
return (
    select count(distinct parse.try_date(value, array[one_format]))
    from unnest(formats) as one_format
)::integer;

comment on function parse.date_readings(text, text[]) is
'How many different days a text means in the given formats: more than one is a column in doubt.';

-- ---------------------------------------------------------------------------------------------
-- Numbers and flags
-- ---------------------------------------------------------------------------------------------

create or replace function parse.try_numeric(value text)
returns numeric
language sql immutable parallel safe
return case
    when value ~ '^\s*[-+]?£?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,10})?\s*$'
        then translate(value, E'£, \t\r\n', '')::numeric
end;

comment on function parse.try_numeric(text) is
'A number in digits, with thousands commas and a pound sign if it must be; no exponents.';

create or replace function parse.try_integer(value text)
returns integer
language sql immutable parallel safe
return case
    when value ~ '^\s*[-+]?\d{1,9}\s*$' then value::integer
end;

comment on function parse.try_integer(text) is 'A whole number of at most nine digits.';

create or replace function parse.try_boolean(value text)
returns boolean
language sql immutable parallel safe
return case lower(btrim(value, E' \t\r\n'))
    when 'y' then true
    when 'yes' then true
    when 'true' then true
    when 't' then true
    when '1' then true
    when 'n' then false
    when 'no' then false
    when 'false' then false
    when 'f' then false
    when '0' then false
end;

comment on function parse.try_boolean(text) is 'Y, Yes, True, T, 1 or their opposites.';

-- ---------------------------------------------------------------------------------------------
-- Identifiers
-- ---------------------------------------------------------------------------------------------

create or replace function parse.nhs_number(value text, accept_test_range boolean)
returns text
language plpgsql immutable parallel safe
as $$
declare
    digits text := translate(value, E'- \t\r\n\u00a0', '');
    total integer;
begin
    -- read as a number somewhere on its way: a decimal part, and a lost leading zero
    if value ~ '^\s*\d{9,10}\.0+\s*$' then
        digits := split_part(digits, '.', 1);
    end if;
    if length(digits) = 9 and (length(btrim(value)) = 9 or value like '%.0%') then
        digits := '0' || digits;
    end if;

    if digits is null or digits !~ '^\d{10}$' or digits = repeat(left(digits, 1), 10) then
        return null;
    end if;

    -- ranges: Scotland, opening with a birth date; Northern Ireland; England, Wales and Isle of Man
    -- (two); tests
    if not (
        digits between '0100000000' and '3112999999' and parse.try_date(
            left(digits, 4) || '20' || substr(digits, 5, 2), '{DDMMYYYY}'
        ) is not null
        or digits between '3200000000' and '3999999999'
        or digits between '4000000000' and '4999999999'
        or digits between '6000000000' and '7999999999'
        or (accept_test_range and digits like '9%')
    ) then
        return null;
    end if;

    -- the check digit makes the weighted sum of all ten a multiple of eleven; ascii '0' is 48
    total := 10 * ascii(digits) + 9 * ascii(substr(digits, 2)) + 8 * ascii(substr(digits, 3))
        + 7 * ascii(substr(digits, 4)) + 6 * ascii(substr(digits, 5))
        + 5 * ascii(substr(digits, 6)) + 4 * ascii(substr(digits, 7))
        + 3 * ascii(substr(digits, 8)) + 2 * ascii(substr(digits, 9))
        + ascii(substr(digits, 10)) - 48 * 55;
    return case when total % 11 = 0 then digits end;
end
$$;

comment on function parse.nhs_number(text, boolean) is
'A valid NHS number as ten digits, or null. Those of 9… are for tests, accepted only on request.';

create or replace function parse.upn(value text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    upn constant text := upper(btrim(value, E' \t\r\n\u00a0'));
    total integer := 0;
begin
    if upn is null or upn !~ '^[A-HJ-NP-RT-Z]\d{12}$' then
        return null;
    end if;
    for place in 2..13 loop
        total := total + place * (ascii(substr(upn, place)) - 48);
    end loop;
    return case
        when left(upn, 1) = substr('ABCDEFGHJKLMNPQRTUVWXYZ', total % 23 + 1, 1) then upn
    end;
end
$$;

comment on function parse.upn(text) is
'A valid permanent unique pupil number, or null. A temporary one (a letter last) joins nothing.';

create or replace function parse.uprn(value text)
returns text
language sql immutable parallel safe
return case
    when value ~ '^\s*0*[1-9]\d{0,11}(\.0+)?\s*$'
        then ltrim(split_part(btrim(value, E' \t\r\n'), '.', 1), '0')
end;

comment on function parse.uprn(text) is
'A unique property reference number: 1 to 12 digits without leading zeros, or null.';

create or replace function parse.offence_code(value text)
returns text
language sql immutable parallel safe
return case
    when value ~ '^\s*\d{5}\s*$' then btrim(value)
    when value ~ '^\s*\d{1,3}/\d{1,2}\s*$'
        then
            lpad(split_part(btrim(value), '/', 1), 3, '0')
            || lpad(split_part(btrim(value), '/', 2), 2, '0')
end;

comment on function parse.offence_code(text) is
'A Home Office offence code as five digits: 09261 of 92/61.';

create or replace function parse.postcode(value text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    compact constant text := upper(translate(value, E' .-\t\r\n\u00a0', ''));
begin
    if compact ~ '^([A-Z][0-9]{1,2}|[A-Z][A-HJ-Y][0-9]{1,2}|[A-Z][0-9][A-Z]|[A-Z][A-HJ-Y][0-9]?[A-Z])[0-9][A-Z]{2}$'
        -- written for no fixed abode
        and compact not in ('NF11NF', 'NF11FA')
        or compact = 'GIR0AA' then
        return left(compact, -3) || ' ' || right(compact, 3);
    end if;
    return null;
end
$$;

comment on function parse.postcode(text) is
'A whole postcode with its one space, or null; the pseudo-postcodes of the NHS (ZZ99) are none.';

create or replace function parse.telephone(value text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    dialled text := lower(value);
    extension text;
begin
    if dialled like '%x%' then
        extension := substring(dialled from '(?:extension|extn|ext|x)[.:]?\s*(\d{1,6})\s*$');
        dialled := regexp_replace(dialled, '[\s,]*(?:extension|extn|ext|x)[.:]?\s*\d{1,6}\s*$', '');
    end if;
    dialled := translate(replace(dialled, '(0)', ''), E' ()-./\t\r\n\u00a0', '');
    if dialled like '+44%' or dialled like '0044%' then
        dialled := '0' || regexp_replace(dialled, '^(?:\+44|0044)0?', '');
    elsif dialled ~ '^[127]\d{9}$' then
        -- a spreadsheet took the leading zero
        dialled := '0' || dialled;
    end if;
    if dialled ~ '^(0[1-9]\d{8,9}|\+[1-9]\d{7,14})$' and dialled !~ '(\d)\1{8}' then
        return dialled || coalesce(' ext ' || extension, '');
    end if;
    return null;
end
$$;

comment on function parse.telephone(text) is
'A telephone number as dialled from the United Kingdom, or with its +country code; else null.';

create or replace function parse.email(value text)
returns text
language sql immutable parallel safe
return case
    when
        value
        ~ '^\s*[A-Za-z0-9._%+''-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}\s*$'
        then lower(btrim(value, E' \t\r\n'))
end;

comment on function parse.email(text) is 'An e-mail address in lower case, or null.';

-- ---------------------------------------------------------------------------------------------
-- JSON
-- ---------------------------------------------------------------------------------------------

create or replace function parse.try_jsonb(value text)
returns jsonb
language sql immutable parallel safe
-- One object of plain members, its shape proved before the cast: a cast that fails quotes the
-- value, and PostgreSQL 15 has no "is json".
return case
    when value ~ replace(
        replace(
            '^\s*\{\s*(?:MEMBER(?:\s*,\s*MEMBER)*)?\s*\}\s*$',
            'MEMBER', 'STRING\s*:\s*(?:STRING|-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?|true|false|null)'
        ),
        'STRING',
        '"(?:[^"\\[:cntrl:]]|\\["\\/bfnrt]|\\u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4})*"'
    ) then value::jsonb
end;

comment on function parse.try_jsonb(text) is
'A JSON object of texts, numbers and flags; null when the text is not one.';
