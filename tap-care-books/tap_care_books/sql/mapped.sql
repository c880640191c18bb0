-- Each group with its accounts and cost center, by the row of the tables that names most of it.
CREATE TABLE care_books.mapped AS
WITH candidates AS (
    SELECT
        g.kind, g.month, g.product, g.financing_law, g.location,
        a.account, a.counter_account, a.cost_unit,
        a.product = '*' OR a.financing_law = '*' AS by_star,
        row_number() OVER (
            PARTITION BY g.kind, g.month, g.product, g.financing_law, g.location
            ORDER BY CASE WHEN a.product = '*' THEN 1 ELSE 0 END, CASE WHEN a.financing_law = '*' THEN 1 ELSE 0 END
        ) AS choice
    FROM care_books.groups AS g
    JOIN care_books.accounts AS a
        ON a.kind = g.kind AND a.product IN (g.product, '*') AND a.financing_law IN (g.financing_law, '*')
)
SELECT
    g.*,
    c.account, c.counter_account, coalesce(c.cost_unit, '') AS cost_unit,
    coalesce(own.cost_center, star.cost_center) AS cost_center,
    coalesce(c.by_star, false) AS account_by_star,
    own.cost_center IS NULL AND star.cost_center IS NOT NULL AS cost_center_by_star
FROM care_books.groups AS g
LEFT JOIN candidates AS c
    ON c.choice = 1 AND c.kind = g.kind AND c.month = g.month
    AND c.product = g.product AND c.financing_law = g.financing_law AND c.location = g.location
LEFT JOIN care_books.cost_centers AS own ON own.location = g.location
LEFT JOIN care_books.cost_centers AS star ON star.location = '*';
