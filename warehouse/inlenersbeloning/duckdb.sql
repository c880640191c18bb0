-- Applies all views, from the repository's folder: duckdb warehouse.duckdb < warehouse/inlenersbeloning/duckdb.sql
.bail on
BEGIN;
.read warehouse/inlenersbeloning/schema.sql
.read warehouse/inlenersbeloning/duckdb/lists.sql
.read warehouse/inlenersbeloning/versions.sql
.read warehouse/inlenersbeloning/partners.sql
.read warehouse/inlenersbeloning/conditions.sql
.read warehouse/inlenersbeloning/wage_increases.sql
.read warehouse/inlenersbeloning/changes.sql
.read warehouse/inlenersbeloning/duckdb/functions.sql
COMMIT;
