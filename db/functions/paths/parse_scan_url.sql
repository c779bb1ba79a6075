-- Deploy pgtill:functions/paths/parse_scan_url to pg
-- requires: functions/paths/is_scan

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.parse_scan_url(url text, host text DEFAULT 's.plings.io')
RETURNS TABLE (carrier text, instance_key text, base_path text, class_pointer text)
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH cut AS (
        SELECT substr(parse_scan_url.url, strpos(parse_scan_url.url, '?') + 1) AS query
        WHERE
            split_part(parse_scan_url.url, '?', 1) IN (
                'https://' || parse_scan_url.host, 'https://' || parse_scan_url.host || '/'
            )
    ),

    pair AS (
        SELECT
            split_part(said.text, '=', 1) AS name,
            substr(said.text, strpos(said.text || '=', '=') + 1) AS value
        FROM cut
        CROSS JOIN LATERAL string_to_table(cut.query, '&') AS said (text)
        WHERE
            length(cut.query) <= 512
            -- Nothing is percent-encoded: no value needs it.
            AND cut.query ~ '^[A-Za-z0-9.=&]+$'
    ),

    scan AS (
        SELECT
            min(pair.value) FILTER (WHERE pair.name = 't') AS carrier,
            min(pair.value) FILTER (WHERE pair.name = 'i') AS instance_key,
            min(pair.value) FILTER (WHERE pair.name = 'p') AS base_path,
            min(pair.value) FILTER (WHERE pair.name = 'cp') AS class_pointer
        FROM pair
        HAVING
            count(*) = count(DISTINCT pair.name)
            AND bool_and(pair.name IN ('t', 'i', 'p', 'cp'))
    )

    SELECT
        scan.carrier,
        scan.instance_key,
        scan.base_path,
        scan.class_pointer
    FROM scan
    WHERE
        paths.is_scan(scan.carrier, scan.instance_key, scan.base_path, scan.class_pointer);
END;

COMMENT ON FUNCTION paths.parse_scan_url(text, text)
IS
'Read what stands on a tag of that host, each parameter once and in any order, and nothing else; no
row where it is none.';

GRANT EXECUTE ON FUNCTION paths.parse_scan_url(text, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
