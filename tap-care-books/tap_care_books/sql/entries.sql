-- What goes to the books: an entry per kind and month, line by line, as the books contract wants it.
CREATE TABLE care_books.journal_entry_lines AS
WITH sides AS (
    SELECT
        kind, posted_month, 1 AS side, account, cost_center, cost_unit, cents,
        CASE WHEN month = posted_month THEN '' ELSE substr(CAST(month AS varchar), 1, 7) || ': ' END || description AS description
    FROM care_books_kept.bookings
    UNION ALL
    SELECT kind, posted_month, 2, counter_account, '', '', - CAST(sum(cents) AS bigint), kind || ' ' || substr(CAST(posted_month AS varchar), 1, 7)
    FROM care_books_kept.bookings
    GROUP BY kind, posted_month, counter_account
),
numbered AS (
    SELECT
        s.*,
        row_number() OVER (PARTITION BY kind, posted_month ORDER BY side, account, cost_center, cost_unit, description, cents) AS line_no,
        count(*) OVER (PARTITION BY kind, posted_month) AS line_count,
        CAST(sum(CASE WHEN cents > 0 THEN cents ELSE 0 END) OVER (PARTITION BY kind, posted_month) AS bigint) AS entry_cents
    FROM sides AS s
    WHERE cents <> 0
)
SELECT
    s.key_prefix || ':' || n.kind || ':' || substr(CAST(n.posted_month AS varchar), 1, 7) AS entry_key,
    n.line_no,
    n.line_count,
    n.entry_cents * 0.01 AS entry_total,
    CAST(n.posted_month + INTERVAL '1 month' - INTERVAL '1 day' AS date) AS date,
    s.journal,
    'Ons ' || n.kind || ' ' || substr(CAST(n.posted_month AS varchar), 1, 7) AS entry_description,
    n.account,
    CASE WHEN n.cents > 0 THEN n.cents ELSE 0 END * 0.01 AS debit,
    CASE WHEN n.cents < 0 THEN - n.cents ELSE 0 END * 0.01 AS credit,
    n.description,
    nullif(n.cost_center, '') AS cost_center,
    nullif(n.cost_unit, '') AS cost_unit
FROM numbered AS n
CROSS JOIN care_books.settings AS s;

-- What became of every record: how many, and what they come to, per month and status.
CREATE VIEW care_books.stations AS
SELECT
    kind, month, status, count(DISTINCT source_id) AS records, CAST(sum(quantity) AS bigint) AS quantity,
    CASE WHEN status = 'counted' THEN CAST(sum(cents) AS bigint) * 0.01 END AS amount
FROM care_books.facts
GROUP BY kind, month, status;

-- The same total at every station; `late` is what was booked in a later month because its own was closed.
CREATE VIEW care_books.totals AS
SELECT
    kind, month,
    CAST(sum(counted) AS bigint) * 0.01 AS counted, CAST(sum(grouped) AS bigint) * 0.01 AS grouped,
    CAST(sum(booked) AS bigint) * 0.01 AS booked, CAST(sum(late) AS bigint) * 0.01 AS late
FROM (
    SELECT kind, month, cents AS counted, 0 AS grouped, 0 AS booked, 0 AS late FROM care_books.facts WHERE status = 'counted'
    UNION ALL
    SELECT kind, month, 0, cents, 0, 0 FROM care_books.groups
    UNION ALL
    SELECT kind, month, 0, 0, cents, CASE WHEN posted_month > month THEN cents ELSE 0 END FROM care_books_kept.bookings
) AS stations
GROUP BY kind, month;
