-- A schema of its own, made anew each time.
DROP SCHEMA IF EXISTS equal_pay CASCADE;
CREATE SCHEMA equal_pay;
