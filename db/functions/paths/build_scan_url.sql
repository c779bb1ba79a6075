-- Deploy pgtill:functions/paths/build_scan_url to pg
-- requires: functions/paths/is_scan

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.build_scan_url(
    carrier text,
    instance_key text,
    base_path text,
    class_pointer text DEFAULT NULL,
    host text DEFAULT 's.plings.io'
)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        'https://' || build_scan_url.host
        || '?t=' || build_scan_url.carrier
        || '&i=' || build_scan_url.instance_key
        || '&p=' || build_scan_url.base_path
        || coalesce('&cp=' || build_scan_url.class_pointer, '')
    WHERE
        paths.is_scan(
            build_scan_url.carrier,
            build_scan_url.instance_key,
            build_scan_url.base_path,
            build_scan_url.class_pointer
        );
END;

COMMENT ON FUNCTION paths.build_scan_url(text, text, text, text, text)
IS
'Write what stands on a tag: t, the carrier (q, n, r, b), i, the instance key, p, the decimal path
without the wallet, and cp, the class pointer, where there is one; NULL where a part is none.';

GRANT EXECUTE ON FUNCTION paths.build_scan_url(text, text, text, text, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
