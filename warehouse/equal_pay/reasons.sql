-- Why something cannot be decided, in words. `all`: whatever is compared; `hours`: what is worked out from hours.
CREATE TABLE equal_pay.reasons AS
SELECT
    company_id, worker_id, year, period,
    'all' AS about,
    'payroll names a worker that is not known, or fits several' AS reason
FROM equal_pay.assignments
WHERE NOT is_known
UNION ALL
SELECT company_id, worker_id, year, period, 'all', 'first and last day of the period are not known (periods.csv)'
FROM equal_pay.assignments
WHERE is_known AND first_day IS NULL
UNION ALL
SELECT company_id, worker_id, year, period, 'all', 'no placement in the period'
FROM equal_pay.assignments
WHERE is_known AND first_day IS NOT NULL AND placements IS NULL
UNION ALL
SELECT company_id, worker_id, year, period, 'all', 'more than one placement in the period'
FROM equal_pay.assignments
WHERE placements > 1
UNION ALL
SELECT company_id, worker_id, year, period, 'all', 'the placement fits more than one worker'
FROM equal_pay.assignments
WHERE workers_that_fit > 1
UNION ALL
SELECT company_id, worker_id, year, period, 'all', 'the placement is for a part of the period only'
FROM equal_pay.assignments
WHERE placements = 1 AND NOT placement_is_whole
UNION ALL
SELECT company_id, worker_id, year, period, 'all', 'more than one hirer fits'
FROM equal_pay.assignments
WHERE placements = 1 AND hirers_that_fit > 1
UNION ALL
SELECT
    a.company_id, a.worker_id, a.year, a.period, 'all',
    CASE
        WHEN a.hirers_that_fit IS NULL THEN 'the hirer is not known, or shares no pay conditions'
        WHEN NOT EXISTS (
            SELECT 1
            FROM equal_pay.hirers AS n
            INNER JOIN pay_conditions.functions AS f
                ON
                    f.company_id = n.agency_id AND f.partner_id = n.partner_id
                    AND (f.function_id = a.job OR lower(f.function_title) = lower(a.job))
            WHERE n.name = lower(a.hirer_in_file)
        ) THEN 'the hirer has no function of this name'
        ELSE 'no version of the hirer with this function applies in the period'
    END
FROM equal_pay.assignments AS a
WHERE a.placements = 1 AND coalesce(a.hirers_that_fit, 1) = 1 AND a.functions IS NULL
UNION ALL
SELECT
    company_id, worker_id, year, period, 'all',
    CASE
        WHEN remunerations > 1 THEN 'the hirer has the function in more than one remuneration'
        WHEN versions > 1 THEN 'two versions in one period'
        ELSE 'the hirer has more than one function of this name'
    END
FROM equal_pay.assignments
WHERE hirers_that_fit = 1 AND functions > 1
UNION ALL
SELECT company_id, worker_id, year, period, 'all', 'the version applies to a part of the period only'
FROM equal_pay.assignments
WHERE hirers_that_fit = 1 AND functions = 1 AND NOT version_is_whole
UNION ALL
SELECT DISTINCT
    company_id, worker_id, year, period, 'all',
    concat('wage code ', coalesce(code, '(none)'), ' is not mapped')
FROM pay_check_payroll.pay
WHERE topic IS NULL
UNION ALL
SELECT DISTINCT company_id, worker_id, year, period, 'all', concat('wage code ', code, ' has no value')
FROM pay_check_payroll.pay
WHERE value IS NULL AND topic <> 'outside'
UNION ALL
SELECT DISTINCT
    a.company_id, a.worker_id, a.year, a.period, 'all',
    concat('payroll run ', CAST(r.number AS text), ' is still open')
FROM equal_pay.assignments AS a
INNER JOIN nmbrs.payroll_runs AS r
    ON
        r.company_id = a.company_id AND r.year = a.year AND a.period BETWEEN r.period_start AND r.period_end
        AND r._sdc_deleted_at IS NULL AND NOT coalesce(r.locked, false)
UNION ALL
-- A correction of several periods, booked on one of them.
SELECT
    a.company_id, a.worker_id, a.year, a.period, 'all',
    concat(
        'payroll run ', CAST(r.run_number AS text),
        ' is about several periods and does not say how much is about which'
    )
FROM equal_pay.assignments AS a
INNER JOIN (
    SELECT company_id, worker_id, payroll_run_id, run_year, run_number, period_start, period_end
    FROM pay_check_payroll.pay
    WHERE period_end > period_start
    GROUP BY company_id, worker_id, payroll_run_id, run_year, run_number, period_start, period_end
    HAVING count(DISTINCT period) = 1
) AS r
    ON
        r.company_id = a.company_id AND r.worker_id = a.worker_id AND r.run_year = a.year
        AND a.period BETWEEN r.period_start AND r.period_end
UNION ALL
SELECT
    company_id, worker_id, year, period, 'hours',
    CASE
        WHEN function_group_id IS NULL THEN 'the function is in no scale'
        WHEN steps IS NULL THEN 'the scale has no step of this name'
        WHEN steps > 1 THEN 'the scale has more than one step of this name'
        ELSE 'the step has no hourly wage'
    END
FROM equal_pay.assignments
WHERE is_placed AND (steps IS NULL OR steps > 1 OR hour_wage IS NULL)
UNION ALL
SELECT DISTINCT
    a.company_id, a.worker_id, a.year, a.period, 'hours',
    CASE
        WHEN i.increase_date IS NULL THEN 'a wage increase without a date may not be in the steps'
        ELSE concat('the wage increase of ', CAST(i.increase_date AS text), ' is not in the steps')
    END
FROM equal_pay.assignments AS a
INNER JOIN pay_conditions.wage_increases AS i
    ON
        i.company_id = a.agency_id AND i.partner_id = a.partner_id AND i.remuneration_id = a.remuneration_id
        AND i.lender_version = a.lender_version
        AND (i.increase_date IS NULL OR i.increase_date <= a.last_day)
        AND NOT coalesce(i.in_steps_already, false)
        AND (i.value <> 0 OR (i.value IS NULL AND i.explanation IS NOT NULL))
LEFT JOIN pay_conditions.component_functions AS c
    ON
        c.company_id = i.company_id AND c.partner_id = i.partner_id AND c.remuneration_id = i.remuneration_id
        AND c.lender_version = i.lender_version AND c.function_id = a.function_id
        AND c.kind = CASE WHEN i.is_retroactive THEN 'retroactive_wage_increment' ELSE 'wage_increment' END
        AND c.component_key = concat('#', CAST(i.position AS text))
WHERE a.is_placed AND (i.functions IS NULL OR c.function_id IS NOT NULL)
UNION ALL
SELECT a.company_id, a.worker_id, a.year, a.period, 'hours', 'payroll has no hours of the period'
FROM equal_pay.assignments AS a
WHERE
    a.is_known
    AND NOT EXISTS (
        SELECT 1
        FROM pay_check_payroll.hours AS h
        WHERE
            h.company_id = a.company_id AND h.worker_id = a.worker_id
            AND h.year = a.year AND h.period = a.period
    )
UNION ALL
SELECT DISTINCT
    company_id, worker_id, year, period, 'hours',
    CASE
        WHEN earns_wage IS NULL THEN concat('hour code ', coalesce(code, '(none)'), ' is not mapped')
        ELSE concat('hour code ', code, ' has no number of hours')
    END
FROM pay_check_payroll.hours
WHERE earns_wage IS NULL OR hours IS NULL;
ANALYZE equal_pay.reasons;

-- The same as one text per worker, period and scope.
CREATE TABLE equal_pay.reasons_in_words AS
SELECT
    company_id, worker_id, year, period,
    string_agg(CASE WHEN about = 'all' THEN reason END, '; ' ORDER BY reason) AS about_all,
    string_agg(CASE WHEN about = 'hours' THEN reason END, '; ' ORDER BY reason) AS about_hours
FROM equal_pay.reasons
GROUP BY company_id, worker_id, year, period;
ANALYZE equal_pay.reasons_in_words;
