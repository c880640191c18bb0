-- Fills the tables from the files. Columns are found by place.
\copy pay_check_files.placements (company, worker, hirer, job, step, from_date, until_date) FROM 'mappings/placements.csv' WITH (FORMAT csv, HEADER true, ENCODING 'utf8')
\copy pay_check_files.wage_codes (company, code, topic, allowance) FROM 'mappings/wage_codes.csv' WITH (FORMAT csv, HEADER true, ENCODING 'utf8')
\copy pay_check_files.hour_codes (company, code, wage, allowance, kind) FROM 'mappings/hour_codes.csv' WITH (FORMAT csv, HEADER true, ENCODING 'utf8')
\copy pay_check_files.bases (hirer, topic, base) FROM 'mappings/bases.csv' WITH (FORMAT csv, HEADER true, ENCODING 'utf8')
\copy pay_check_files.periods (company, year, period, first_day, last_day) FROM 'mappings/periods.csv' WITH (FORMAT csv, HEADER true, ENCODING 'utf8')
\copy pay_check_files.ons_workers (company, worker, ons_employee) FROM 'mappings/ons_workers.csv' WITH (FORMAT csv, HEADER true, ENCODING 'utf8')
\copy pay_check_files.ons_hours (source, code, kind, unit) FROM 'mappings/ons_hours.csv' WITH (FORMAT csv, HEADER true, ENCODING 'utf8')
