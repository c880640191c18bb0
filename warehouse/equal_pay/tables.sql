-- What users tell, in files of the same names in the folder mappings: who works where, and what codes mean. `company` is
-- the id or the number of a company in Nmbrs, or * for all; the most exact row holds.
DROP SCHEMA IF EXISTS pay_check_files CASCADE;
CREATE SCHEMA pay_check_files;

-- Who works for which hirer, as what, on which step. Both days are included; without the last one it goes on.
CREATE TABLE pay_check_files.placements (
    company text NOT NULL,
    worker text NOT NULL,
    hirer text NOT NULL,
    job text NOT NULL,
    step text NOT NULL,
    from_date date NOT NULL,
    until_date date,
    PRIMARY KEY (company, worker, hirer, job, from_date)
);

-- What a wage code pays. `outside` is not compared: taxes, premiums, expenses, the net wage.
CREATE TABLE pay_check_files.wage_codes (
    company text NOT NULL,
    code text NOT NULL,
    topic text NOT NULL CHECK (
        topic IN (
            'wage', 'allowance', 'holiday_allowance', 'individual_choice_budget', 'working_time_reduction', 'outside'
        )
    ),
    allowance text CHECK (topic <> 'allowance' OR allowance IS NOT NULL),
    PRIMARY KEY (company, code)
);

-- What an hour of a code earns: the hourly wage or not, and which allowance of the hirer; `kind` is for worked hours.
CREATE TABLE pay_check_files.hour_codes (
    company text NOT NULL,
    code text NOT NULL,
    wage text NOT NULL CHECK (wage IN ('yes', 'no')),
    allowance text,
    kind text,
    PRIMARY KEY (company, code)
);

-- Of what a hirer's percentages are taken, for whom the document leaves it open. `hirer` as in placements, or *.
CREATE TABLE pay_check_files.bases (
    hirer text NOT NULL,
    topic text NOT NULL CHECK (topic IN ('holiday_allowance', 'individual_choice_budget', 'working_time_reduction')),
    base text NOT NULL CHECK (base IN ('wage', 'wage and allowances')),
    PRIMARY KEY (hirer, topic)
);

-- First and last days of periods that are no months; the payroll does not tell them.
CREATE TABLE pay_check_files.periods (
    company text NOT NULL,
    year integer NOT NULL,
    period integer NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    PRIMARY KEY (company, year, period)
);

-- Who a worker is in Ons; more than one employee of Ons may be one worker.
CREATE TABLE pay_check_files.ons_workers (
    company text NOT NULL,
    worker text NOT NULL,
    ons_employee text NOT NULL,
    PRIMARY KEY (company, worker, ons_employee)
);

-- What kind of hours an hour type of Ons is (`hour_type`, with the unit of its durations, which Ons does not publish),
-- or an allowance for irregular hours (`irregular`, by its percentage). `outside` is not compared.
CREATE TABLE pay_check_files.ons_hours (
    source text NOT NULL CHECK (source IN ('hour_type', 'irregular')),
    code text NOT NULL,
    kind text NOT NULL,
    unit text CHECK (unit IN ('seconds', 'minutes', 'hours')),
    PRIMARY KEY (source, code)
);
