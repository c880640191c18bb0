-- A schema of its own for the views, made anew each time; the tables that the tap fills are only read.
DROP SCHEMA IF EXISTS pay_conditions CASCADE;
CREATE SCHEMA pay_conditions;

-- Older versions come with a stream that is off by default: without it there are none.
CREATE TABLE IF NOT EXISTS inlenersbeloning.remuneration_versions AS
SELECT * FROM inlenersbeloning.remunerations WHERE false;
