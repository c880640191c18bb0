-- Questions with parameters. Partner and function: an id, or a name in any case; NULL for all.

-- What applies on a day.
CREATE FUNCTION pay_conditions.conditions_on(partner text, job text, day date)
RETURNS SETOF pay_conditions.conditions
LANGUAGE sql STABLE AS $$
SELECT *
FROM pay_conditions.conditions
WHERE
    (partner IS NULL OR partner_id = partner OR lower(hirer) = lower(partner))
    AND (job IS NULL OR function_id = job OR lower(function_title) = lower(job))
    AND (valid_from IS NULL OR valid_from <= day)
    AND (valid_until IS NULL OR valid_until >= day)
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
