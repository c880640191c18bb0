-- Hours worked against hours paid, from the repository's folder:
-- psql "$URL" -f warehouse/equal_pay/postgres_hours.sql
\set ON_ERROR_STOP on
BEGIN;
\ir tables.sql
\ir postgres/mappings.sql
\ir payroll.sql
\ir worked_schema.sql
\ir postgres/irregular.sql
\ir worked.sql
COMMIT;
