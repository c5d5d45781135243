-- Addresses. Each function reads an address in one text, its lines joined by commas.

create or replace function parse.full_address(
    line_1 text, line_2 text, line_3 text, line_4 text, line_5 text
)
returns text
language sql immutable parallel safe
return nullif(
    substr(
        coalesce(', ' || line_1, '')
        || coalesce(', ' || line_2, '')
        || coalesce(', ' || line_3, '')
        || coalesce(', ' || line_4, '')
        || coalesce(', ' || line_5, ''),
        3
    ),
    ''
);

comment on function parse.full_address(text, text, text, text, text) is
'The lines of an address in one text, joined by commas; null when there are none.';

create or replace function parse.address_number(full_address text, postcode text, uprn text)
returns bigint
language sql immutable parallel safe
return hash_record_extended(row(full_address, postcode, uprn), 0);

comment on function parse.address_number(text, text, text) is
'An address as it is written, as a number: the same every night.';

create or replace function parse.unit(address text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    given constant text := upper(address);
    -- what follows the word for a dwelling: its number, its letter or both
    number constant text :=
        '(?:\.?\s+|\.|(?=\d))(?:NO\.?\s*|NUMBER\s+)?(\d{1,4}\s?[A-Z]?|[A-Z]\d{0,4})\M';
    unit text;
begin
    if given !~ '\m(?:FL|AP|BLOCK|UNIT|ROOM|RM|STUDIO|MAISON|BEDSIT|SUITE|PITCH|PLOT)|FLOOR|/' then
        return null;
    end if;
    unit := coalesce(
        substring(
            given from '\m(?:FLAT|FLT|APARTMENT|APT|UNIT|STUDIO|MAISONETTE|BEDSIT|SUITE|PITCH|PLOT)'
            || number
        ),
        -- "2/14 High Street"
        substring(given from '(?:^|,)\s*(\d{1,4}[A-Z]?)\s*/\s*\d{1,4}[A-Z]?\M'),
        substring(
            given from
            '\m(LOWER GROUND|BASEMENT|GARDEN|GROUND|FIRST|SECOND|THIRD|FOURTH|TOP|ATTIC)'
            '\s+(?:FLOOR\s+FLAT|FLOOR|FLAT)\M'
        ),
        substring(given from '\mFLAT\s+(BASEMENT|GARDEN|GROUND|FIRST|SECOND|THIRD|TOP|ATTIC)\M')
    );
    -- flat 4 of block C is not flat 4 of block D, nor is room 2 of it the whole flat
    return nullif(
        concat_ws(
            ' ',
            substring(given from '\mBLOCK\s+([A-Z]|\d{1,3})\M'),
            replace(unit, ' ', ''),
            'ROOM ' || replace(substring(given from '\m(?:ROOM|RM)' || number), ' ', '')
        ),
        ''
    );
end
$$;

comment on function parse.unit(text) is
'The dwelling within its building: 2A of "Flat 2A, 14 High Street"; null when none is named.';

create or replace function parse.house_number(address text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    house text := upper(address);
    -- nearly every address is one of two: "14 High Street", "Flat 2, 14 High Street"
    plain constant text := coalesce(
        substring(house from '^(\d{1,4}[A-Z]?) [A-Z]{2}'),
        substring(
            house from '^(?:FLAT|APARTMENT|APT) \d{1,4}[A-Z]?,? (\d{1,4}[A-Z]?) [A-Z]{2}'
        )
    );
begin
    if plain is not null then
        return plain;
    end if;
    if house is null or house !~ '\d' then
        return null;
    end if;

    -- what numbers a dwelling within the building says nothing of the house
    if house ~ '\m(?:FL|AP|UNIT|ROOM|RM|STUDIO|MAISON|BEDSIT|SUITE|BLOCK|PITCH|PLOT)'
    then
        house := regexp_replace(
            house,
            '\m(?:FLAT|FLT|APARTMENT|APT|UNIT|ROOM|RM|STUDIO|MAISONETTE|BEDSIT|SUITE|BLOCK|FLOOR'
            '|PITCH|PLOT)'
            '(?:\.?\s+|\.|(?=\d))(?:NO\.?\s*|NUMBER\s+)?(?:\d{1,4}\s?[A-Z]?|[A-Z]\d{0,4})\M(?!\s*/)',
            '', 'g'
        );
    end if;
    if house like '%/%' then
        house := regexp_replace(
            house, '(^|,)(?:\s*FLAT)?\s*\d{1,4}[A-Z]?\s*/\s*(?=\d)', '\1', 'g'
        );
    end if;

    return replace(
        coalesce(
            -- a number that opens a line, with its street behind it or alone
            substring(
                house from
                '(?:^|,)[\s,]*(?:(?:NO|NUMBER|HOUSE)\.?\s*)?'
                '(\d{1,4}(?:\s?[A-Z](?=\s*(?:,|$)|\s+[A-Z]{2}))?(?:-\d{1,4}[A-Z]?)?)'
                '(?=\s*(?:,|$)|\s+[A-Z])'
            ),
            -- a number between a building and its street: "Quay House 20 Mill Lane"
            substring(house from '\m(\d{1,4}[A-Z]?)\s+[A-Z]{2,}')
        ),
        ' ',
        ''
    );
end
$$;

comment on function parse.house_number(text) is
'The number of the house in its street: 14 of "Flat 2, 14 High Street", 14A of "14A High Street".';

create or replace function parse.street(address text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    -- without full stops and apostrophes, and whatever separates words is a space
    given constant text := translate(upper(address), E'\t\n\v\f\r.''', '     ');
    line text;
    kind text;
    name text;
begin
    foreach line in array coalesce(string_to_array(given, ','), '{}') loop
        line := rtrim(line);
        -- few lines end in a word for a street, and only those are worth a search
        kind := '{
            "STREET": "STREET", "ROAD": "ROAD", "AVENUE": "AVENUE", "CLOSE": "CLOSE",
            "LANE": "LANE", "DRIVE": "DRIVE", "GROVE": "GROVE", "TERRACE": "TERRACE",
            "CRESCENT": "CRESCENT", "PLACE": "PLACE", "SQUARE": "SQUARE", "GARDENS": "GARDENS",
            "WAY": "WAY", "MEWS": "MEWS", "ROW": "ROW", "WALK": "WALK", "RISE": "RISE",
            "PARADE": "PARADE", "ST": "STREET", "RD": "ROAD", "AV": "AVENUE", "AVE": "AVENUE",
            "CL": "CLOSE", "LN": "LANE", "DR": "DRIVE", "GR": "GROVE", "TER": "TERRACE",
            "TERR": "TERRACE", "CRES": "CRESCENT", "PL": "PLACE", "SQ": "SQUARE",
            "GDNS": "GARDENS"
        }'::jsonb ->> split_part(line, ' ', -1);
        continue when kind is null;
        -- behind the house number, or alone in its line
        name := substring(line from '(?:^|\d[A-Z]?)\s*((?:[A-Z][A-Z-]*\s+){1,4})[A-Z]+$');
        if name is not null then
            return regexp_replace(name, '\s+', ' ', 'g') || kind;
        end if;
    end loop;
    return null;
end
$$;

comment on function parse.street(text) is
'The street of an address, in full and in capitals: HIGH STREET of "Flat 2, 14 High St", or null.';

create or replace function parse.is_protected_address(
    address_type text, is_sensitive text, postcode text
)
returns boolean
language sql immutable parallel safe
return (
    coalesce(address_type ilike '%refuge%', false)
    -- a mark that cannot be read protects
    or coalesce(parse.try_boolean(is_sensitive), parse.clean(is_sensitive) is not null)
    or coalesce(upper(translate(postcode, ' ', '')) = 'ZZZSECUR', false)
);

comment on function parse.is_protected_address(text, text, text) is
'Whether an address must never be shown: a refuge, marked as sensitive, or of a protected record.';
