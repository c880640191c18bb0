-- What the tables do not name, and what only a star names.
CREATE VIEW care_books.unmapped AS
SELECT
    'no account' AS problem, kind, product, financing_law, NULL AS location,
    min(month) AS first_month, CAST(sum(cents) AS bigint) * 0.01 AS amount, true AS stops
FROM care_books.mapped WHERE account IS NULL GROUP BY kind, product, financing_law
UNION ALL
SELECT 'no cost center', kind, NULL, NULL, location, min(month), CAST(sum(cents) AS bigint) * 0.01, true
FROM care_books.mapped WHERE cost_center IS NULL GROUP BY kind, location
UNION ALL
SELECT 'account by a star', kind, product, financing_law, NULL, min(month), CAST(sum(cents) AS bigint) * 0.01, false
FROM care_books.mapped WHERE account_by_star GROUP BY kind, product, financing_law
UNION ALL
SELECT 'cost center by a star', kind, NULL, NULL, location, min(month), CAST(sum(cents) AS bigint) * 0.01, false
FROM care_books.mapped WHERE cost_center_by_star GROUP BY kind, location
UNION ALL
SELECT 'no account', kind, 'other', 'other', NULL, min(month), CAST(sum(cents) AS bigint) * 0.01, true
FROM care_books.bookings WHERE account IS NULL GROUP BY kind
UNION ALL
SELECT 'no rate', kind, rate_code, NULL, NULL, min(month), NULL, true
FROM care_books.facts WHERE status = 'faulty: no rate' GROUP BY kind, rate_code;

-- Records that lack what is needed to count them.
CREATE VIEW care_books.faulty AS
SELECT kind, source, source_id, month, status FROM care_books.facts WHERE status LIKE 'faulty: %' AND status <> 'faulty: no rate';

-- Entries that were given to the books and have nothing in them any more: no entry can say that.
CREATE VIEW care_books.emptied AS
SELECT DISTINCT k.kind, k.posted_month
FROM care_books_kept.bookings AS k
WHERE NOT EXISTS (SELECT 1 FROM care_books.bookings AS b WHERE b.kind = k.kind AND b.posted_month = k.posted_month);
