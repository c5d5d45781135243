-- Asked before writing, because a check constraint that refuses a row repeats the row.
select
    mart as subject,
    published.count_implausible_dates(mart) as breaches
from published.mart
order by mart
