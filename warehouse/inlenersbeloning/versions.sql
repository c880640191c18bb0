-- Every version of every remuneration that is known, and the days on which it applies.
--
-- On a day applies the newest version that has begun by then. A remuneration that is no longer shared applies until the
-- day before that was noticed. `start_date` may be before or after the day of publication; without one, a version
-- begins when it was published. The newest version is "current" also if it has yet to begin.
CREATE VIEW pay_conditions.versions AS
WITH headers AS (
    SELECT
        company_id, partner_id, id AS remuneration_id, lender_version, total_versions, title, start_date, publish_date,
        document_generation, hirer_business_name, hirer_commerce_number, cla, sub_cla, company_cla_name, is_classifiable,
        full_time_hours, full_time_hours_per, unclassifiable_full_time_hours, unclassifiable_full_time_hours_per,
        working_hours_comments, youth_application, other_youth_application, holiday_count, _sdc_deleted_at
    FROM inlenersbeloning.remunerations
    UNION ALL
    SELECT
        company_id, partner_id, id AS remuneration_id, lender_version, total_versions, title, start_date, publish_date,
        document_generation, hirer_business_name, hirer_commerce_number, cla, sub_cla, company_cla_name, is_classifiable,
        full_time_hours, full_time_hours_per, unclassifiable_full_time_hours, unclassifiable_full_time_hours_per,
        working_hours_comments, youth_application, other_youth_application, holiday_count, _sdc_deleted_at
    FROM inlenersbeloning.remuneration_versions AS older
    WHERE NOT EXISTS (
        SELECT 1
        FROM inlenersbeloning.remunerations AS r
        WHERE
            r.company_id = older.company_id AND r.partner_id = older.partner_id
            AND r.id = older.id AND r.lender_version = older.lender_version
    )
),

dated AS (
    SELECT
        h.*,
        coalesce(h.start_date, CAST(h.publish_date AS date)) AS valid_from
    FROM headers AS h
),

ordered AS (
    SELECT
        d.*,
        lag(d.lender_version) OVER (
            PARTITION BY d.company_id, d.partner_id, d.remuneration_id ORDER BY d.lender_version
        ) AS previous_version,
        min(d.valid_from) OVER (
            PARTITION BY d.company_id, d.partner_id, d.remuneration_id ORDER BY d.lender_version
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_from,
        first_value(d._sdc_deleted_at) OVER (
            PARTITION BY d.company_id, d.partner_id, d.remuneration_id ORDER BY d.lender_version DESC
        ) AS withdrawn_at,
        max(d.lender_version) OVER (PARTITION BY d.company_id, d.partner_id, d.remuneration_id) AS newest_version
    FROM dated AS d
)

SELECT
    o.company_id,
    o.partner_id,
    coalesce(p.business_name, o.hirer_business_name) AS hirer,
    coalesce(p.commerce_number, o.hirer_commerce_number) AS hirer_commerce_number,
    o.remuneration_id,
    o.lender_version,
    o.previous_version,
    o.lender_version = o.newest_version AND o.withdrawn_at IS NULL AS is_current,
    o.title,
    o.start_date,
    o.publish_date,
    o.valid_from,
    least(o.next_from, CAST(o.withdrawn_at AS date)) - 1 AS valid_until,
    o.withdrawn_at,
    o.document_generation,
    coalesce(o.company_cla_name, o.sub_cla, o.cla) AS collective_agreement,
    o.cla,
    o.sub_cla,
    o.company_cla_name,
    o.is_classifiable,
    coalesce(o.full_time_hours, o.unclassifiable_full_time_hours) AS full_time_hours,
    coalesce(o.full_time_hours_per, o.unclassifiable_full_time_hours_per) AS full_time_hours_per,
    o.working_hours_comments,
    coalesce(o.other_youth_application, o.youth_application) AS youth_application,
    o.holiday_count
FROM ordered AS o
LEFT JOIN inlenersbeloning.partners AS p ON p.company_id = o.company_id AND p.id = o.partner_id;

-- What is shared now: per remuneration its newest version. A partner may share more than one.
CREATE VIEW pay_conditions.current_versions AS
SELECT
    v.*,
    count(*) OVER (PARTITION BY v.company_id, v.partner_id) AS remunerations_of_partner
FROM pay_conditions.versions AS v
WHERE v.is_current;
