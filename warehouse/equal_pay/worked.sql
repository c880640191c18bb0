-- Who a worker is in Ons, by id or number there; how many workers an employee of Ons is, which should be one.
CREATE TABLE worked_hours.people AS
SELECT
    ons_employee_id, company_id, worker_id,
    count(*) OVER (PARTITION BY ons_employee_id) AS workers_that_fit
FROM (
    SELECT DISTINCT e.id AS ons_employee_id, n.company_id, n.worker_id
    FROM pay_check_files.ons_workers AS m
    INNER JOIN pay_check_payroll.names AS n
        ON n.name = m.worker AND (m.company = '*' OR m.company = n.company_id OR m.company = n.company_number)
    INNER JOIN ons.employees AS e ON m.ons_employee IN (CAST(e.id AS text), e.identification_no)
) AS told;
ANALYZE worked_hours.people;

-- Presence logs that count for payroll, on the day on which they begin in Amsterdam: not what is removed, not paid, or paid
-- at a fixed rate. Ons may leave out what is false. Times count where there are times, else the duration. `told_seconds`
-- is the work time that Ons worked out itself.
CREATE TABLE worked_hours.logs AS
SELECT
    l.id AS log_id,
    l.employee_object_id AS ons_employee_id,
    coalesce(l.date, CAST(l.start_date AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam' AS date)) AS day,
    coalesce(l.payment, false) AND coalesce(l.payrolling_activity, false)
    AND NOT coalesce(l.removed, false) AND NOT coalesce(l.fixed_rate_compensation, false) AS counts,
    coalesce(l.verified, false) AS is_verified,
    CAST(l.activity_object_id AS text) AS hour_type,
    m.kind,
    m.unit,
    coalesce(l.has_real_time, false) AS has_real_time,
    CASE WHEN l.has_real_time THEN CAST(extract(EPOCH FROM l.start_date) AS bigint) END AS start_second,
    CASE WHEN l.has_real_time THEN CAST(extract(EPOCH FROM l.end_date) AS bigint) END AS end_second,
    CASE WHEN NOT coalesce(l.has_real_time, false) THEN l.duration * u.seconds END AS duration_seconds,
    l.calculated_worktime_amount * u.seconds AS told_seconds
FROM ons.presence_logs AS l
LEFT JOIN pay_check_files.ons_hours AS m ON m.source = 'hour_type' AND m.code = CAST(l.activity_object_id AS text)
LEFT JOIN (VALUES ('seconds', 1), ('minutes', 60), ('hours', 3600)) AS u (unit, seconds) ON u.unit = m.unit;
ANALYZE worked_hours.logs;

-- The same with the worker and the payroll period of the day; 0 is not known. Of who is no worker, the calendar month.
CREATE TABLE worked_hours.dated AS
SELECT
    l.*,
    p.company_id,
    p.worker_id,
    p.workers_that_fit,
    coalesce(
        t.year,
        CASE WHEN p.worker_id IS NULL OR c.period_type = 'month' THEN CAST(extract(YEAR FROM l.day) AS bigint) END,
        0
    ) AS year,
    coalesce(
        t.period,
        CASE WHEN p.worker_id IS NULL OR c.period_type = 'month' THEN CAST(extract(MONTH FROM l.day) AS bigint) END,
        0
    ) AS period
FROM worked_hours.logs AS l
LEFT JOIN worked_hours.people AS p ON p.ons_employee_id = l.ons_employee_id
LEFT JOIN pay_check_payroll.companies AS c ON c.company_id = p.company_id
LEFT JOIN pay_check_payroll.calendar AS t ON t.company_id = p.company_id AND l.day BETWEEN t.first_day AND t.last_day
WHERE l.counts;
ANALYZE worked_hours.dated;

-- Work by the clock. Logs of one time, as of a group, are one time.
CREATE TABLE worked_hours.times AS
SELECT
    company_id, worker_id, year, period, kind, kinds, start_second, end_second, told_seconds,
    start_second < max(end_second) OVER (
        PARTITION BY company_id, worker_id
        ORDER BY start_second, end_second ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS is_double
FROM (
    SELECT
        company_id, worker_id, year, period, start_second, end_second,
        min(kind) AS kind,
        count(DISTINCT kind) AS kinds,
        CASE WHEN count(*) = count(told_seconds) THEN sum(told_seconds) END AS told_seconds
    FROM worked_hours.dated
    WHERE worker_id IS NOT NULL AND kind <> 'outside' AND end_second >= start_second
    GROUP BY company_id, worker_id, year, period, start_second, end_second
) AS distinct_times;
ANALYZE worked_hours.times;

-- Hours with an allowance for irregular hours, in the same way.
CREATE TABLE worked_hours.irregular_times AS
SELECT
    company_id, worker_id, year, period, percentage, kind, start_second, end_second,
    start_second < max(end_second) OVER (
        PARTITION BY company_id, worker_id, percentage
        ORDER BY start_second, end_second ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS is_double
FROM (
    SELECT DISTINCT
        d.company_id, d.worker_id, d.year, d.period, i.percentage, m.kind, i.start_second, i.end_second
    FROM worked_hours.dated AS d
    INNER JOIN worked_hours.irregular AS i ON i.log_id = d.log_id
    LEFT JOIN pay_check_files.ons_hours AS m ON m.source = 'irregular' AND m.code = i.percentage
    WHERE d.worker_id IS NOT NULL
) AS distinct_times;
ANALYZE worked_hours.irregular_times;

CREATE TABLE worked_hours.worker_periods AS
SELECT w.company_id, w.worker_id, w.year, w.period, d.first_day, d.last_day
FROM (
    SELECT company_id, worker_id, year, period FROM pay_check_payroll.pay
    UNION
    SELECT company_id, worker_id, coalesce(year, 0), coalesce(period, 0) FROM pay_check_payroll.hours
    UNION
    SELECT company_id, worker_id, year, period FROM worked_hours.dated WHERE worker_id IS NOT NULL
) AS w
LEFT JOIN pay_check_payroll.days AS d ON d.company_id = w.company_id AND d.year = w.year AND d.period = w.period;
ANALYZE worked_hours.worker_periods;

-- Kinds of hours that are compared, and whether they are allowances for irregular hours.
CREATE TABLE worked_hours.kinds AS
SELECT kind, bool_or(is_irregular) AS is_irregular
FROM (
    SELECT kind, source = 'irregular' AS is_irregular FROM pay_check_files.ons_hours
    UNION ALL
    SELECT kind, false FROM pay_check_files.hour_codes WHERE kind IS NOT NULL
) AS told
WHERE kind <> 'outside'
GROUP BY kind;
ANALYZE worked_hours.kinds;

-- Why something cannot be decided, in words.
CREATE TABLE worked_hours.reasons AS
SELECT w.company_id, w.worker_id, w.year, w.period, 'the worker is no employee of Ons (ons_workers.csv)' AS reason
FROM worked_hours.worker_periods AS w
WHERE
    NOT EXISTS (
        SELECT 1 FROM worked_hours.people AS p WHERE p.company_id = w.company_id AND p.worker_id = w.worker_id
    )
UNION ALL
SELECT DISTINCT w.company_id, w.worker_id, w.year, w.period, 'an employee of Ons is more than one worker'
FROM worked_hours.worker_periods AS w
INNER JOIN worked_hours.people AS p ON p.company_id = w.company_id AND p.worker_id = w.worker_id
WHERE p.workers_that_fit > 1
UNION ALL
SELECT company_id, worker_id, year, period, 'first and last day of the period are not known (periods.csv)'
FROM worked_hours.worker_periods
WHERE first_day IS NULL
UNION ALL
SELECT w.company_id, w.worker_id, w.year, w.period, 'Ons was read from a later day on'
FROM worked_hours.worker_periods AS w
WHERE w.first_day < coalesce((SELECT min(day) FROM worked_hours.logs), DATE '9999-12-31')
UNION ALL
SELECT w.company_id, w.worker_id, w.year, w.period, 'Ons was read before the period was over'
FROM worked_hours.worker_periods AS w
WHERE
    w.last_day >= (
        SELECT CAST(max(_ons_synced_at) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam' AS date) FROM ons.presence_logs
    )
UNION ALL
SELECT w.company_id, w.worker_id, w.year, w.period, 'Ons does not tell of any log whether it is paid'
FROM worked_hours.worker_periods AS w
WHERE NOT EXISTS (SELECT 1 FROM ons.presence_logs WHERE payment AND payrolling_activity)
UNION ALL
SELECT w.company_id, w.worker_id, w.year, w.period, 'payroll has no hours of the period'
FROM worked_hours.worker_periods AS w
WHERE
    NOT EXISTS (
        SELECT 1
        FROM pay_check_payroll.hours AS h
        WHERE
            h.company_id = w.company_id AND h.worker_id = w.worker_id AND h.year = w.year AND h.period = w.period
    )
UNION ALL
SELECT DISTINCT
    company_id, worker_id, coalesce(year, 0), coalesce(period, 0),
    CASE
        WHEN earns_wage IS NULL THEN concat('hour code ', coalesce(code, '(none)'), ' is not mapped')
        WHEN kind IS NULL THEN concat('hour code ', code, ' has no kind')
        ELSE concat('hour code ', code, ' has no number of hours')
    END
FROM pay_check_payroll.hours
WHERE earns_wage IS NULL OR kind IS NULL OR hours IS NULL
UNION ALL
SELECT DISTINCT
    company_id, worker_id, year, period,
    CASE
        WHEN NOT is_verified THEN 'hours are not verified in Ons'
        WHEN kind IS NULL THEN concat('hour type ', coalesce(hour_type, '(none)'), ' of Ons is not mapped')
        WHEN kind = 'outside' THEN NULL
        WHEN NOT has_real_time AND unit IS NULL THEN concat('the unit of hour type ', hour_type, ' of Ons is not told')
        WHEN coalesce(end_second - start_second, duration_seconds, -1) < 0 THEN 'a log of Ons has no work time'
    END
FROM worked_hours.dated
WHERE worker_id IS NOT NULL
UNION ALL
SELECT DISTINCT
    company_id, worker_id, year, period,
    CASE
        WHEN is_double THEN 'logs of Ons overlap'
        WHEN kinds > 1 THEN 'logs of one time are of different kinds'
        ELSE 'the work time that Ons worked out is not that of the times'
    END
FROM worked_hours.times
WHERE is_double OR kinds > 1 OR told_seconds <> end_second - start_second
UNION ALL
SELECT DISTINCT
    company_id, worker_id, year, period,
    CASE
        WHEN kind IS NULL THEN concat('irregular hours of ', percentage, ' % are not mapped')
        ELSE concat('irregular hours of ', percentage, ' % overlap')
    END
FROM worked_hours.irregular_times
WHERE kind IS NULL OR is_double;
ANALYZE worked_hours.reasons;

-- The answer: hours worked by kind, hours paid, and the difference; hours in hundredths. Every worker with pay, hours or
-- logs in a period has a row per kind; employees of Ons who are no worker have one a month.
CREATE TABLE worked_hours.comparison AS
WITH worked AS (
    SELECT company_id, worker_id, year, period, kind, sum(seconds) AS seconds
    FROM (
        SELECT company_id, worker_id, year, period, kind, end_second - start_second AS seconds
        FROM worked_hours.times
        UNION ALL
        SELECT company_id, worker_id, year, period, kind, duration_seconds
        FROM worked_hours.dated
        WHERE worker_id IS NOT NULL
        UNION ALL
        SELECT company_id, worker_id, year, period, kind, end_second - start_second
        FROM worked_hours.irregular_times
    ) AS times
    GROUP BY company_id, worker_id, year, period, kind
),

paid AS (
    SELECT company_id, worker_id, coalesce(year, 0) AS year, coalesce(period, 0) AS period, kind, sum(hours) AS hours
    FROM pay_check_payroll.hours
    GROUP BY company_id, worker_id, coalesce(year, 0), coalesce(period, 0), kind
),

judged AS (
    SELECT
        w.company_id, w.worker_id, w.year, w.period, w.first_day, w.last_day, k.kind,
        -- A little more than one 3600th: what ends on half a hundredth goes up, as by hand.
        CAST(round(CAST(coalesce(o.seconds, 0) AS decimal(14, 0)) * 0.000277777777777777777778, 2) AS decimal(18, 2))
        AS worked,
        CAST(coalesce(p.hours, 0) AS decimal(18, 2)) AS paid,
        nullif(concat_ws(
            '; ', r.reasons,
            CASE
                WHEN k.is_irregular AND NOT EXISTS (SELECT 1 FROM worked_hours.irregular)
                    THEN 'irregular hours were not read (presence_logs_extended)'
            END
        ), '') AS reason
    FROM worked_hours.worker_periods AS w
    CROSS JOIN worked_hours.kinds AS k
    LEFT JOIN worked AS o
        ON
            o.company_id = w.company_id AND o.worker_id = w.worker_id AND o.year = w.year AND o.period = w.period
            AND o.kind = k.kind
    LEFT JOIN paid AS p
        ON
            p.company_id = w.company_id AND p.worker_id = w.worker_id AND p.year = w.year AND p.period = w.period
            AND p.kind = k.kind
    LEFT JOIN (
        SELECT company_id, worker_id, year, period, string_agg(reason, '; ' ORDER BY reason) AS reasons
        FROM worked_hours.reasons
        GROUP BY company_id, worker_id, year, period
    ) AS r ON r.company_id = w.company_id AND r.worker_id = w.worker_id AND r.year = w.year AND r.period = w.period
)

SELECT
    j.company_id, n.company_number, j.worker_id, n.worker_number,
    CAST(NULL AS bigint) AS ons_employee_id,
    j.year, j.period,
    j.first_day AS period_from,
    j.last_day AS period_until,
    j.kind,
    CASE WHEN j.reason IS NULL THEN 'decided' ELSE 'undecided' END AS status,
    CASE WHEN j.reason IS NULL THEN j.worked END AS worked,
    CASE WHEN j.reason IS NULL THEN j.paid END AS paid,
    CASE WHEN j.reason IS NULL THEN j.worked - j.paid END AS difference,
    j.reason
FROM judged AS j
LEFT JOIN pay_check_payroll.workers AS n ON n.company_id = j.company_id AND n.worker_id = j.worker_id
UNION ALL
SELECT DISTINCT
    CAST(NULL AS text), CAST(NULL AS text), CAST(NULL AS text), CAST(NULL AS text), ons_employee_id, year, period,
    CAST(NULL AS date), CAST(NULL AS date), CAST(NULL AS text), 'undecided',
    CAST(NULL AS decimal(18, 2)), CAST(NULL AS decimal(18, 2)), CAST(NULL AS decimal(18, 2)),
    'the employee of Ons is no worker (ons_workers.csv)'
FROM worked_hours.dated
WHERE worker_id IS NULL;
