-- What the provider calls the blocks of a document, and what they are called here.
CREATE VIEW pay_conditions.topics AS
SELECT *
FROM (
    VALUES
    ('allowances', 'allowance'),
    ('holidayAllowances', 'holiday_allowance'),
    ('wageIncrements', 'wage_increase'),
    ('leave', 'leave'),
    ('paymentsData', 'payment'),
    ('individualChoiceBudget', 'individual_choice_budget'),
    ('reimbursementsData', 'reimbursement'),
    ('travelExpensesData', 'travel_time'),
    ('paidBreaks', 'paid_break'),
    ('sickPay', 'sick_pay'),
    ('pensionData', 'pension'),
    ('sustainableEmployability', 'sustainable_employability'),
    ('employmentConditions', 'employment_condition')
) AS names (block, topic);

-- Functions of every version, in their scale; also those outside the pay structure, scales without functions, and one
-- row without a function where there is none of these, so that what holds for everybody is not lost.
CREATE VIEW pay_conditions.functions AS
WITH placed AS (
    SELECT
        g.company_id, g.partner_id, g.remuneration_id, g.lender_version,
        g.id AS function_group_id, g.scale_name, g.table_type,
        f.id AS function_id, f.title AS function_title, f.reference_function_name, f.service_type,
        f.working_hours, f.working_hours_comments, f.starting_step_type, f.function_starting_step,
        f.scales_comment AS comments
    FROM inlenersbeloning.function_groups AS g
    LEFT JOIN inlenersbeloning.functions AS f
        ON
            f.company_id = g.company_id AND f.partner_id = g.partner_id AND f.remuneration_id = g.remuneration_id
            AND f.lender_version = g.lender_version AND f.function_group_id = g.id
    UNION ALL
    SELECT
        u.company_id, u.partner_id, u.remuneration_id, u.lender_version,
        NULL, NULL, NULL,
        NULL, u.title, NULL, NULL,
        NULL, NULL, NULL, NULL,
        u.description
    FROM inlenersbeloning.unclassifiable_functions AS u
)

SELECT
    v.company_id, v.partner_id, v.hirer, v.remuneration_id, v.lender_version, v.is_current, v.valid_from, v.valid_until,
    v.document_generation, v.collective_agreement,
    f.function_group_id, f.scale_name, f.table_type, f.function_id, f.function_title, f.reference_function_name,
    f.service_type, f.working_hours, f.working_hours_comments, f.starting_step_type, f.function_starting_step, f.comments
FROM pay_conditions.versions AS v
LEFT JOIN placed AS f
    ON
        f.company_id = v.company_id AND f.partner_id = v.partner_id AND f.remuneration_id = v.remuneration_id
        AND f.lender_version = v.lender_version;

-- Steps with their hourly wage, per function: as given, else as it follows from the salary by the rule of the scale.
CREATE VIEW pay_conditions.steps AS
SELECT
    f.*,
    s.index AS step_index,
    s.step_name,
    s.age,
    s.salary,
    coalesce(s.hour_wage, s.hour_wage_derived) AS hour_wage,
    s.hour_wage AS hour_wage_given,
    s.hour_wage_derived,
    s.hour_wage_rule,
    s.hour_wage_rule_value,
    s.hour_wage_rule_source
FROM pay_conditions.functions AS f
INNER JOIN inlenersbeloning.salary_steps AS s
    ON
        s.company_id = f.company_id AND s.partner_id = f.partner_id AND s.remuneration_id = f.remuneration_id
        AND s.lender_version = f.lender_version AND s.function_group_id = f.function_group_id;

-- Arrangements per function that they hold for, in words that people use; codes of the provider stay as they are.
-- `amount` is null where the arrangement is in words only (`in_words_only`): zero is then no amount.
-- `in_budget_total`: the total of the individual choice budget (IKB) has it in it; who sums, leaves these out.
CREATE VIEW pay_conditions.arrangements AS
SELECT
    f.*,
    coalesce(b.topic, c.block) AS topic,
    c.block,
    c.kind,
    c.component_key,
    coalesce(c.name, c.type_other, c.type_label, c.type_code) AS name,
    c.type_code,
    c.amount,
    coalesce(c.unit_other, c.unit) AS unit,
    coalesce(c.based_on_other, c.based_on) AS based_on,
    c.interval_amount,
    c.interval AS interval_unit,
    c.date AS given_date,
    coalesce(NOT c.is_described_as_amount, false) AS in_words_only,
    c.kind = 'budget_item' OR coalesce(c.part_of_individual_choice_budget, false) AS in_budget_total,
    d.days,
    a.applicable_time_from AS time_from,
    a.applicable_time_to AS time_to,
    c.description,
    c.conditions
FROM pay_conditions.functions AS f
INNER JOIN inlenersbeloning.remuneration_components AS c
    ON
        c.company_id = f.company_id AND c.partner_id = f.partner_id AND c.remuneration_id = f.remuneration_id
        AND c.lender_version = f.lender_version
LEFT JOIN pay_conditions.topics AS b ON b.block = c.block
LEFT JOIN inlenersbeloning.allowance_components AS a
    ON
        a.company_id = c.company_id AND a.partner_id = c.partner_id AND a.remuneration_id = c.remuneration_id
        AND a.lender_version = c.lender_version AND c.kind = 'allowance_component'
        AND c.component_key = a.allowance_id || '/' || a.id
LEFT JOIN (
    SELECT
        company_id, partner_id, remuneration_id, lender_version, allowance_id, allowance_component_id,
        string_agg(value, ', ' ORDER BY position) AS days
    FROM inlenersbeloning.allowance_weekdays
    GROUP BY company_id, partner_id, remuneration_id, lender_version, allowance_id, allowance_component_id
) AS d
    ON
        d.company_id = a.company_id AND d.partner_id = a.partner_id AND d.remuneration_id = a.remuneration_id
        AND d.lender_version = a.lender_version AND d.allowance_id = a.allowance_id AND d.allowance_component_id = a.id
WHERE
    NOT EXISTS (
        SELECT 1
        FROM pay_conditions.component_functions AS l
        WHERE
            l.company_id = c.company_id AND l.partner_id = c.partner_id AND l.remuneration_id = c.remuneration_id
            AND l.lender_version = c.lender_version AND l.block = c.block AND l.kind = c.kind
            AND l.component_key = c.component_key
    )
    OR EXISTS (
        SELECT 1
        FROM pay_conditions.component_functions AS l
        WHERE
            l.company_id = c.company_id AND l.partner_id = c.partner_id AND l.remuneration_id = c.remuneration_id
            AND l.lender_version = c.lender_version AND l.block = c.block AND l.kind = c.kind
            AND l.component_key = c.component_key AND l.function_id = f.function_id
    )
UNION ALL
SELECT
    f.*,
    'sick_pay', 'sickPay', 'sick_pay', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true, false, NULL, NULL, NULL,
    s.waiting_days_condition,
    s.sick_pay_condition
FROM pay_conditions.functions AS f
INNER JOIN inlenersbeloning.sick_pay AS s
    ON
        s.company_id = f.company_id AND s.partner_id = f.partner_id AND s.remuneration_id = f.remuneration_id
        AND s.lender_version = f.lender_version
WHERE s.sick_pay_condition IS NOT NULL OR s.waiting_days_condition IS NOT NULL;

-- Everything for every function of every version, one line each: working time, steps, arrangements. A topic without a
-- line says why: "none", or "not recorded" where the document (an older one, mostly) could not tell.
CREATE VIEW pay_conditions.conditions AS
SELECT
    f.company_id, f.partner_id, f.hirer, f.remuneration_id, f.lender_version, f.is_current, f.valid_from, f.valid_until,
    f.document_generation, f.collective_agreement, f.function_group_id, f.scale_name, f.function_id, f.function_title,
    'working_time' AS topic,
    'full_time' AS kind,
    '' AS line_key,
    CASE WHEN v.full_time_hours IS NULL THEN 'not recorded' ELSE 'recorded' END AS status,
    CAST(NULL AS text) AS name,
    v.full_time_hours AS amount,
    'Hours' AS unit,
    CAST(NULL AS text) AS based_on,
    CAST(NULL AS numeric) AS interval_amount,
    v.full_time_hours_per AS interval_unit,
    CAST(NULL AS text) AS given_date,
    false AS in_words_only,
    false AS in_budget_total,
    CAST(NULL AS numeric) AS salary,
    CAST(NULL AS text) AS salary_period,
    CAST(NULL AS integer) AS age,
    CAST(NULL AS text) AS days,
    CAST(NULL AS text) AS time_from,
    CAST(NULL AS text) AS time_to,
    f.working_hours AS description,
    coalesce(f.working_hours_comments, v.working_hours_comments) AS conditions
FROM pay_conditions.functions AS f
INNER JOIN pay_conditions.versions AS v
    ON
        v.company_id = f.company_id AND v.partner_id = f.partner_id AND v.remuneration_id = f.remuneration_id
        AND v.lender_version = f.lender_version
UNION ALL
SELECT
    company_id, partner_id, hirer, remuneration_id, lender_version, is_current, valid_from, valid_until,
    document_generation, collective_agreement, function_group_id, scale_name, function_id, function_title,
    'step', CASE WHEN age IS NULL THEN 'step' ELSE 'age_step' END, CAST(step_index AS text), 'recorded', step_name,
    hour_wage, 'Amount', NULL, NULL, 'Hourly', NULL, false, false, salary, table_type, CAST(age AS integer),
    NULL, NULL, NULL, starting_step_type, comments
FROM pay_conditions.steps
UNION ALL
SELECT
    company_id, partner_id, hirer, remuneration_id, lender_version, is_current, valid_from, valid_until,
    document_generation, collective_agreement, function_group_id, scale_name, function_id, function_title,
    topic, kind, component_key, 'recorded', name,
    amount, unit, based_on, interval_amount, interval_unit, given_date, in_words_only, in_budget_total, NULL, NULL, NULL,
    days, CAST(time_from AS text), CAST(time_to AS text), description, conditions
FROM pay_conditions.arrangements
UNION ALL
SELECT
    f.company_id, f.partner_id, f.hirer, f.remuneration_id, f.lender_version, f.is_current, f.valid_from, f.valid_until,
    f.document_generation, f.collective_agreement, f.function_group_id, f.scale_name, f.function_id, f.function_title,
    t.topic, 'nothing', '', CASE WHEN n.block IS NULL THEN 'none' ELSE 'not recorded' END, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, false, false, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL
FROM pay_conditions.functions AS f
CROSS JOIN pay_conditions.topics AS t
LEFT JOIN pay_conditions.blocks_not_recorded AS n
    ON
        n.company_id = f.company_id AND n.partner_id = f.partner_id AND n.remuneration_id = f.remuneration_id
        AND n.lender_version = f.lender_version AND n.block = t.block
LEFT JOIN (
    SELECT DISTINCT company_id, partner_id, remuneration_id, lender_version, block, function_group_id, function_id
    FROM pay_conditions.arrangements
) AS a
    ON
        a.company_id = f.company_id AND a.partner_id = f.partner_id AND a.remuneration_id = f.remuneration_id
        AND a.lender_version = f.lender_version AND a.block = t.block
        AND a.function_group_id IS NOT DISTINCT FROM f.function_group_id
        AND a.function_id IS NOT DISTINCT FROM f.function_id
WHERE a.block IS NULL
UNION ALL
SELECT
    f.company_id, f.partner_id, f.hirer, f.remuneration_id, f.lender_version, f.is_current, f.valid_from, f.valid_until,
    f.document_generation, f.collective_agreement, f.function_group_id, f.scale_name, f.function_id, f.function_title,
    'step', 'nothing', '', 'none', NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, false, false, NULL, f.table_type, NULL,
    NULL, NULL, NULL, f.starting_step_type, f.comments
FROM pay_conditions.functions AS f
LEFT JOIN (
    SELECT DISTINCT company_id, partner_id, remuneration_id, lender_version, function_group_id
    FROM inlenersbeloning.salary_steps
) AS s
    ON
        s.company_id = f.company_id AND s.partner_id = f.partner_id AND s.remuneration_id = f.remuneration_id
        AND s.lender_version = f.lender_version AND s.function_group_id = f.function_group_id
WHERE s.function_group_id IS NULL;

-- The same for what is shared now.
CREATE VIEW pay_conditions.current_conditions AS
SELECT * FROM pay_conditions.conditions WHERE is_current;
