-- Products of care and the laws that pay for them, by the codes that the tables of people name.
CREATE VIEW care_books.products AS
SELECT p.id, coalesce(p.product_code, p.code, p.description, '') AS product, p.finance_type_id
FROM care_books.ons_products AS p;

CREATE VIEW care_books.financing_laws AS
SELECT id, coalesce(user_identifier, external_code, description, '') AS financing_law
FROM care_books.ons_finance_types;
