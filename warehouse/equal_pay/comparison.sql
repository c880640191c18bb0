-- The answer: what was due, what was paid, the difference, and the rule. Every worker with pay in a period has a row per
-- topic, for allowances one per allowance. Without a decision there is no difference; `paid` is null where a wage code is
-- not mapped, because it may be anything.
CREATE TABLE equal_pay.comparison AS
SELECT
    a.company_id, a.company_number, a.worker_id, a.worker_number, a.year, a.period, a.period_from, a.period_until,
    l.topic,
    l.item,
    CASE WHEN l.reason IS NULL THEN 'decided' ELSE 'undecided' END AS status,
    CASE WHEN l.reason IS NULL THEN l.due END AS due,
    CASE WHEN u.worker_id IS NULL THEN l.paid END AS paid,
    CASE WHEN l.reason IS NULL THEN l.due - l.paid END AS difference,
    l.reason,
    CASE WHEN l.reason IS NULL THEN l.hours END AS hours,
    CASE WHEN l.reason IS NULL THEN l.rate END AS rate,
    CASE WHEN l.reason IS NULL THEN l.rate_of END AS rate_of,
    CASE WHEN l.reason IS NULL THEN l.base END AS base,
    coalesce(a.hirer_name, a.hirer_in_file) AS hirer,
    a.job,
    CASE WHEN a.is_placed THEN a.remuneration_id END AS document,
    CASE WHEN a.is_placed THEN a.lender_version END AS version,
    l.line,
    l.conditions
FROM (
    SELECT * FROM equal_pay.wage_lines
    UNION ALL
    SELECT * FROM equal_pay.allowance_lines
    UNION ALL
    SELECT * FROM equal_pay.percentage_lines
) AS l
INNER JOIN equal_pay.assignments AS a
    ON a.company_id = l.company_id AND a.worker_id = l.worker_id AND a.year = l.year AND a.period = l.period
LEFT JOIN (
    SELECT DISTINCT company_id, worker_id, year, period
    FROM pay_check_payroll.pay
    WHERE topic IS NULL OR (value IS NULL AND topic <> 'outside')
) AS u
    ON u.company_id = l.company_id AND u.worker_id = l.worker_id AND u.year = l.year AND u.period = l.period;

-- Rows of the files that fit nothing, or too much.
CREATE TABLE equal_pay.mapping_problems AS
SELECT
    'placements' AS file,
    concat_ws(', ', company, worker, hirer, job, step, CAST(from_date AS text)) AS row_in_file,
    'payroll has no such worker' AS problem
FROM equal_pay.placements
WHERE company_id IS NULL
UNION ALL
SELECT DISTINCT
    'placements', concat_ws(', ', company, worker, hirer, job, step, CAST(from_date AS text)), 'it fits more than one worker'
FROM equal_pay.placements
WHERE workers_that_fit > 1
UNION ALL
SELECT
    'placements',
    concat_ws(', ', m.company, m.worker, m.hirer, m.job, m.step, CAST(m.from_date AS text)),
    'no version of the hirer has such a function with such a step'
FROM pay_check_files.placements AS m
WHERE NOT EXISTS (
    SELECT 1
    FROM equal_pay.hirers AS h
    INNER JOIN pay_conditions.steps AS s
        ON
            s.company_id = h.agency_id AND s.partner_id = h.partner_id
            AND (s.function_id = m.job OR lower(s.function_title) = lower(m.job))
            AND lower(s.step_name) = lower(m.step)
    WHERE h.name = lower(m.hirer)
)
UNION ALL
SELECT
    'placements',
    concat_ws(', ', company, worker, hirer, job, step, CAST(from_date AS text)),
    'it ends before it begins'
FROM pay_check_files.placements
WHERE until_date < from_date
UNION ALL
SELECT 'wage_codes', concat_ws(', ', company, code, topic, allowance), 'payroll has no such company'
FROM pay_check_files.wage_codes AS m
WHERE
    company <> '*'
    AND NOT EXISTS (SELECT 1 FROM pay_check_payroll.companies AS c WHERE m.company IN (c.company_id, c.company_number))
UNION ALL
SELECT 'hour_codes', concat_ws(', ', company, code, wage, allowance, kind), 'payroll has no such company'
FROM pay_check_files.hour_codes AS m
WHERE
    company <> '*'
    AND NOT EXISTS (SELECT 1 FROM pay_check_payroll.companies AS c WHERE m.company IN (c.company_id, c.company_number));
