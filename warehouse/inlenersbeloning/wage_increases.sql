-- Wage increases of every version. One increase of an agreement can be several lines (a percentage, and euros of the
-- same day), and lines of nothing occur. `in_steps_already`: the hirer says that the steps have it in them.
CREATE VIEW pay_conditions.wage_increases AS
SELECT
    v.company_id, v.partner_id, v.hirer, v.remuneration_id, v.lender_version, v.is_current, v.collective_agreement,
    w.date AS increase_date,
    w.is_retroactive,
    w.value,
    w.unit,
    w.has_wage_increments_applied AS in_steps_already,
    l.functions,
    w.explanation,
    w.position
FROM pay_conditions.versions AS v
INNER JOIN inlenersbeloning.wage_increments AS w
    ON
        w.company_id = v.company_id AND w.partner_id = v.partner_id AND w.remuneration_id = v.remuneration_id
        AND w.lender_version = v.lender_version
LEFT JOIN (
    SELECT
        c.company_id, c.partner_id, c.remuneration_id, c.lender_version, c.kind, c.component_key,
        string_agg(coalesce(f.title, c.function_id), ', ' ORDER BY f.title, c.function_id) AS functions
    FROM pay_conditions.component_functions AS c
    LEFT JOIN inlenersbeloning.functions AS f
        ON
            f.company_id = c.company_id AND f.partner_id = c.partner_id AND f.remuneration_id = c.remuneration_id
            AND f.lender_version = c.lender_version AND f.id = c.function_id
    WHERE c.kind IN ('wage_increment', 'retroactive_wage_increment')
    GROUP BY c.company_id, c.partner_id, c.remuneration_id, c.lender_version, c.kind, c.component_key
) AS l
    ON
        l.company_id = w.company_id AND l.partner_id = w.partner_id AND l.remuneration_id = w.remuneration_id
        AND l.lender_version = w.lender_version
        AND l.kind = CASE WHEN w.is_retroactive THEN 'retroactive_wage_increment' ELSE 'wage_increment' END
        AND l.component_key = '#' || CAST(w.position AS text);

-- Those that are still to come in what is shared now; the file of functions has the same for any day.
CREATE VIEW pay_conditions.wage_increases_to_come AS
SELECT * FROM pay_conditions.wage_increases WHERE is_current AND increase_date > current_date;
