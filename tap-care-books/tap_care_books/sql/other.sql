-- The accounts of `other`, per kind: where late changes of closed months go when small groups are merged.
CREATE TABLE care_books.other AS
SELECT kind, account, counter_account, cost_unit, cost_center
FROM (
    SELECT
        a.kind, a.account, a.counter_account, a.cost_unit, c.cost_center,
        row_number() OVER (
            PARTITION BY a.kind
            ORDER BY CASE WHEN a.product = '*' THEN 1 ELSE 0 END, CASE WHEN a.financing_law = '*' THEN 1 ELSE 0 END,
                CASE WHEN c.location = '*' THEN 1 ELSE 0 END
        ) AS choice
    FROM care_books.accounts AS a
    JOIN care_books.cost_centers AS c ON c.location IN ('other', '*')
    WHERE a.product IN ('other', '*') AND a.financing_law IN ('other', '*')
) AS candidates
WHERE choice = 1;
