select
    mart as subject,
    published.count_broken_keys(mart) as breaches
from published.mart
order by mart
