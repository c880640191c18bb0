-- What stands in lists and documents, as rows. The only views that differ between DuckDB and PostgreSQL.

-- Blocks of a version that say nothing: no rows of theirs means "not recorded", not "none".
CREATE VIEW pay_conditions.blocks_not_recorded AS
SELECT company_id, partner_id, id AS remuneration_id, lender_version, unnest(CAST(not_recorded_blocks AS varchar[])) AS block
FROM (
    SELECT company_id, partner_id, id, lender_version, not_recorded_blocks FROM inlenersbeloning.remunerations
    UNION
    SELECT company_id, partner_id, id, lender_version, not_recorded_blocks FROM inlenersbeloning.remuneration_versions
) AS headers;

-- Functions that an arrangement is limited to; one without rows here holds for all.
CREATE VIEW pay_conditions.component_functions AS
SELECT
    company_id, partner_id, remuneration_id, lender_version, block, kind, component_key,
    unnest(CAST(function_ids AS varchar[])) AS function_id
FROM inlenersbeloning.remuneration_components;

-- Everything that an arrangement has in it, by the provider's names.
CREATE VIEW pay_conditions.component_members AS
SELECT
    company_id, partner_id, remuneration_id, lender_version, block, kind, component_key,
    listed.key AS member,
    listed.value ->> '$' AS value
FROM inlenersbeloning.remuneration_components AS c, json_each(c.raw) AS listed;

-- A number as text, without zeros at its end.
CREATE MACRO pay_conditions.as_text(number) AS rtrim(rtrim(CAST(CAST(number AS decimal(28, 8)) AS varchar), '0'), '.');
