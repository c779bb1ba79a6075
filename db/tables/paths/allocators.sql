-- Deploy pgtill:tables/paths/allocators to pg
-- requires: tables/paths/manufacturer_registry
-- requires: tables/identity/users

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.allocators (
    wallet_version integer NOT NULL,
    manufacturer_index integer NOT NULL,
    user_id bigint NOT NULL,

    CONSTRAINT allocators_pk PRIMARY KEY (wallet_version, manufacturer_index, user_id),
    CONSTRAINT allocators_manufacturer_fk
    FOREIGN KEY (wallet_version, manufacturer_index)
    REFERENCES paths.manufacturer_registry (wallet_version, manufacturer_index),
    CONSTRAINT allocators_user_fk FOREIGN KEY (user_id) REFERENCES identity.users (id)
);

CREATE INDEX allocators_user_idx ON paths.allocators (user_id);

COMMENT ON TABLE paths.allocators
IS
$comment$Who has allocated paths of which manufacturer. Rows never change and never go.

Each path points at one row here, which points at manufacturer and user: ten thousand paths check one
foreign key each, not two.$comment$;
COMMENT ON COLUMN paths.allocators.wallet_version
IS 'The wallet.';
COMMENT ON COLUMN paths.allocators.manufacturer_index
IS 'The manufacturer.';
COMMENT ON COLUMN paths.allocators.user_id
IS 'The user who asked.';

COMMIT;
