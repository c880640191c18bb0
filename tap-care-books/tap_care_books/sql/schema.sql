-- What the models make stands in a schema that is made anew each time; what was given to the books is kept in another.
DROP SCHEMA IF EXISTS care_books CASCADE;
CREATE SCHEMA care_books;
CREATE SCHEMA IF NOT EXISTS care_books_kept;

-- The content of all entries as last given to the books: sums per account. A closed month stays as it stands here.
CREATE TABLE IF NOT EXISTS care_books_kept.bookings (
    kind varchar NOT NULL,              -- hours, mileage, invoices, vat
    posted_month date NOT NULL,         -- first day of the month of the entry
    month date NOT NULL,                -- first day of the month that it is about; earlier, if it came late
    account varchar NOT NULL,
    counter_account varchar NOT NULL,
    cost_center varchar NOT NULL,
    cost_unit varchar NOT NULL,
    description varchar NOT NULL,
    cents bigint NOT NULL               -- debit of account, credit of counter_account
);

-- Settings: one row.
CREATE TABLE care_books.settings (
    first_month date NOT NULL,
    last_month date NOT NULL,
    first_open_month date NOT NULL,
    smallest_group bigint NOT NULL,
    verified_only boolean NOT NULL,
    work_time_seconds bigint NOT NULL,
    journal varchar,
    key_prefix varchar NOT NULL
);

-- What is booked at all: hours, mileage, invoices, and with these vat.
CREATE TABLE care_books.kinds (kind varchar NOT NULL);

-- The tables that people keep. A star stands for everything that no other row names.
CREATE TABLE care_books.accounts (
    kind varchar NOT NULL,
    product varchar NOT NULL,
    financing_law varchar NOT NULL,
    account varchar NOT NULL,
    counter_account varchar NOT NULL,
    cost_unit varchar NOT NULL
);
CREATE TABLE care_books.cost_centers (location varchar NOT NULL, cost_center varchar NOT NULL);
CREATE TABLE care_books.rates (
    kind varchar NOT NULL,              -- hours, mileage
    code varchar NOT NULL,              -- number of the hour type, name of the expense type
    valid_from date NOT NULL,
    rate bigint NOT NULL                -- per hour, per unit of the expense; in hundredths of a cent
);
