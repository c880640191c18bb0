-- What the hirer arranged on the topics that are compared. A line without an amount, a unit or words says nothing.
-- A name that several lines have names none of them; then the line's key does.
CREATE TABLE equal_pay.arranged AS
SELECT
    a.company_id, a.worker_id, a.year, a.period,
    CASE c.kind
        WHEN 'budget' THEN 'individual_choice_budget'
        WHEN 'working_hours_reduction' THEN 'working_time_reduction'
        ELSE c.topic
    END AS topic,
    c.kind, c.component_key AS line, c.name,
    CASE
        WHEN count(*) OVER (PARTITION BY a.company_id, a.worker_id, a.year, a.period, c.topic, lower(c.name)) = 1
            THEN lower(c.name)
    END AS unique_name,
    CAST(c.amount AS decimal(28, 8)) AS amount,
    c.unit, c.based_on, c.interval_amount, c.interval_unit, c.in_words_only, c.in_budget_total,
    c.days, CAST(c.time_from AS text) AS time_from, CAST(c.time_to AS text) AS time_to, c.description, c.conditions
FROM equal_pay.assignments AS a
INNER JOIN pay_conditions.arrangements AS c
    ON
        c.company_id = a.agency_id AND c.partner_id = a.partner_id AND c.remuneration_id = a.remuneration_id
        AND c.lender_version = a.lender_version
        AND c.function_group_id IS NOT DISTINCT FROM a.function_group_id
        AND c.function_id IS NOT DISTINCT FROM a.function_id
WHERE
    a.is_placed
    AND (c.topic IN ('allowance', 'holiday_allowance') OR c.kind IN ('budget', 'working_hours_reduction'))
    AND NOT (
        coalesce(c.amount, 0) = 0 AND c.unit IS NULL AND NOT c.in_words_only
        AND c.description IS NULL AND c.conditions IS NULL
    );
ANALYZE equal_pay.arranged;

-- The topics of every worker and period, and whether the document could tell anything about them.
CREATE TABLE equal_pay.topics AS
SELECT
    a.company_id, a.worker_id, a.year, a.period, a.is_placed, t.topic,
    n.block IS NOT NULL AS is_not_recorded
FROM equal_pay.assignments AS a
CROSS JOIN (
    VALUES
    ('wage', NULL),
    ('allowance', 'allowances'),
    ('holiday_allowance', 'holidayAllowances'),
    ('individual_choice_budget', 'individualChoiceBudget'),
    ('working_time_reduction', 'leave')
) AS t (topic, block)
LEFT JOIN pay_conditions.blocks_not_recorded AS n
    ON
        n.company_id = a.agency_id AND n.partner_id = a.partner_id AND n.remuneration_id = a.remuneration_id
        AND n.lender_version = a.lender_version AND n.block = t.block;
ANALYZE equal_pay.topics;

-- The hourly wage times the hours that earn it.
CREATE TABLE equal_pay.wage_lines AS
SELECT
    a.company_id, a.worker_id, a.year, a.period, 'wage' AS topic,
    CAST(NULL AS text) AS item,
    CASE WHEN a.is_placed AND a.steps = 1 THEN concat(a.scale_name, ' / ', a.step_name) END AS line,
    h.hours,
    a.hour_wage AS rate,
    'an hour' AS rate_of,
    CAST(NULL AS decimal(18, 2)) AS base,
    CAST(round(h.hours * a.hour_wage, 2) AS decimal(18, 2)) AS due,
    p.paid,
    nullif(concat_ws('; ', r.about_all, r.about_hours), '') AS reason,
    CAST(NULL AS text) AS conditions
FROM equal_pay.assignments AS a
LEFT JOIN (
    SELECT
        company_id, worker_id, year, period,
        CAST(coalesce(sum(hours) FILTER (WHERE earns_wage), 0) AS decimal(28, 8)) AS hours
    FROM pay_check_payroll.hours
    GROUP BY company_id, worker_id, year, period
) AS h ON h.company_id = a.company_id AND h.worker_id = a.worker_id AND h.year = a.year AND h.period = a.period
LEFT JOIN (
    SELECT
        company_id, worker_id, year, period,
        CAST(coalesce(sum(value) FILTER (WHERE topic = 'wage'), 0) AS decimal(18, 2)) AS paid
    FROM pay_check_payroll.pay
    GROUP BY company_id, worker_id, year, period
) AS p ON p.company_id = a.company_id AND p.worker_id = a.worker_id AND p.year = a.year AND p.period = a.period
LEFT JOIN equal_pay.reasons_in_words AS r
    ON r.company_id = a.company_id AND r.worker_id = a.worker_id AND r.year = a.year AND r.period = a.period;
ANALYZE equal_pay.wage_lines;

-- By what codes call allowances: the line that is meant, or none if the hirer has none of this name, or several.
CREATE TABLE equal_pay.allowance_names AS
SELECT n.company_id, n.worker_id, n.year, n.period, n.allowance, min(r.line) AS line
FROM (
    SELECT company_id, worker_id, year, period, allowance FROM pay_check_payroll.pay WHERE topic = 'allowance'
    UNION
    SELECT company_id, worker_id, year, period, allowance FROM pay_check_payroll.hours WHERE allowance IS NOT NULL
) AS n
LEFT JOIN equal_pay.arranged AS r
    ON
        r.company_id = n.company_id AND r.worker_id = n.worker_id AND r.year = n.year AND r.period = n.period
        AND r.topic = 'allowance' AND lower(n.allowance) IN (lower(r.line), r.unique_name)
GROUP BY n.company_id, n.worker_id, n.year, n.period, n.allowance;
ANALYZE equal_pay.allowance_names;

-- Hours and pay by the line that their codes name, or by the name in the codes.
CREATE TABLE equal_pay.allowance_amounts AS
SELECT
    company_id, worker_id, year, period, line, item,
    CAST(coalesce(sum(hours), 0) AS decimal(28, 8)) AS hours,
    CAST(coalesce(sum(paid), 0) AS decimal(18, 2)) AS paid
FROM (
    SELECT
        n.company_id, n.worker_id, n.year, n.period, n.line,
        CASE WHEN n.line IS NULL THEN n.allowance END AS item,
        h.hours,
        CAST(NULL AS decimal(28, 8)) AS paid
    FROM equal_pay.allowance_names AS n
    INNER JOIN pay_check_payroll.hours AS h
        ON
            h.company_id = n.company_id AND h.worker_id = n.worker_id AND h.year = n.year AND h.period = n.period
            AND h.allowance = n.allowance
    UNION ALL
    SELECT
        n.company_id, n.worker_id, n.year, n.period, n.line,
        CASE WHEN n.line IS NULL THEN n.allowance END,
        NULL,
        p.value
    FROM equal_pay.allowance_names AS n
    INNER JOIN pay_check_payroll.pay AS p
        ON
            p.company_id = n.company_id AND p.worker_id = n.worker_id AND p.year = n.year AND p.period = n.period
            AND p.allowance = n.allowance AND p.topic = 'allowance'
) AS amounts
GROUP BY company_id, worker_id, year, period, line, item;
ANALYZE equal_pay.allowance_amounts;

-- Allowances: a percentage of the hourly wage, or an amount, for each hour of the codes that are mapped to them.
CREATE TABLE equal_pay.allowance_lines AS
WITH judged AS (
    SELECT
        r.company_id, r.worker_id, r.year, r.period, r.name AS item, r.line,
        coalesce(m.hours, CAST(0 AS decimal(28, 8))) AS hours,
        CASE
            WHEN r.unit = 'Percentage' THEN CAST(a.hour_wage * r.amount * 0.01 AS decimal(28, 10))
            ELSE r.amount
        END AS rate,
        coalesce(m.paid, CAST(0 AS decimal(18, 2))) AS paid,
        nullif(concat_ws(
            '; ', w.about_all, w.about_hours,
            CASE
                WHEN r.in_words_only THEN 'it is in words only'
                WHEN r.amount IS NULL THEN 'it has no amount'
                WHEN r.unit IS NULL OR r.unit NOT IN ('Percentage', 'Amount')
                    THEN concat('its unit is ', coalesce(r.unit, 'not recorded'))
                WHEN r.interval_unit IS NOT NULL AND r.interval_unit <> 'Hourly'
                    THEN concat('it is not by the hour: ', r.interval_unit)
                WHEN r.interval_unit IS NULL AND r.unit = 'Amount' THEN 'it does not say per what'
                WHEN coalesce(r.interval_amount, 1) NOT IN (0, 1) THEN 'it is for more than one hour at a time'
                WHEN r.unit = 'Percentage' AND coalesce(r.based_on, '') NOT IN ('GrossSalary', 'BaseWage')
                    THEN concat('it is a percentage of ', coalesce(r.based_on, 'what is not recorded'))
                WHEN r.unit = 'Percentage' AND r.amount > 0 AND r.amount < 1
                    THEN 'a percentage below 1 may be a fraction'
                WHEN r.in_budget_total THEN 'it is in the individual choice budget'
                WHEN NOT EXISTS (
                    SELECT 1
                    FROM pay_check_payroll.hour_codes AS h
                    WHERE h.company_id = r.company_id AND lower(h.allowance) IN (lower(r.line), r.unique_name)
                ) THEN 'no hour code is mapped to it'
            END
        ), '') AS reason,
        nullif(concat_ws(' ', r.days, r.time_from, r.time_to, r.description, r.conditions), '') AS conditions
    FROM equal_pay.arranged AS r
    INNER JOIN equal_pay.assignments AS a
        ON a.company_id = r.company_id AND a.worker_id = r.worker_id AND a.year = r.year AND a.period = r.period
    LEFT JOIN equal_pay.allowance_amounts AS m
        ON
            m.company_id = r.company_id AND m.worker_id = r.worker_id AND m.year = r.year AND m.period = r.period
            AND m.line = r.line
    LEFT JOIN equal_pay.reasons_in_words AS w
        ON w.company_id = r.company_id AND w.worker_id = r.worker_id AND w.year = r.year AND w.period = r.period
    WHERE r.topic = 'allowance'
)

SELECT
    company_id, worker_id, year, period, 'allowance' AS topic, item, line, hours, rate,
    'an hour' AS rate_of,
    CAST(NULL AS decimal(18, 2)) AS base,
    CAST(round(hours * rate, 2) AS decimal(18, 2)) AS due,
    paid, reason, conditions
FROM judged
UNION ALL
-- What codes call an allowance and the hirer does not have.
SELECT
    m.company_id, m.worker_id, m.year, m.period, 'allowance', m.item, NULL, m.hours, NULL, NULL, NULL, NULL, m.paid,
    concat_ws(
        '; ', w.about_all, w.about_hours,
        CASE WHEN t.is_placed THEN 'the hirer has no allowance of this name, or several' END
    ),
    NULL
FROM equal_pay.allowance_amounts AS m
INNER JOIN equal_pay.assignments AS t
    ON t.company_id = m.company_id AND t.worker_id = m.worker_id AND t.year = m.year AND t.period = m.period
LEFT JOIN equal_pay.reasons_in_words AS w
    ON w.company_id = m.company_id AND w.worker_id = m.worker_id AND w.year = m.year AND w.period = m.period
WHERE m.line IS NULL
UNION ALL
-- Neither arranged nor paid.
SELECT
    t.company_id, t.worker_id, t.year, t.period, 'allowance', NULL, NULL, NULL, NULL, NULL, NULL,
    CAST(0 AS decimal(18, 2)),
    CAST(0 AS decimal(18, 2)),
    nullif(concat_ws('; ', w.about_all, CASE WHEN t.is_not_recorded THEN 'the document does not record it' END), ''),
    NULL
FROM equal_pay.topics AS t
LEFT JOIN equal_pay.reasons_in_words AS w
    ON w.company_id = t.company_id AND w.worker_id = t.worker_id AND w.year = t.year AND w.period = t.period
WHERE
    t.topic = 'allowance'
    AND NOT EXISTS (
        SELECT 1
        FROM equal_pay.arranged AS r
        WHERE
            r.company_id = t.company_id AND r.worker_id = t.worker_id AND r.year = t.year AND r.period = t.period
            AND r.topic = 'allowance'
    )
    AND NOT EXISTS (
        SELECT 1
        FROM equal_pay.allowance_amounts AS m
        WHERE m.company_id = t.company_id AND m.worker_id = t.worker_id AND m.year = t.year AND m.period = t.period
    );
ANALYZE equal_pay.allowance_lines;

-- Holiday allowance, choice budget (IKB) and shorter working time (ADV): a percentage of what is due for the hours.
CREATE TABLE equal_pay.percentage_lines AS
WITH allowances AS (
    SELECT
        company_id, worker_id, year, period,
        sum(due) AS due,
        count(reason) AS undecided
    FROM equal_pay.allowance_lines
    GROUP BY company_id, worker_id, year, period
),

one AS (
    SELECT
        company_id, worker_id, year, period, topic,
        count(*) AS lines,
        min(name) AS item,
        min(line) AS line,
        min(amount) AS amount,
        min(unit) AS unit,
        min(based_on) AS based_on,
        bool_or(in_words_only) AS in_words_only,
        bool_or(in_budget_total) AS in_budget_total,
        min(concat_ws(' ', description, conditions)) AS conditions
    FROM equal_pay.arranged
    WHERE topic <> 'allowance'
    GROUP BY company_id, worker_id, year, period, topic
),

chosen AS (
    SELECT a.company_id, a.worker_id, a.year, a.period, b.topic, min(b.base) AS base, count(DISTINCT b.base) AS bases
    FROM equal_pay.assignments AS a
    INNER JOIN pay_check_files.bases AS b
        ON b.hirer = '*' OR lower(b.hirer) IN (lower(a.hirer_in_file), lower(a.hirer_name), lower(a.partner_id))
    WHERE
        b.hirer <> '*'
        OR NOT EXISTS (
            SELECT 1
            FROM pay_check_files.bases AS own
            WHERE
                own.topic = b.topic
                AND lower(own.hirer) IN (lower(a.hirer_in_file), lower(a.hirer_name), lower(a.partner_id))
        )
    GROUP BY a.company_id, a.worker_id, a.year, a.period, b.topic
),

based AS (
    SELECT
        t.company_id, t.worker_id, t.year, t.period, t.topic, t.is_not_recorded,
        o.lines, o.item, o.line, o.amount, o.unit, o.based_on, o.in_words_only, o.in_budget_total,
        nullif(o.conditions, '') AS conditions,
        w.reason AS wage_reason,
        r.about_all,
        c.bases,
        CASE WHEN c.base = 'wage and allowances' THEN w.due + l.due ELSE w.due END AS base,
        c.base IS NULL AND (l.undecided > 0 OR l.due <> 0) AS base_is_open,
        c.base = 'wage and allowances' AND l.undecided > 0 AS base_is_unknown,
        p.paid
    FROM equal_pay.topics AS t
    LEFT JOIN one AS o
        ON
            o.company_id = t.company_id AND o.worker_id = t.worker_id AND o.year = t.year AND o.period = t.period
            AND o.topic = t.topic
    LEFT JOIN chosen AS c
        ON
            c.company_id = t.company_id AND c.worker_id = t.worker_id AND c.year = t.year AND c.period = t.period
            AND c.topic = t.topic
    LEFT JOIN equal_pay.wage_lines AS w
        ON w.company_id = t.company_id AND w.worker_id = t.worker_id AND w.year = t.year AND w.period = t.period
    LEFT JOIN allowances AS l
        ON l.company_id = t.company_id AND l.worker_id = t.worker_id AND l.year = t.year AND l.period = t.period
    LEFT JOIN equal_pay.reasons_in_words AS r
        ON r.company_id = t.company_id AND r.worker_id = t.worker_id AND r.year = t.year AND r.period = t.period
    LEFT JOIN (
        SELECT company_id, worker_id, year, period, topic, CAST(sum(value) AS decimal(18, 2)) AS paid
        FROM pay_check_payroll.pay
        GROUP BY company_id, worker_id, year, period, topic
    ) AS p
        ON
            p.company_id = t.company_id AND p.worker_id = t.worker_id AND p.year = t.year AND p.period = t.period
            AND p.topic = t.topic
    WHERE t.topic NOT IN ('wage', 'allowance')
)

SELECT
    company_id, worker_id, year, period, topic, item, line,
    CAST(NULL AS decimal(28, 8)) AS hours,
    amount AS rate,
    CASE WHEN unit = 'Percentage' THEN 'percent of the base' END AS rate_of,
    CASE WHEN lines IS NOT NULL THEN base END AS base,
    CAST(CASE WHEN lines IS NULL THEN 0 ELSE round(base * amount * 0.01, 2) END AS decimal(18, 2)) AS due,
    coalesce(paid, CAST(0 AS decimal(18, 2))) AS paid,
    CASE
        WHEN lines IS NULL
            THEN nullif(
                concat_ws('; ', about_all, CASE WHEN is_not_recorded THEN 'the document does not record it' END), ''
            )
        ELSE nullif(concat_ws(
            '; ', wage_reason,
            CASE
                WHEN lines > 1 THEN 'the hirer has more than one line of it'
                WHEN in_words_only THEN 'it is in words only'
                WHEN in_budget_total THEN 'it is in the individual choice budget'
                WHEN amount IS NULL THEN 'it has no amount'
                WHEN unit IS NULL OR unit <> 'Percentage'
                    THEN concat('it is no percentage: ', coalesce(unit, 'its unit is not recorded'))
                WHEN coalesce(based_on, '') NOT IN ('GrossSalary', 'BaseWage')
                    THEN concat('it is a percentage of ', coalesce(based_on, 'what is not recorded'))
                WHEN amount > 0 AND amount < 1 THEN 'a percentage below 1 may be a fraction'
                WHEN bases > 1 THEN 'bases.csv has more than one base for it'
                WHEN base_is_open THEN 'whether allowances count is not told (bases.csv)'
                WHEN base_is_unknown THEN 'an allowance of its base is not decided'
            END
        ), '')
    END AS reason,
    conditions
FROM based;
ANALYZE equal_pay.percentage_lines;
