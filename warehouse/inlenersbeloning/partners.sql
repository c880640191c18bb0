-- Partners that share nothing now; those that once did have a day on which that ended.
CREATE VIEW pay_conditions.partners_without_remuneration AS
SELECT
    p.company_id,
    p.id AS partner_id,
    p.business_name AS hirer,
    p.commerce_number AS hirer_commerce_number,
    max(v.withdrawn_at) AS withdrawn_at
FROM inlenersbeloning.partners AS p
LEFT JOIN pay_conditions.versions AS v ON v.company_id = p.company_id AND v.partner_id = p.id
WHERE
    p._sdc_deleted_at IS NULL
    AND NOT EXISTS (
        SELECT 1
        FROM inlenersbeloning.remuneration_index AS i
        WHERE
            i.company_id = p.company_id AND i.partner_id = p.id
            AND i.remuneration_id <> '' AND i._sdc_deleted_at IS NULL
    )
GROUP BY p.company_id, p.id, p.business_name, p.commerce_number;
