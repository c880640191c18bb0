-- Invoices: a row at its amount (what is not accepted, at what is), divided by the cost centers of what was delivered.
CREATE TABLE care_books.invoices AS
WITH delivered AS (
    SELECT
        k.invoice_row_id,
        coalesce(f.cost_center, l.cost_center, t.cost_center_number, '') AS location,
        abs(CAST(sum(coalesce(f.amount, 0)) AS bigint)) AS weight
    FROM care_books.ons_invoice_row_finance_logs AS k
    JOIN care_books.ons_finance_logs AS f ON f.id = k.finance_log_id
    LEFT JOIN care_books.ons_locations AS l ON l.id = f.location_id
    LEFT JOIN care_books.ons_teams AS t ON t.id = f.team_id
    GROUP BY 1, 2
),
-- Where nothing says how much, each cost center has the same.
weighed AS (
    SELECT
        invoice_row_id, location,
        CASE WHEN sum(weight) OVER (PARTITION BY invoice_row_id) = 0 THEN 1 ELSE weight END AS weight
    FROM delivered
),
divided AS (
    SELECT
        *,
        CAST(sum(weight) OVER (PARTITION BY invoice_row_id ORDER BY location) AS bigint) AS until_here,
        CAST(sum(weight) OVER (PARTITION BY invoice_row_id) AS bigint) AS whole
    FROM weighed
    WHERE weight > 0
),
-- Ons leaves out what is false or zero: a row that is not accepted is refused if there is a reason, and an amount that is
-- not told is zero, if amounts are told at all.
told AS (
    SELECT
        r.*,
        r.accepted IS FALSE OR (r.accepted IS NULL AND r.reason_rejected IS NOT NULL) AS is_refused,
        CASE WHEN count(r.calculated_amount) OVER () > 0 THEN coalesce(r.calculated_amount, 0) END AS full_amount
    FROM care_books.ons_invoice_rows AS r
),
priced AS (
    SELECT
        r.id, r.client_id, r.product_id, r.care_order_product_id, r.is_refused, i.completed,
        i.id AS known_invoice_id,
        coalesce(i.book_date, i.invoice_creation_date) AS day,
        CASE WHEN r.is_refused THEN coalesce(r.accepted_amount, 0) ELSE r.full_amount END AS amount,
        CASE WHEN r.is_refused THEN 0 ELSE coalesce(r.vat_amount, 0) END AS vat_amount
    FROM told AS r
    LEFT JOIN care_books.ons_invoices AS i ON i.id = r.invoice_id
),
-- The row itself, and its VAT.
amounts AS (
    SELECT p.*, 'invoices' AS kind, p.amount AS whole_amount FROM priced AS p
    UNION ALL
    SELECT p.*, 'vat' AS kind, p.vat_amount AS whole_amount FROM priced AS p WHERE p.vat_amount <> 0
)
SELECT
    a.kind,
    'invoice_rows' AS source,
    a.id AS source_id,
    a.day,
    coalesce(pr.product, '') AS product,
    coalesce(ordered.financing_law, own.financing_law, '') AS financing_law,
    coalesce(d.location, '') AS location,
    'client ' || a.client_id AS person,
    a.client_id IS NOT NULL AS is_of_client,
    CAST(NULL AS bigint) AS quantity,
    -- Revenue is credit: cents are debit of the account.
    - CASE
        WHEN d.invoice_row_id IS NULL THEN a.whole_amount
        ELSE care_books.rounded(a.whole_amount * d.until_here, d.whole)
            - care_books.rounded(a.whole_amount * (d.until_here - d.weight), d.whole)
    END AS cents,
    CASE
        WHEN a.known_invoice_id IS NOT NULL AND a.completed IS NOT TRUE THEN 'invoice not completed'
        WHEN a.is_refused AND a.whole_amount = 0 THEN 'refused by the payer'
    END AS left_out,
    CASE
        WHEN a.known_invoice_id IS NULL THEN 'no invoice'
        WHEN a.day IS NULL THEN 'no date'
        WHEN a.whole_amount IS NULL THEN 'no amount'
    END AS problem,
    '' AS rate_code
FROM amounts AS a
LEFT JOIN divided AS d ON d.invoice_row_id = a.id
LEFT JOIN care_books.products AS pr ON pr.id = a.product_id
LEFT JOIN care_books.financing_laws AS own ON own.id = pr.finance_type_id
LEFT JOIN care_books.ons_care_order_products AS o ON o.id = a.care_order_product_id
LEFT JOIN care_books.financing_laws AS ordered ON ordered.id = o.finance_type_id;
