-- Applies all views: psql "$URL" -f warehouse/inlenersbeloning/postgres.sql
\set ON_ERROR_STOP on
BEGIN;
\ir schema.sql
\ir postgres/lists.sql
\ir versions.sql
\ir partners.sql
\ir conditions.sql
\ir wage_increases.sql
\ir changes.sql
\ir postgres/functions.sql
COMMIT;
