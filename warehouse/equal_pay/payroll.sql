-- What both comparisons need of the payroll, made anew each time. Statistics come with each table: PostgreSQL plans by them.
DROP SCHEMA IF EXISTS pay_check_payroll CASCADE;
CREATE SCHEMA pay_check_payroll;

CREATE TABLE pay_check_payroll.companies AS
SELECT c.company_id, c.number AS company_number, c.name AS company_name, p.period_type
FROM nmbrs.companies AS c
LEFT JOIN nmbrs.company_periods AS p ON p.company_id = c.company_id;
ANALYZE pay_check_payroll.companies;

CREATE TABLE pay_check_payroll.workers AS
SELECT c.company_id, c.company_number, e.employee_id AS worker_id, CAST(e.employee_number AS text) AS worker_number
FROM nmbrs.employees AS e
INNER JOIN pay_check_payroll.companies AS c ON c.company_id = e.company_id;
ANALYZE pay_check_payroll.workers;

-- By what files and documents may name a worker: id or number.
CREATE TABLE pay_check_payroll.names AS
SELECT company_id, company_number, worker_id, worker_id AS name FROM pay_check_payroll.workers
UNION
SELECT company_id, company_number, worker_id, worker_number FROM pay_check_payroll.workers WHERE worker_number IS NOT NULL;
ANALYZE pay_check_payroll.names;

-- What codes mean in a company: the row with its id, else with its number, else for all.
CREATE TABLE pay_check_payroll.wage_codes AS
SELECT company_id, code, topic, allowance
FROM (
    SELECT
        c.company_id, m.code, m.topic, m.allowance,
        row_number() OVER (
            PARTITION BY c.company_id, m.code
            ORDER BY CASE WHEN m.company = c.company_id THEN 1 WHEN m.company = '*' THEN 3 ELSE 2 END
        ) AS place
    FROM pay_check_payroll.companies AS c
    INNER JOIN pay_check_files.wage_codes AS m ON m.company IN (c.company_id, c.company_number, '*')
) AS ranked
WHERE place = 1;
ANALYZE pay_check_payroll.wage_codes;

CREATE TABLE pay_check_payroll.hour_codes AS
SELECT company_id, code, wage = 'yes' AS earns_wage, allowance, kind
FROM (
    SELECT
        c.company_id, m.code, m.wage, m.allowance, m.kind,
        row_number() OVER (
            PARTITION BY c.company_id, m.code
            ORDER BY CASE WHEN m.company = c.company_id THEN 1 WHEN m.company = '*' THEN 3 ELSE 2 END
        ) AS place
    FROM pay_check_payroll.companies AS c
    INNER JOIN pay_check_files.hour_codes AS m ON m.company IN (c.company_id, c.company_number, '*')
) AS ranked
WHERE place = 1;
ANALYZE pay_check_payroll.hour_codes;

-- First and last days as users tell them.
CREATE TABLE pay_check_payroll.calendar AS
SELECT company_id, year, period, first_day, last_day
FROM (
    SELECT
        c.company_id, m.year, m.period, m.first_day, m.last_day,
        row_number() OVER (
            PARTITION BY c.company_id, m.year, m.period
            ORDER BY CASE WHEN m.company = c.company_id THEN 1 WHEN m.company = '*' THEN 3 ELSE 2 END
        ) AS place
    FROM pay_check_payroll.companies AS c
    INNER JOIN pay_check_files.periods AS m ON m.company IN (c.company_id, c.company_number, '*')
) AS ranked
WHERE place = 1;
ANALYZE pay_check_payroll.calendar;

-- And of months where they do not. Of all other periods nothing is known.
CREATE TABLE pay_check_payroll.days AS
WITH years AS (
    SELECT company_id, year FROM nmbrs.payroll_runs
    UNION
    SELECT company_id, year FROM nmbrs.payroll_run_wage_codes
    UNION
    SELECT company_id, year FROM nmbrs.variable_hours
    UNION
    SELECT company_id, year FROM nmbrs.fixed_hours
),

months AS (
    SELECT y.company_id, y.year, m.period, make_date(CAST(y.year AS integer), m.period, 1) AS first_day
    FROM years AS y
    INNER JOIN pay_check_payroll.companies AS c ON c.company_id = y.company_id
    CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) AS m (period)
    WHERE c.period_type = 'month' AND y.year IS NOT NULL
)

SELECT company_id, year, period, first_day, last_day FROM pay_check_payroll.calendar
UNION ALL
SELECT
    m.company_id, m.year, m.period, m.first_day,
    CAST(m.first_day + INTERVAL '1 month' - INTERVAL '1 day' AS date)
FROM months AS m
WHERE
    NOT EXISTS (
        SELECT 1
        FROM pay_check_payroll.calendar AS t
        WHERE t.company_id = m.company_id AND t.year = m.year AND t.period = m.period
    );
ANALYZE pay_check_payroll.days;

-- Hours that payroll was told to pay, by code and what it means. Corrections are negative.
CREATE TABLE pay_check_payroll.hours AS
SELECT
    h.company_id, h.employee_id AS worker_id, h.year, h.period,
    CAST(h.hour_code AS text) AS code,
    CAST(h.hours AS decimal(28, 8)) AS hours,
    m.earns_wage, m.allowance, m.kind
FROM (
    SELECT company_id, employee_id, year, period, hour_code, hours FROM nmbrs.variable_hours
    UNION ALL
    SELECT company_id, employee_id, year, period, hour_code, hours FROM nmbrs.fixed_hours
) AS h
LEFT JOIN pay_check_payroll.hour_codes AS m ON m.company_id = h.company_id AND m.code = CAST(h.hour_code AS text);
ANALYZE pay_check_payroll.hours;

-- Calculated wage components, by code and what it means. The document names a worker by id or by number; who fits
-- neither, or more than one, is not known, and keeps the name of the document. Year or period 0: not told.
CREATE TABLE pay_check_payroll.pay AS
WITH unique_names AS (
    SELECT company_id, name, min(worker_id) AS worker_id
    FROM pay_check_payroll.names
    GROUP BY company_id, name
    HAVING count(*) = 1
)

SELECT
    w.company_id,
    coalesce(n.worker_id, w.employee_id, '') AS worker_id,
    n.worker_id IS NOT NULL AS is_known,
    coalesce(w.year, 0) AS year,
    coalesce(w.period, 0) AS period,
    w.payroll_run_id, r.year AS run_year, r.number AS run_number, r.period_start, r.period_end,
    w.code,
    CAST(w.value AS decimal(28, 8)) AS value,
    m.topic,
    m.allowance
FROM nmbrs.payroll_run_wage_codes AS w
LEFT JOIN unique_names AS n ON n.company_id = w.company_id AND n.name = w.employee_id
LEFT JOIN nmbrs.payroll_runs AS r ON r.company_id = w.company_id AND r.payroll_run_id = w.payroll_run_id
LEFT JOIN pay_check_payroll.wage_codes AS m ON m.company_id = w.company_id AND m.code = w.code
WHERE r._sdc_deleted_at IS NULL;
ANALYZE pay_check_payroll.pay;
