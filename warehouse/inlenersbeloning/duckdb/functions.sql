-- Questions with parameters. Partner and function: an id, or a name in any case; NULL for all.

-- What applies on a day.
CREATE MACRO pay_conditions.conditions_on(partner, job, day) AS TABLE
SELECT *
FROM pay_conditions.conditions
WHERE
    (partner IS NULL OR partner_id = partner OR lower(hirer) = lower(partner))
    AND (job IS NULL OR function_id = job OR lower(function_title) = lower(job))
    AND (valid_from IS NULL OR valid_from <= day)
    AND (valid_until IS NULL OR valid_until >= day);

-- What changed between two versions of a remuneration.
CREATE MACRO pay_conditions.changes_between(partner, remuneration, older, newer) AS TABLE
SELECT part, item, change, field, old_value, new_value
FROM pay_conditions.changes_of_pairs
WHERE
    (partner_id = partner OR lower(hirer) = lower(partner))
    AND remuneration_id = remuneration AND old_version = older AND new_version = newer;

-- Wage increases after a day, in what is shared now.
CREATE MACRO pay_conditions.wage_increases_after(day) AS TABLE
SELECT * FROM pay_conditions.wage_increases WHERE is_current AND increase_date > day;
