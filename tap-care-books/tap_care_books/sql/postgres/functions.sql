-- What PostgreSQL spells in its own way.

-- The quotient of whole numbers as a whole number; halves away from zero.
CREATE FUNCTION care_books.rounded(a bigint, b bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CAST(sign(a) AS bigint) * ((2 * abs(a) + b) / (2 * b)) $$;

-- What is in a log of time with a client: hour types with their durations, by their place in the list.
CREATE VIEW care_books.log_products AS
SELECT
    l.id AS log_id, listed.place, CAST(item ->> 'activity_object_id' AS bigint) AS activity_object_id, CAST(item ->> 'duration' AS bigint) AS duration
FROM care_books.ons_presence_logs AS l
CROSS JOIN LATERAL jsonb_array_elements(l.products) WITH ORDINALITY AS listed (item, place)
WHERE jsonb_typeof(l.products) = 'array';
