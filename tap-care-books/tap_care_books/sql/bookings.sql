-- The content of all entries as it should be now. Months that are closed stay as they were given to the books; what has
-- changed in them since is booked in the first month that is open: on the same accounts, or, where small groups are
-- merged, on those of `other`, because the difference can be one person's.
CREATE TABLE care_books.bookings AS
WITH current_ones AS (
    SELECT
        kind, month, account, counter_account, cost_center, cost_unit,
        trim(product || ' ' || financing_law) AS description,
        CAST(sum(cents) AS bigint) AS cents
    FROM care_books.mapped
    WHERE account IS NOT NULL AND cost_center IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7
),
fixed AS (
    SELECT k.* FROM care_books_kept.bookings AS k, care_books.settings AS s WHERE k.posted_month < s.first_open_month
),
-- What closed months have more or less than what was given to the books.
differences AS (
    SELECT kind, month, account, counter_account, cost_center, cost_unit, description, cents FROM current_ones
    UNION ALL
    SELECT kind, month, account, counter_account, cost_center, cost_unit, description, - cents FROM fixed
),
late AS (
    SELECT d.kind, d.month, d.account, d.counter_account, d.cost_center, d.cost_unit, d.description, CAST(sum(d.cents) AS bigint) AS cents
    FROM differences AS d
    CROSS JOIN care_books.settings AS s
    WHERE d.month >= s.first_month AND d.month < s.first_open_month AND s.smallest_group <= 1
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    UNION ALL
    SELECT d.kind, d.month, o.account, o.counter_account, o.cost_center, o.cost_unit, 'other', CAST(sum(d.cents) AS bigint) AS cents
    FROM differences AS d
    CROSS JOIN care_books.settings AS s
    LEFT JOIN care_books.other AS o ON o.kind = d.kind
    WHERE d.month >= s.first_month AND d.month < s.first_open_month AND s.smallest_group > 1
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT * FROM fixed
UNION ALL
SELECT c.kind, c.month AS posted_month, c.month, c.account, c.counter_account, c.cost_center, c.cost_unit, c.description, c.cents
FROM current_ones AS c, care_books.settings AS s
WHERE c.month >= s.first_open_month AND c.cents <> 0
UNION ALL
SELECT l.kind, s.first_open_month, l.month, l.account, l.counter_account, l.cost_center, l.cost_unit, l.description, l.cents
FROM late AS l, care_books.settings AS s
WHERE l.cents <> 0;
