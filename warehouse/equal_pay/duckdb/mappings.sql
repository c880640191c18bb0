-- Fills the tables from the files. Columns are found by name.
INSERT INTO pay_check_files.placements BY NAME
SELECT * FROM read_csv('mappings/placements.csv', header = true, all_varchar = true, delim = ',');
INSERT INTO pay_check_files.wage_codes BY NAME
SELECT * FROM read_csv('mappings/wage_codes.csv', header = true, all_varchar = true, delim = ',');
INSERT INTO pay_check_files.hour_codes BY NAME
SELECT * FROM read_csv('mappings/hour_codes.csv', header = true, all_varchar = true, delim = ',');
INSERT INTO pay_check_files.bases BY NAME
SELECT * FROM read_csv('mappings/bases.csv', header = true, all_varchar = true, delim = ',');
INSERT INTO pay_check_files.periods BY NAME
SELECT * FROM read_csv('mappings/periods.csv', header = true, all_varchar = true, delim = ',');
INSERT INTO pay_check_files.ons_workers BY NAME
SELECT * FROM read_csv('mappings/ons_workers.csv', header = true, all_varchar = true, delim = ',');
INSERT INTO pay_check_files.ons_hours BY NAME
SELECT * FROM read_csv('mappings/ons_hours.csv', header = true, all_varchar = true, delim = ',');
