-- Every record of the three sources, with what became of it: counted, left out and why, or faulty and why.
CREATE TABLE care_books.facts AS
WITH every AS (
    SELECT * FROM care_books.hours
    UNION ALL
    SELECT * FROM care_books.mileage
    UNION ALL
    SELECT * FROM care_books.invoices
),
dated AS (
    SELECT e.*, CAST(date_trunc('month', e.day) AS date) AS month
    FROM every AS e
    WHERE e.kind IN (SELECT k.kind FROM care_books.kinds AS k)
)
SELECT
    d.kind, d.source, d.source_id, d.month, d.product, d.financing_law, d.location, d.person, d.is_of_client, d.quantity, d.cents, d.rate_code,
    coalesce(
        d.left_out,
        CASE WHEN d.month < s.first_month THEN 'before the first month' WHEN d.month > s.last_month THEN 'after the last month' END,
        CASE WHEN d.problem IS NOT NULL THEN 'faulty: ' || d.problem END,
        'counted'
    ) AS status
FROM dated AS d
CROSS JOIN care_books.settings AS s;
