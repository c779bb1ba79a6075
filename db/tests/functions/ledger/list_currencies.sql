-- list_currencies(): what books may be kept in, by code.
\ir ../../support/begin.psql

SELECT plan(3);

-- Shape

SELECT
    is(
        given.shape('ledger.list_currencies()'),
        'stable definer, pgtill_auditor pgtill_operator pgtill_service',
        'service, operators and auditors read'
    );

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT listed.code COLLATE "default", listed.exponent, listed.name, listed.kind
        FROM ledger.list_currencies() AS listed
        WHERE listed.code IN ('USDT', 'USD', 'JPY', 'ETH', 'BHD')
        $$,
        $$
        VALUES
        ('BHD', 3, 'Bahraini Dinar', 'iso4217'), ('ETH', 18, 'Ether', 'asset'), ('JPY', 0, 'Yen', 'iso4217'),
        ('USD', 2, 'US Dollar', 'iso4217'), ('USDT', 6, 'Tether USD', 'asset')
        $$,
        'by code, with decimals, name and kind'
    );

RESET ROLE;

SELECT
    is(
        (
            SELECT count(*) FROM ledger.list_currencies()
        ),
        (
            SELECT count(*) FROM ledger.currencies
        ),
        'all of them'
    );

SELECT * FROM finish();
ROLLBACK;
