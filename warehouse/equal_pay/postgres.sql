-- The check of equal pay, from the repository's folder: psql "$URL" -f warehouse/equal_pay/postgres.sql
\set ON_ERROR_STOP on
BEGIN;
\ir tables.sql
\ir postgres/mappings.sql
\ir payroll.sql
\ir schema.sql
\ir assignments.sql
\ir reasons.sql
\ir due.sql
\ir comparison.sql
COMMIT;
