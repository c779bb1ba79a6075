-- Deploy pgtill:tables/app/bootstrap_metadata to pg
-- requires: schemas/app

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE app.bootstrap_metadata (
    key text NOT NULL,
    value text NOT NULL,

    CONSTRAINT bootstrap_metadata_pk PRIMARY KEY (key)
);

INSERT INTO app.bootstrap_metadata (key, value) VALUES ('bootstrap_version', 'v1');

COMMENT ON TABLE app.bootstrap_metadata
IS 'Facts about this database as a whole.';
COMMENT ON COLUMN app.bootstrap_metadata.key
IS 'Name of the fact, such as bootstrap_version.';
COMMENT ON COLUMN app.bootstrap_metadata.value
IS 'Its value.';

COMMIT;
