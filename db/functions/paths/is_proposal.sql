-- Deploy pgtill:functions/paths/is_proposal to pg
-- requires: schemas/paths

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.is_proposal(action text, arguments jsonb)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        jsonb_typeof(is_proposal.arguments) = 'object'
        AND CASE is_proposal.action
            WHEN 'create_wallet_version'
                THEN
                    is_proposal.arguments ->> 'master_key_id' <> ''
                    AND is_proposal.arguments - ARRAY[
                        'version_name', 'master_key_id', 'description', 'environment',
                        'security_level', 'daily_allocation_limit'
                    ] = '{}'
                    AND coalesce(is_proposal.arguments ->> 'version_name', 'v')
                    ~ '^[0-9A-Za-z._-]{1,32}$'
                    AND length(is_proposal.arguments ->> 'master_key_id') <= 100
                    AND is_proposal.arguments ->> 'master_key_id' !~ '[[:cntrl:]]'
                    AND length(coalesce(is_proposal.arguments ->> 'description', 'v'))
                    BETWEEN 1 AND 1000
                    AND coalesce(is_proposal.arguments ->> 'environment', 'production')
                    IN ('production', 'testing', 'development')
                    AND coalesce(is_proposal.arguments ->> 'security_level', 'standard')
                    IN ('standard', 'high', 'experimental')
                    AND coalesce(is_proposal.arguments ->> 'daily_allocation_limit', '0')
                    ~ '^[0-9]+$'
                    -- As jsonb, where a number of any length compares, and text is below it.
                    AND coalesce(is_proposal.arguments -> 'daily_allocation_limit', '0')
                    BETWEEN '0' AND '2147483647'
            WHEN 'set_default_wallet'
                THEN
                    is_proposal.arguments - 'version_id' = '{}'
                    AND is_proposal.arguments ->> 'version_id' ~ '^[0-9]+$'
                    AND is_proposal.arguments -> 'version_id' BETWEEN '1' AND '2147483647'
            WHEN 'set_wallet_status'
                THEN
                    is_proposal.arguments - ARRAY['version_id', 'status'] = '{}'
                    AND is_proposal.arguments ->> 'version_id' ~ '^[0-9]+$'
                    AND is_proposal.arguments -> 'version_id' BETWEEN '1' AND '2147483647'
                    AND is_proposal.arguments ->> 'status'
                    IN ('active', 'inactive', 'deprecated', 'retired')
            ELSE FALSE
        END;
END;

COMMENT ON FUNCTION paths.is_proposal(text, jsonb)
IS 'Tell whether an action has the arguments it needs, and no others; NULL counts as no.

Private to propose().';

COMMIT;
