-- Questions with parameters. Partner and function: an id, or a name in any case; NULL for all.

-- What applies on a day. One partner after the other, so that the indexes are used: the planner does not carry names
-- into the views.
CREATE FUNCTION pay_conditions.conditions_on(partner text, job text, day date)
RETURNS SETOF pay_conditions.conditions
LANGUAGE plpgsql STABLE AS $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT DISTINCT v.company_id, v.partner_id
        FROM pay_conditions.versions AS v
        WHERE partner IS NULL OR v.partner_id = partner OR lower(v.hirer) = lower(partner)
    LOOP
        RETURN QUERY
        SELECT c.*
        FROM pay_conditions.conditions AS c
        WHERE
            c.company_id = one.company_id AND c.partner_id = one.partner_id
            AND (job IS NULL OR c.function_id = job OR lower(c.function_title) = lower(job))
            AND (c.valid_from IS NULL OR c.valid_from <= day)
            AND (c.valid_until IS NULL OR c.valid_until >= day);
    END LOOP;
END
$$;

-- What changed between two versions of a remuneration.
CREATE FUNCTION pay_conditions.changes_between(partner text, remuneration text, older bigint, newer bigint)
RETURNS TABLE (part text, item text, change text, field text, old_value text, new_value text)
LANGUAGE sql STABLE AS $$
SELECT c.part, c.item, c.change, c.field, c.old_value, c.new_value
FROM pay_conditions.changes_of_pairs AS c
WHERE
    (c.partner_id = partner OR lower(c.hirer) = lower(partner))
    AND c.remuneration_id = remuneration AND c.old_version = older AND c.new_version = newer
$$;

-- Wage increases after a day, in what is shared now.
CREATE FUNCTION pay_conditions.wage_increases_after(day date)
RETURNS SETOF pay_conditions.wage_increases
LANGUAGE sql STABLE AS $$
SELECT * FROM pay_conditions.wage_increases WHERE is_current AND increase_date > day
$$;
