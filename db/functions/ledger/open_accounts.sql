-- Deploy pgtill:functions/ledger/open_accounts to pg
-- requires: functions/ledger/begin_chain

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.open_accounts(accounts jsonb)
RETURNS TABLE (account_position integer, outcome text, account_id text)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _opened text[];
BEGIN
    WITH opened AS (
        INSERT INTO ledger.accounts AS account (
            organization_id, name, type, currency, floor, ceiling
        )
        SELECT DISTINCT ON (
            asked.organization_id, asked.name COLLATE "C", asked.currency COLLATE "C"
        )
            asked.organization_id,
            asked.name,
            asked.type,
            asked.currency,
            asked.floor,
            asked.ceiling
        FROM ROWS FROM (
            jsonb_to_recordset(open_accounts.accounts) AS (
                organization_id bigint,
                name text,
                type ledger.account_type,
                currency text,
                floor numeric,
                ceiling numeric
            )
        ) WITH ORDINALITY AS asked (organization_id, name, type, currency, floor, ceiling, nth)
        WHERE EXISTS (
            SELECT FROM ledger.currencies AS known WHERE known.code = asked.currency
        )
        -- Two sessions that open the same accounts meet them in one order.
        ORDER BY asked.organization_id, asked.name COLLATE "C", asked.currency COLLATE "C", asked.nth
        ON CONFLICT ON CONSTRAINT accounts_name_unique DO NOTHING
        RETURNING account.public_id
    )

    SELECT array_agg(opened.public_id)
    INTO _opened
    FROM opened;

    -- A statement of its own, which sees what another session opened meanwhile.
    RETURN QUERY
    SELECT
        asked.nth::integer,
        CASE
            WHEN account.id IS NULL THEN 'unknown_currency'
            WHEN (account.type, account.floor, account.ceiling)
                IS DISTINCT FROM (asked.type, asked.floor, asked.ceiling)
                THEN 'account_conflict'
            WHEN account.public_id = ANY (_opened)
                AND asked.nth = min(asked.nth) OVER (PARTITION BY account.id)
                THEN 'opened'
            ELSE 'replayed'
        END,
        account.public_id
    FROM ROWS FROM (
        jsonb_to_recordset(open_accounts.accounts) AS (
            organization_id bigint,
            name text,
            type ledger.account_type,
            currency text,
            floor numeric,
            ceiling numeric
        )
    ) WITH ORDINALITY AS asked (organization_id, name, type, currency, floor, ceiling, nth)
    LEFT JOIN ledger.accounts AS account
        ON account.organization_id = asked.organization_id
        AND account.name = asked.name
        AND account.currency = asked.currency
    ORDER BY asked.nth;
END
$function$;

COMMENT ON FUNCTION ledger.open_accounts(jsonb)
IS
$comment$Open accounts, or find them as they were opened.

accounts  [{organization_id, name, type, currency, floor?, ceiling?}, ...]
          name is path-like, such as merchant_balance:m_1; type asset, expense, liability, revenue or
          equity; the limits are of the balance on the normal side, and zero lies between them

Answers one row an account, in order. Each outcome leaves its neighbours alone:
  opened            account_id is new
  replayed          it was opened before, the same
  account_conflict  account_id was opened before with another type or other limits, which never change
  unknown_currency  no such currency

Raises
  22003  a limit has more than 78 digits
  22P02  a type or a number is not well formed
  23502  an account lacks a field
  23503  no such organization
  23514  an account breaks a rule of its table
  40001  another session opened one meanwhile (above READ COMMITTED): call again$comment$;

GRANT EXECUTE ON FUNCTION ledger.open_accounts(jsonb) TO pgtill_service, pgtill_operator;

COMMIT;
