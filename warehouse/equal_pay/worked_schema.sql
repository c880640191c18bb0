-- A schema of its own, made anew each time.
DROP SCHEMA IF EXISTS worked_hours CASCADE;
CREATE SCHEMA worked_hours;
