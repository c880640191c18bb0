-- What changed between two versions of a remuneration.
--
-- Things are the same in both versions if they have the same id there; where ids are new in every version, or there are
-- none, if they have the same name (of several with one name: the first is the first). Then every field is compared.

CREATE VIEW pay_conditions.version_pairs AS
SELECT
    n.company_id, n.partner_id, n.hirer, n.remuneration_id,
    o.lender_version AS old_version,
    n.lender_version AS new_version,
    o.lender_version = n.previous_version AS is_consecutive
FROM pay_conditions.versions AS n
INNER JOIN pay_conditions.versions AS o
    ON
        o.company_id = n.company_id AND o.partner_id = n.partner_id AND o.remuneration_id = n.remuneration_id
        AND o.lender_version < n.lender_version;

-- The things that a version has in it. `row_key` is unique in its part of the version, `id` and `name` need not be.
-- `block` is where an older document may not have been able to record them.
CREATE VIEW pay_conditions.version_items AS
SELECT
    company_id, partner_id, remuneration_id, lender_version,
    'remuneration' AS part, '' AS row_key, '' AS id, '' AS name, title AS item, 0 AS position, CAST(NULL AS text) AS block
FROM pay_conditions.versions
UNION ALL
SELECT company_id, partner_id, remuneration_id, lender_version, 'scale', id, id, scale_name, scale_name, position, NULL
FROM inlenersbeloning.function_groups
UNION ALL
SELECT
    s.company_id, s.partner_id, s.remuneration_id, s.lender_version, 'step',
    s.function_group_id || '/' || CAST(s.index AS text),
    s.function_group_id || '/' || s.step_name,
    concat(g.scale_name, ' / ', s.step_name),
    concat(g.scale_name, ' / ', s.step_name),
    s.index,
    NULL
FROM inlenersbeloning.salary_steps AS s
LEFT JOIN inlenersbeloning.function_groups AS g
    ON
        g.company_id = s.company_id AND g.partner_id = s.partner_id AND g.remuneration_id = s.remuneration_id
        AND g.lender_version = s.lender_version AND g.id = s.function_group_id
UNION ALL
SELECT
    company_id, partner_id, remuneration_id, lender_version, 'function',
    function_group_id || '/' || id, id, title, title, position, NULL
FROM inlenersbeloning.functions
UNION ALL
SELECT
    company_id, partner_id, remuneration_id, lender_version, 'function_outside_scales',
    CAST(position AS text), NULL, title, title, position, NULL
FROM inlenersbeloning.unclassifiable_functions
UNION ALL
SELECT
    h.company_id, h.partner_id, h.remuneration_id, h.lender_version, 'hour_wage_rule',
    h.function_group_id || '/' || CAST(h.position AS text), NULL, g.scale_name, g.scale_name, h.position, NULL
FROM inlenersbeloning.hour_wage_calculations AS h
LEFT JOIN inlenersbeloning.function_groups AS g
    ON
        g.company_id = h.company_id AND g.partner_id = h.partner_id AND g.remuneration_id = h.remuneration_id
        AND g.lender_version = h.lender_version AND g.id = h.function_group_id
UNION ALL
SELECT
    company_id, partner_id, remuneration_id, lender_version, 'allowance', id, id,
    coalesce(name, type_other, type_title, type_code), coalesce(name, type_other, type_title, type_code), position,
    'allowances'
FROM inlenersbeloning.allowances
UNION ALL
SELECT
    company_id, partner_id, remuneration_id, lender_version, 'sick_pay', '', '', '', '', 0, 'sickPay'
FROM inlenersbeloning.sick_pay
UNION ALL
SELECT
    company_id, partner_id, remuneration_id, lender_version, 'arrangement',
    kind || '/' || component_key,
    CASE WHEN component_key NOT LIKE '%#%' THEN kind || '/' || component_key END,
    concat(kind, '/', name, '/', type_code, '/', type_other, '/', date, '/', unit),
    concat_ws(': ', kind, coalesce(name, type_other, type_label, type_code, date)),
    0,
    block
FROM inlenersbeloning.remuneration_components;

-- The fields of these things.
CREATE VIEW pay_conditions.version_facts AS
SELECT v.company_id, v.partner_id, v.remuneration_id, v.lender_version, 'remuneration' AS part, '' AS row_key, f.field, f.value
FROM pay_conditions.versions AS v
CROSS JOIN LATERAL (
    VALUES
    ('title', v.title),
    ('start_date', CAST(v.start_date AS text)),
    ('document_generation', v.document_generation),
    ('cla', v.cla),
    ('sub_cla', v.sub_cla),
    ('company_cla_name', v.company_cla_name),
    ('is_classifiable', CAST(v.is_classifiable AS text)),
    ('full_time_hours', pay_conditions.as_text(v.full_time_hours)),
    ('full_time_hours_per', v.full_time_hours_per),
    ('working_hours_comments', v.working_hours_comments),
    ('youth_application', v.youth_application),
    ('holiday_count', CAST(v.holiday_count AS text))
) AS f (field, value)
UNION ALL
SELECT g.company_id, g.partner_id, g.remuneration_id, g.lender_version, 'scale', g.id, f.field, f.value
FROM inlenersbeloning.function_groups AS g
CROSS JOIN LATERAL (VALUES ('scale_name', g.scale_name), ('table_type', g.table_type)) AS f (field, value)
UNION ALL
SELECT
    s.company_id, s.partner_id, s.remuneration_id, s.lender_version, 'step',
    s.function_group_id || '/' || CAST(s.index AS text), f.field, f.value
FROM inlenersbeloning.salary_steps AS s
CROSS JOIN LATERAL (
    VALUES
    ('salary', pay_conditions.as_text(s.salary)),
    ('hour_wage', pay_conditions.as_text(coalesce(s.hour_wage, s.hour_wage_derived)))
) AS f (field, value)
UNION ALL
SELECT
    p.company_id, p.partner_id, p.remuneration_id, p.lender_version, 'function',
    p.function_group_id || '/' || p.function_id, f.field, f.value
FROM pay_conditions.functions AS p
CROSS JOIN LATERAL (
    VALUES
    ('title', p.function_title),
    ('scale_name', p.scale_name),
    ('reference_function_name', p.reference_function_name),
    ('service_type', p.service_type),
    ('working_hours', p.working_hours),
    ('working_hours_comments', p.working_hours_comments),
    ('starting_step_type', p.starting_step_type),
    ('function_starting_step', p.function_starting_step),
    ('scales_comment', p.comments)
) AS f (field, value)
WHERE p.function_id IS NOT NULL
UNION ALL
SELECT
    u.company_id, u.partner_id, u.remuneration_id, u.lender_version, 'function_outside_scales',
    CAST(u.position AS text), f.field, f.value
FROM inlenersbeloning.unclassifiable_functions AS u
CROSS JOIN LATERAL (VALUES ('title', u.title), ('description', u.description)) AS f (field, value)
UNION ALL
SELECT
    h.company_id, h.partner_id, h.remuneration_id, h.lender_version, 'hour_wage_rule',
    h.function_group_id || '/' || CAST(h.position AS text), f.field, f.value
FROM inlenersbeloning.hour_wage_calculations AS h
CROSS JOIN LATERAL (
    VALUES
    ('calculation_method', h.calculation_method),
    ('calculation_type', h.calculation_type),
    ('calculation_value', pay_conditions.as_text(h.calculation_value))
) AS f (field, value)
UNION ALL
SELECT a.company_id, a.partner_id, a.remuneration_id, a.lender_version, 'allowance', a.id, f.field, f.value
FROM inlenersbeloning.allowances AS a
CROSS JOIN LATERAL (
    VALUES
    ('name', a.name),
    ('type_code', a.type_code),
    ('type_other', a.type_other),
    ('conditions', a.conditions),
    ('phase_out_schema', a.phase_out_schema)
) AS f (field, value)
UNION ALL
SELECT s.company_id, s.partner_id, s.remuneration_id, s.lender_version, 'sick_pay', '', f.field, f.value
FROM inlenersbeloning.sick_pay AS s
CROSS JOIN LATERAL (
    VALUES
    ('sick_pay_condition', s.sick_pay_condition),
    ('has_waiting_days', CAST(s.has_waiting_days AS text)),
    ('waiting_days_condition', s.waiting_days_condition),
    ('has_waiting_days_compensation', CAST(s.has_waiting_days_compensation AS text)),
    ('waiting_days_compensation_description', s.waiting_days_compensation_description),
    ('amount', pay_conditions.as_text(s.amount)),
    ('compensation_amount', pay_conditions.as_text(s.compensation_amount))
) AS f (field, value)
UNION ALL
SELECT
    company_id, partner_id, remuneration_id, lender_version, 'arrangement',
    kind || '/' || component_key, member, value
FROM pay_conditions.component_members
WHERE member <> 'id';

-- Every pair of versions. One line per field; of what was added or removed, every field that has a value.
CREATE VIEW pay_conditions.changes_of_pairs AS
WITH sided AS (
    SELECT
        p.company_id, p.partner_id, p.hirer, p.remuneration_id, p.old_version, p.new_version, p.is_consecutive,
        i.lender_version, i.part, i.row_key, i.id, i.name, i.item, i.position, i.block,
        i.lender_version = p.new_version AS is_new,
        count(*) OVER same_id = 2
        AND min(i.lender_version) OVER same_id <> max(i.lender_version) OVER same_id
        AND i.id IS NOT NULL AS has_id_in_both
    FROM pay_conditions.version_pairs AS p
    INNER JOIN pay_conditions.version_items AS i
        ON
            i.company_id = p.company_id AND i.partner_id = p.partner_id AND i.remuneration_id = p.remuneration_id
            AND i.lender_version IN (p.old_version, p.new_version)
    WINDOW same_id AS (
        PARTITION BY
            p.company_id, p.partner_id, p.remuneration_id, p.old_version, p.new_version, p.is_consecutive, i.part, i.id
    )
),

matched AS (
    SELECT
        s.*,
        CASE
            WHEN s.has_id_in_both THEN 'id ' || s.id
            ELSE concat('name ', s.name, ' ', CAST(row_number() OVER (
                PARTITION BY
                    s.company_id, s.partner_id, s.remuneration_id, s.old_version, s.new_version, s.is_consecutive,
                    s.part, s.name, s.lender_version, s.has_id_in_both
                ORDER BY s.position, s.row_key
            ) AS text))
        END AS same
    FROM sided AS s
),

compared AS (
    SELECT
        m.company_id, m.partner_id, m.hirer, m.remuneration_id, m.old_version, m.new_version, m.is_consecutive,
        m.part, m.same, f.field,
        max(m.block) AS block,
        coalesce(max(CASE WHEN m.is_new THEN m.item END), max(m.item)) AS item,
        max(CASE WHEN NOT m.is_new THEN f.value END) AS old_value,
        max(CASE WHEN m.is_new THEN f.value END) AS new_value,
        max(max(CASE WHEN m.is_new THEN 0 ELSE 1 END)) OVER thing AS was_there,
        max(max(CASE WHEN m.is_new THEN 1 ELSE 0 END)) OVER thing AS is_there
    FROM matched AS m
    INNER JOIN pay_conditions.version_facts AS f
        ON
            f.company_id = m.company_id AND f.partner_id = m.partner_id AND f.remuneration_id = m.remuneration_id
            AND f.lender_version = m.lender_version AND f.part = m.part AND f.row_key = m.row_key
    GROUP BY
        m.company_id, m.partner_id, m.hirer, m.remuneration_id, m.old_version, m.new_version, m.is_consecutive,
        m.part, m.same, f.field
    WINDOW thing AS (
        PARTITION BY
            m.company_id, m.partner_id, m.remuneration_id, m.old_version, m.new_version, m.is_consecutive, m.part, m.same
    )
)

SELECT
    c.company_id, c.partner_id, c.hirer, c.remuneration_id, c.old_version, c.new_version, c.is_consecutive, c.part, c.item,
    CASE
        WHEN c.was_there = 0 AND o.block IS NULL THEN 'added'
        WHEN c.was_there = 0 THEN 'not recorded before'
        WHEN c.is_there = 0 AND n.block IS NULL THEN 'removed'
        WHEN c.is_there = 0 THEN 'not recorded any more'
        ELSE 'changed'
    END AS change,
    c.field, c.old_value, c.new_value
FROM compared AS c
LEFT JOIN pay_conditions.blocks_not_recorded AS o
    ON
        o.company_id = c.company_id AND o.partner_id = c.partner_id AND o.remuneration_id = c.remuneration_id
        AND o.lender_version = c.old_version AND o.block = c.block
LEFT JOIN pay_conditions.blocks_not_recorded AS n
    ON
        n.company_id = c.company_id AND n.partner_id = c.partner_id AND n.remuneration_id = c.remuneration_id
        AND n.lender_version = c.new_version AND n.block = c.block
WHERE c.old_value IS DISTINCT FROM c.new_value;

-- Every version with the one before it.
CREATE VIEW pay_conditions.changes AS
SELECT
    company_id, partner_id, hirer, remuneration_id, old_version, new_version, part, item, change, field, old_value, new_value
FROM pay_conditions.changes_of_pairs
WHERE is_consecutive;
