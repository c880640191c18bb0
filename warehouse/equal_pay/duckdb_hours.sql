-- Hours worked against hours paid, from the repository's folder:
-- duckdb warehouse.duckdb < warehouse/equal_pay/duckdb_hours.sql
.bail on
BEGIN;
.read warehouse/equal_pay/tables.sql
.read warehouse/equal_pay/duckdb/mappings.sql
.read warehouse/equal_pay/payroll.sql
.read warehouse/equal_pay/worked_schema.sql
.read warehouse/equal_pay/duckdb/irregular.sql
.read warehouse/equal_pay/worked.sql
COMMIT;
