-- Sums per month, product, law and location. Groups of fewer clients than the setting allows become `other`, one per month;
-- where there are no clients, of fewer employees. If there are too few in that too, the smallest of the larger groups
-- joins it: one of clients, if there is one, where there are too few clients.
CREATE TABLE care_books.groups AS
WITH people AS (
    SELECT
        kind, month, product, financing_law, location, cents,
        CASE WHEN is_of_client THEN person END AS client, CASE WHEN is_of_client THEN NULL ELSE person END AS employee
    FROM care_books.facts
    WHERE status = 'counted'
),
counted AS (
    SELECT
        kind, month, product, financing_law, location, sum(cents) AS cents, count(client) > 0 AS of_clients,
        CASE WHEN count(client) > 0 THEN count(DISTINCT client) ELSE count(DISTINCT employee) END AS people
    FROM people
    GROUP BY kind, month, product, financing_law, location
),
small AS (
    SELECT c.* FROM counted AS c CROSS JOIN care_books.settings AS s WHERE c.people < s.smallest_group
),
together AS (
    SELECT
        p.kind, p.month, count(p.client) > 0 AS of_clients,
        CASE WHEN count(p.client) > 0 THEN count(DISTINCT p.client) ELSE count(DISTINCT p.employee) END AS people
    FROM small AS m
    JOIN people AS p
        ON p.kind = m.kind AND p.month = m.month
        AND p.product = m.product AND p.financing_law = m.financing_law AND p.location = m.location
    GROUP BY p.kind, p.month
),
larger AS (
    SELECT
        c.kind, c.month, c.product, c.financing_law, c.location,
        row_number() OVER (
            PARTITION BY c.kind, c.month
            ORDER BY CASE WHEN c.of_clients = t.of_clients THEN 0 ELSE 1 END, c.people, c.product, c.financing_law, c.location
        ) AS place
    FROM counted AS c
    CROSS JOIN care_books.settings AS s
    JOIN together AS t ON t.kind = c.kind AND t.month = c.month AND t.people < s.smallest_group
    WHERE c.people >= s.smallest_group
),
marked AS (
    SELECT c.*, c.people < s.smallest_group OR l.place IS NOT NULL AS is_merged
    FROM counted AS c
    CROSS JOIN care_books.settings AS s
    LEFT JOIN larger AS l
        ON l.place = 1 AND l.kind = c.kind AND l.month = c.month
        AND l.product = c.product AND l.financing_law = c.financing_law AND l.location = c.location
)
SELECT
    kind,
    month,
    CASE WHEN is_merged THEN 'other' ELSE product END AS product,
    CASE WHEN is_merged THEN 'other' ELSE financing_law END AS financing_law,
    CASE WHEN is_merged THEN 'other' ELSE location END AS location,
    CAST(sum(cents) AS bigint) AS cents,
    count(*) AS groups
FROM marked
GROUP BY 1, 2, 3, 4, 5;
