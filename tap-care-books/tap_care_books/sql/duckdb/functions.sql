-- What DuckDB spells in its own way.

-- The quotient of whole numbers as a whole number; halves away from zero.
CREATE MACRO care_books.rounded(a, b) AS CAST(sign(a) AS bigint) * CAST((2 * abs(a) + b) // (2 * b) AS bigint);

-- What is in a log of time with a client: hour types with their durations, by their place in the list.
CREATE VIEW care_books.log_products AS
SELECT listed.log_id, listed.place, CAST(item ->> 'activity_object_id' AS bigint) AS activity_object_id, CAST(item ->> 'duration' AS bigint) AS duration
FROM (
    SELECT id AS log_id, unnest(from_json(products, '["json"]')) AS item, generate_subscripts(from_json(products, '["json"]'), 1) AS place
    FROM care_books.ons_presence_logs
    WHERE products IS NOT NULL
) AS listed;
