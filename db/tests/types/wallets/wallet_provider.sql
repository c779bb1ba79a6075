-- wallet_provider: which providers there are.
\ir ../../support/begin.psql

SELECT plan(1);

SELECT
    enum_has_labels(
        'wallets', 'wallet_provider', ARRAY['fincra', 'paystack', 'flutterwave', 'lnbits'],
        'four providers; service/types_wallets.py names the same'
    );

SELECT * FROM finish();
ROLLBACK;
