-- Every worker with pay in a period, and the days of it on which the worker was employed.
CREATE TABLE equal_pay.worker_periods AS
WITH paid AS (
    SELECT company_id, worker_id, year, period, bool_and(is_known) AS is_known
    FROM pay_check_payroll.pay
    GROUP BY company_id, worker_id, year, period
),

employed AS (
    SELECT
        p.company_id, p.worker_id, p.year, p.period,
        min(greatest(d.first_day, e.start_date)) AS first_day,
        max(least(d.last_day, e.end_date)) AS last_day
    FROM paid AS p
    INNER JOIN pay_check_payroll.days AS d ON d.company_id = p.company_id AND d.year = p.year AND d.period = p.period
    INNER JOIN nmbrs.employments AS e
        ON
            e.company_id = p.company_id AND e.employee_id = p.worker_id
            AND e.start_date <= d.last_day AND (e.end_date IS NULL OR e.end_date >= d.first_day)
    GROUP BY p.company_id, p.worker_id, p.year, p.period
)

SELECT
    p.company_id, p.worker_id, w.worker_number, w.company_number, p.year, p.period, p.is_known,
    d.first_day AS period_from,
    d.last_day AS period_until,
    coalesce(e.first_day, d.first_day) AS first_day,
    coalesce(e.last_day, d.last_day) AS last_day
FROM paid AS p
LEFT JOIN pay_check_payroll.workers AS w ON w.company_id = p.company_id AND w.worker_id = p.worker_id
LEFT JOIN pay_check_payroll.days AS d ON d.company_id = p.company_id AND d.year = p.year AND d.period = p.period
LEFT JOIN employed AS e
    ON e.company_id = p.company_id AND e.worker_id = p.worker_id AND e.year = p.year AND e.period = p.period;
ANALYZE equal_pay.worker_periods;

-- Rows of placements.csv with the workers that they fit; each should fit one.
CREATE TABLE equal_pay.placements AS
SELECT
    m.company, m.worker, m.hirer, m.job, m.step, m.from_date, m.until_date,
    n.company_id, n.worker_id,
    count(n.worker_id) OVER (
        PARTITION BY m.company, m.worker, m.hirer, m.job, m.from_date
    ) AS workers_that_fit
FROM pay_check_files.placements AS m
LEFT JOIN pay_check_payroll.names AS n
    ON n.name = m.worker AND (m.company = '*' OR m.company = n.company_id OR m.company = n.company_number);
ANALYZE equal_pay.placements;

-- By what the file may name a hirer: id, name, or both ids where agency companies share one.
CREATE TABLE equal_pay.hirers AS
SELECT company_id AS agency_id, partner_id, lower(partner_id) AS name FROM pay_conditions.versions
UNION
SELECT company_id, partner_id, lower(concat(company_id, '/', partner_id)) FROM pay_conditions.versions
UNION
SELECT company_id, partner_id, lower(hirer) FROM pay_conditions.versions WHERE hirer IS NOT NULL;
ANALYZE equal_pay.hirers;

-- Where each of them worked, and which function of which version of whose conditions that is. Counts above one, and
-- what is null, say what cannot be decided; the names are those of the only one that fits.
CREATE TABLE equal_pay.assignments AS
WITH placed AS (
    SELECT
        w.company_id, w.worker_id, w.year, w.period, w.first_day, w.last_day,
        count(*) AS placements,
        max(p.workers_that_fit) AS workers_that_fit,
        min(p.hirer) AS hirer,
        min(p.job) AS job,
        min(p.step) AS step,
        bool_and(p.from_date <= w.first_day AND (p.until_date IS NULL OR p.until_date >= w.last_day)) AS is_whole
    FROM equal_pay.worker_periods AS w
    INNER JOIN equal_pay.placements AS p
        ON
            p.company_id = w.company_id AND p.worker_id = w.worker_id
            AND p.from_date <= w.last_day AND (p.until_date IS NULL OR p.until_date >= w.first_day)
    GROUP BY w.company_id, w.worker_id, w.year, w.period, w.first_day, w.last_day
),

found AS (
    SELECT
        p.company_id, p.worker_id, p.year, p.period,
        count(DISTINCT f.remuneration_id) AS remunerations,
        count(DISTINCT f.lender_version) AS versions,
        count(*) AS functions,
        min(f.company_id) AS agency_id,
        min(f.partner_id) AS partner_id,
        min(f.hirer) AS hirer_name,
        min(f.remuneration_id) AS remuneration_id,
        min(f.lender_version) AS lender_version,
        min(f.function_group_id) AS function_group_id,
        min(f.scale_name) AS scale_name,
        min(f.function_id) AS function_id,
        min(f.function_title) AS function_title,
        bool_and(
            (f.valid_from IS NULL OR f.valid_from <= p.first_day)
            AND (f.valid_until IS NULL OR f.valid_until >= p.last_day)
        ) AS is_whole
    FROM placed AS p
    INNER JOIN equal_pay.hirers AS h ON h.name = lower(p.hirer)
    INNER JOIN pay_conditions.functions AS f
        ON
            f.company_id = h.agency_id AND f.partner_id = h.partner_id
            AND (f.function_id = p.job OR lower(f.function_title) = lower(p.job))
            AND (f.valid_from IS NULL OR f.valid_from <= p.last_day)
            AND (f.valid_until IS NULL OR f.valid_until >= p.first_day)
    WHERE p.placements = 1
    GROUP BY p.company_id, p.worker_id, p.year, p.period
),

stepped AS (
    SELECT
        f.company_id, f.worker_id, f.year, f.period,
        count(*) AS steps,
        min(s.step_name) AS step_name,
        min(CAST(s.hour_wage AS decimal(28, 8))) AS hour_wage
    FROM found AS f
    INNER JOIN placed AS p
        ON p.company_id = f.company_id AND p.worker_id = f.worker_id AND p.year = f.year AND p.period = f.period
    INNER JOIN pay_conditions.steps AS s
        ON
            s.company_id = f.agency_id AND s.partner_id = f.partner_id AND s.remuneration_id = f.remuneration_id
            AND s.lender_version = f.lender_version AND s.function_group_id = f.function_group_id
            AND s.function_id = f.function_id AND lower(s.step_name) = lower(p.step)
    WHERE f.functions = 1
    GROUP BY f.company_id, f.worker_id, f.year, f.period
)

SELECT
    w.*,
    p.placements,
    p.workers_that_fit,
    p.is_whole AS placement_is_whole,
    p.hirer AS hirer_in_file,
    p.job,
    p.step,
    n.hirers_that_fit,
    f.remunerations,
    f.versions,
    f.functions,
    f.is_whole AS version_is_whole,
    f.agency_id, f.partner_id, f.hirer_name, f.remuneration_id, f.lender_version,
    f.function_group_id, f.scale_name, f.function_id, f.function_title,
    s.steps,
    s.step_name,
    s.hour_wage,
    coalesce(
        p.placements = 1 AND p.workers_that_fit = 1 AND p.is_whole
        AND n.hirers_that_fit = 1 AND f.functions = 1 AND f.is_whole,
        false
    ) AS is_placed
FROM equal_pay.worker_periods AS w
LEFT JOIN placed AS p
    ON p.company_id = w.company_id AND p.worker_id = w.worker_id AND p.year = w.year AND p.period = w.period
LEFT JOIN (SELECT name, count(*) AS hirers_that_fit FROM equal_pay.hirers GROUP BY name) AS n ON n.name = lower(p.hirer)
LEFT JOIN found AS f
    ON f.company_id = w.company_id AND f.worker_id = w.worker_id AND f.year = w.year AND f.period = w.period
LEFT JOIN stepped AS s
    ON s.company_id = w.company_id AND s.worker_id = w.worker_id AND s.year = w.year AND s.period = w.period;
ANALYZE equal_pay.assignments;
