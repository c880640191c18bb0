-- Hours: a presence log at the rate of its hour type. Time with a client (hour type 12) is divided by what was done.
-- Ons leaves out what is false: a flag that is true in some log is false where it is not told.
CREATE TABLE care_books.hours AS
WITH timed AS (
    SELECT
        l.*,
        coalesce(l.date, CAST(l.start_date AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam' AS date)) AS day,
        coalesce(
            l.calculated_worktime_amount * s.work_time_seconds,
            CAST(extract(epoch FROM (l.end_date - l.start_date)) AS bigint),
            l.duration * s.work_time_seconds
        ) AS seconds
    FROM care_books.ons_presence_logs AS l, care_books.settings AS s
),
-- The products of a log, each with the sum of those before it: parts are differences, so that nothing is lost.
divided AS (
    SELECT
        p.log_id, p.place, p.activity_object_id, p.duration,
        sum(p.duration) OVER (PARTITION BY p.log_id ORDER BY p.place) AS until_here,
        sum(p.duration) OVER (PARTITION BY p.log_id) AS whole
    FROM care_books.log_products AS p
    JOIN timed AS t ON t.id = p.log_id AND t.activity_object_id = 12
    WHERE p.duration > 0
),
parts AS (
    SELECT
        t.*,
        coalesce(d.place, 1) AS place,
        coalesce(d.activity_object_id, t.activity_object_id) AS hour_type_id,
        CASE
            WHEN d.log_id IS NULL THEN t.seconds
            ELSE care_books.rounded(t.seconds * CAST(d.until_here AS bigint), CAST(d.whole AS bigint))
                - care_books.rounded(t.seconds * CAST(d.until_here - d.duration AS bigint), CAST(d.whole AS bigint))
        END AS part_seconds
    FROM timed AS t
    LEFT JOIN divided AS d ON d.log_id = t.id
),
-- The first product by rank that belongs to the hour type on that day.
assigned AS (
    SELECT p.id, p.place, a.product_id, row_number() OVER (PARTITION BY p.id, p.place ORDER BY a.rank, a.id) AS choice
    FROM parts AS p
    JOIN care_books.ons_hour_type_product_assignments AS a
        ON a.hour_type_id = p.hour_type_id
        AND (a.begin_date IS NULL OR a.begin_date <= p.day) AND (a.end_date IS NULL OR a.end_date >= p.day)
),
named AS (
    SELECT
        p.*,
        coalesce(h.identification_no, h.description, CAST(p.hour_type_id AS varchar)) AS hour_type,
        pr.product,
        coalesce(ordered.financing_law, own.financing_law) AS financing_law,
        t.cost_center_number AS location
    FROM parts AS p
    LEFT JOIN care_books.ons_hour_types AS h ON h.id = p.hour_type_id
    LEFT JOIN assigned AS a ON a.id = p.id AND a.place = p.place AND a.choice = 1
    LEFT JOIN care_books.products AS pr ON pr.id = a.product_id
    LEFT JOIN care_books.financing_laws AS own ON own.id = pr.finance_type_id
    LEFT JOIN care_books.ons_care_orders AS o ON o.id = p.care_order_object_id
    LEFT JOIN care_books.financing_laws AS ordered ON ordered.id = o.finance_type_id
    LEFT JOIN care_books.ons_teams AS t ON t.id = p.cluster_object_id
),
rated AS (
    SELECT n.id, n.place, r.rate, row_number() OVER (PARTITION BY n.id, n.place ORDER BY r.valid_from DESC) AS choice
    FROM named AS n
    JOIN care_books.rates AS r ON r.kind = 'hours' AND r.code = n.hour_type AND r.valid_from <= n.day
)
SELECT
    'hours' AS kind,
    'presence_logs' AS source,
    n.id AS source_id,
    n.day,
    coalesce(n.product, n.hour_type, '') AS product,
    coalesce(n.financing_law, '') AS financing_law,
    coalesce(n.location, '') AS location,
    coalesce('client ' || n.client_object_id, 'employee ' || n.employee_object_id) AS person,
    n.client_object_id IS NOT NULL AS is_of_client,
    CAST(n.part_seconds AS bigint) AS quantity,
    care_books.rounded(CAST(n.part_seconds AS bigint) * r.rate, 360000) AS cents,
    CASE
        WHEN n.removed THEN 'removed'
        WHEN (told.payment AND n.payment IS NOT TRUE) OR (told.payrolling_activity AND n.payrolling_activity IS NOT TRUE) THEN 'not paid'
        WHEN n.fixed_rate_compensation THEN 'paid at a fixed rate: no work time'
        WHEN n.verified IS NOT TRUE AND s.verified_only THEN 'not verified'
    END AS left_out,
    CASE
        WHEN n.day IS NULL THEN 'no date'
        WHEN n.seconds IS NULL THEN 'no work time'
        WHEN r.rate IS NULL THEN 'no rate'
    END AS problem,
    n.hour_type AS rate_code
FROM named AS n
CROSS JOIN care_books.settings AS s
CROSS JOIN (
    SELECT bool_or(payment) AS payment, bool_or(payrolling_activity) AS payrolling_activity FROM care_books.ons_presence_logs
) AS told
LEFT JOIN rated AS r ON r.id = n.id AND r.place = n.place AND r.choice = 1;
