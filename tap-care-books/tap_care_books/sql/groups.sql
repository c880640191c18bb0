-- Sums per month, product, law and location. Groups of fewer people than the setting allows become `other`, one per
-- month; if there are too few people in that too, the smallest of the larger groups joins it.
CREATE TABLE care_books.groups AS
WITH counted AS (
    SELECT kind, month, product, financing_law, location, sum(cents) AS cents, count(DISTINCT person) AS people
    FROM care_books.facts
    WHERE status = 'counted'
    GROUP BY kind, month, product, financing_law, location
),
-- From the smallest to the largest.
placed AS (
    SELECT
        c.*,
        c.people < s.smallest_group AS is_small,
        row_number() OVER (PARTITION BY c.kind, c.month ORDER BY c.people, c.product, c.financing_law, c.location) AS place
    FROM counted AS c
    CROSS JOIN care_books.settings AS s
),
together AS (
    SELECT p.kind, p.month, max(p.place) AS groups, count(DISTINCT f.person) AS people
    FROM placed AS p
    JOIN care_books.facts AS f
        ON f.status = 'counted' AND f.kind = p.kind AND f.month = p.month
        AND f.product = p.product AND f.financing_law = p.financing_law AND f.location = p.location
    WHERE p.is_small
    GROUP BY p.kind, p.month
),
merged AS (
    SELECT p.*, coalesce(p.place <= t.groups + CASE WHEN t.people < s.smallest_group THEN 1 ELSE 0 END, false) AS is_merged
    FROM placed AS p
    CROSS JOIN care_books.settings AS s
    LEFT JOIN together AS t ON t.kind = p.kind AND t.month = p.month
)
SELECT
    kind,
    month,
    CASE WHEN is_merged THEN 'other' ELSE product END AS product,
    CASE WHEN is_merged THEN 'other' ELSE financing_law END AS financing_law,
    CASE WHEN is_merged THEN 'other' ELSE location END AS location,
    CAST(sum(cents) AS bigint) AS cents,
    count(*) AS groups
FROM merged
GROUP BY 1, 2, 3, 4, 5;
