-- Mileage and other expenses: the amount at a rate of the table, else, for kilometres, at the rates of Ons, of which
-- the second is for what is above 10 km a day.
CREATE TABLE care_books.mileage AS
WITH told AS (
    -- Ons leaves out zeros: an amount that is not told is one, if amounts are told at all.
    SELECT e.*, CASE WHEN count(e.amount) OVER () > 0 THEN CAST(coalesce(e.amount, 0) * 10000 AS bigint) END AS quantity
    FROM care_books.ons_expenses AS e
),
driven AS (
    SELECT
        t.*,
        CAST(sum(t.quantity) OVER (PARTITION BY t.employee_object_id, t.expense_type_object_id, t.expense_date ORDER BY t.id) AS bigint) AS until_here
    FROM told AS t
),
rated AS (
    SELECT e.id, r.rate, row_number() OVER (PARTITION BY e.id ORDER BY r.valid_from DESC) AS choice
    FROM care_books.ons_expenses AS e
    JOIN care_books.ons_expense_types AS t ON t.id = e.expense_type_object_id
    JOIN care_books.rates AS r ON r.kind = 'mileage' AND r.code = t.name AND r.valid_from <= e.expense_date
),
priced AS (
    SELECT
        d.*, t.name, team.cost_center_number, r.rate,
        CASE WHEN t.unit = 'km' AND t.compensation_in_cents > 0 THEN t.compensation_in_cents END AS near_rate,
        coalesce(t.compensation_in_cents_greater_than_ten, t.compensation_in_cents) AS far_rate,
        least(greatest(d.until_here, 0), 100000) - least(greatest(d.until_here - d.quantity, 0), 100000) AS near_quantity
    FROM driven AS d
    LEFT JOIN care_books.ons_expense_types AS t ON t.id = d.expense_type_object_id
    LEFT JOIN care_books.ons_teams AS team ON team.id = d.departure_cluster_object_id
    LEFT JOIN rated AS r ON r.id = d.id AND r.choice = 1
)
SELECT
    'mileage' AS kind,
    'expenses' AS source,
    p.id AS source_id,
    p.expense_date AS day,
    coalesce(p.name, '') AS product,
    '' AS financing_law,
    coalesce(p.cost_center_number, '') AS location,
    'employee ' || p.employee_object_id AS person,
    false AS is_of_client,
    p.quantity,
    CASE
        WHEN p.rate IS NOT NULL THEN care_books.rounded(p.quantity * p.rate, 1000000)
        ELSE care_books.rounded(p.near_quantity * p.near_rate + (p.quantity - p.near_quantity) * p.far_rate, 10000)
    END AS cents,
    CASE WHEN p.verify_date IS NULL AND s.verified_only THEN 'not verified' END AS left_out,
    CASE
        WHEN p.expense_date IS NULL THEN 'no date'
        WHEN p.quantity IS NULL THEN 'no amount'
        WHEN coalesce(p.rate, p.near_rate) IS NULL THEN 'no rate'
    END AS problem,
    coalesce(p.name, '') AS rate_code
FROM priced AS p
CROSS JOIN care_books.settings AS s;
