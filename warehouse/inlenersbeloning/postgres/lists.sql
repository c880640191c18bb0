-- What stands in lists and documents, as rows. The only views that differ between DuckDB and PostgreSQL.

-- Blocks of a version that say nothing: no rows of theirs means "not recorded", not "none".
CREATE VIEW pay_conditions.blocks_not_recorded AS
SELECT company_id, partner_id, id AS remuneration_id, lender_version, block
FROM (
    SELECT company_id, partner_id, id, lender_version, not_recorded_blocks FROM inlenersbeloning.remunerations
    UNION
    SELECT company_id, partner_id, id, lender_version, not_recorded_blocks FROM inlenersbeloning.remuneration_versions
) AS headers
CROSS JOIN LATERAL jsonb_array_elements_text(to_jsonb(not_recorded_blocks)) AS listed (block);

-- Functions that an arrangement is limited to; one without rows here holds for all.
CREATE VIEW pay_conditions.component_functions AS
SELECT company_id, partner_id, remuneration_id, lender_version, block, kind, component_key, function_id
FROM inlenersbeloning.remuneration_components
CROSS JOIN LATERAL jsonb_array_elements_text(to_jsonb(function_ids)) AS listed (function_id);

-- Everything that an arrangement has in it, by the provider's names.
CREATE VIEW pay_conditions.component_members AS
SELECT
    company_id, partner_id, remuneration_id, lender_version, block, kind, component_key, member,
    CASE jsonb_typeof(value) WHEN 'number' THEN trim_scale(CAST(value AS numeric))::text ELSE value #>> '{}' END AS value
FROM inlenersbeloning.remuneration_components
CROSS JOIN LATERAL jsonb_each(raw) AS listed (member, value);

-- A number as text, without zeros at its end.
CREATE FUNCTION pay_conditions.as_text(number numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT trim_scale(number)::text $$;
