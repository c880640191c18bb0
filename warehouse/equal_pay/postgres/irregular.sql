-- Irregular hours inside presence logs, as rows; the only table that DuckDB and PostgreSQL fill in different ways.
CREATE TABLE worked_hours.irregular AS
SELECT
    l.id AS log_id,
    trim_scale(CAST(entry ->> 'percentage_decimal' AS numeric))::text AS percentage,
    CAST(extract(EPOCH FROM CAST(entry ->> 'start' AS timestamptz)) AS bigint) AS start_second,
    CAST(extract(EPOCH FROM CAST(entry ->> 'end' AS timestamptz)) AS bigint) AS end_second
FROM ons.presence_logs AS l
CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(to_jsonb(l.ort_hours)) = 'array' THEN to_jsonb(l.ort_hours) ELSE '[]' END
) AS listed (entry);
ANALYZE worked_hours.irregular;
