-- The check of equal pay, from the repository's folder: duckdb warehouse.duckdb < warehouse/equal_pay/duckdb.sql
.bail on
BEGIN;
.read warehouse/equal_pay/tables.sql
.read warehouse/equal_pay/duckdb/mappings.sql
.read warehouse/equal_pay/payroll.sql
.read warehouse/equal_pay/schema.sql
.read warehouse/equal_pay/assignments.sql
.read warehouse/equal_pay/reasons.sql
.read warehouse/equal_pay/due.sql
.read warehouse/equal_pay/comparison.sql
COMMIT;
