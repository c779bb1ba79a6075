-- Verify pgtill:types/wallets/wallet_provider on pg

BEGIN;

DO $do$
BEGIN
    IF NOT enum_range(NULL::wallets.wallet_provider)::text[]
        @> ARRAY['fincra', 'paystack', 'flutterwave', 'lnbits']
    THEN
        RAISE EXCEPTION 'wallets.wallet_provider lacks a provider';
    END IF;
END
$do$;

ROLLBACK;
