-- Irregular hours inside presence logs, as rows; the only table that DuckDB and PostgreSQL fill in different ways.
CREATE TABLE worked_hours.irregular AS
SELECT
    id AS log_id,
    rtrim(rtrim(CAST(CAST(entry ->> 'percentage_decimal' AS decimal(18, 8)) AS varchar), '0'), '.') AS percentage,
    CAST(epoch(CAST(entry ->> 'start' AS timestamptz)) AS bigint) AS start_second,
    CAST(epoch(CAST(entry ->> 'end' AS timestamptz)) AS bigint) AS end_second
FROM (SELECT id, unnest(CAST(ort_hours AS json[])) AS entry FROM ons.presence_logs) AS listed;
ANALYZE worked_hours.irregular;
