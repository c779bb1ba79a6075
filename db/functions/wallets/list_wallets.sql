-- Deploy pgtill:functions/wallets/list_wallets to pg
-- requires: functions/wallets/wallet_payload
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION wallets.list_wallets(
    organization_id bigint,
    user_id text,
    provider text,
    is_active boolean,
    after_wallet_id text,
    max_count integer
)
RETURNS TABLE (wallet jsonb)
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint;
    _provider wallets.wallet_provider := list_wallets.provider::wallets.wallet_provider;
    _after wallets.wallet_registry;
BEGIN
    IF list_wallets.user_id IS NOT NULL THEN
        SELECT member.user_id
        INTO _user_id
        FROM identity.users AS person
        INNER JOIN identity.organization_members AS member ON member.user_id = person.id
        WHERE person.public_id = list_wallets.user_id
            AND member.organization_id = list_wallets.organization_id;

        IF NOT FOUND THEN
            RAISE EXCEPTION 'user does not exist'
                USING
                    ERRCODE = 'TL904',
                    DETAIL = format('user_id is %L', list_wallets.user_id);
        END IF;
    END IF;

    IF list_wallets.after_wallet_id IS NOT NULL THEN
        SELECT registered.*
        INTO _after
        FROM wallets.wallet_registry AS registered
        WHERE registered.external_id = list_wallets.after_wallet_id;

        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    RETURN QUERY
    SELECT wallets.wallet_payload(page.registered, person.public_id)
    FROM identity.organization_members AS member
    INNER JOIN identity.users AS person ON person.id = member.user_id
    -- Member by member in the order of the unique constraint: a page costs what it shows.
    CROSS JOIN LATERAL (
        SELECT registered
        FROM wallets.wallet_registry AS registered
        WHERE registered.user_id = member.user_id
            AND (
                _after.id IS NULL
                OR (registered.user_id, registered.provider, registered.provider_account_id)
                > (_after.user_id, _after.provider, _after.provider_account_id)
            )
            AND (_provider IS NULL OR registered.provider = _provider)
            AND (list_wallets.is_active IS NULL OR registered.is_active = list_wallets.is_active)
        ORDER BY registered.provider, registered.provider_account_id
        LIMIT list_wallets.max_count
    ) AS page
    WHERE member.organization_id = list_wallets.organization_id
        AND (_user_id IS NULL OR member.user_id = _user_id)
        AND member.user_id >= coalesce(_after.user_id, member.user_id)
    ORDER BY
        member.user_id, (page.registered).provider, (page.registered).provider_account_id
    LIMIT list_wallets.max_count;
END
$function$;

COMMENT ON FUNCTION wallets.list_wallets(bigint, text, text, boolean, text, integer)
IS
$comment$Answer at most max_count wallets of an organization's members, from behind a wallet on.

user_id, provider and is_active narrow them where they are not NULL. Ordered by user, provider and
provider_account_id, which never change: who walks from page to page with after_wallet_id, the id of
the last wallet seen, meets each wallet once. An unknown after_wallet_id has nothing behind it.

Raises
  TL904  user does not exist, or is no member of the organization
  22P02  no such provider$comment$;

GRANT EXECUTE
ON FUNCTION wallets.list_wallets(bigint, text, text, boolean, text, integer)
TO pgtill_service;

COMMIT;
