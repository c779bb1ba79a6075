-- Deploy pgtill:tables/paths/super_admins to pg
-- requires: schemas/paths
-- requires: tables/identity/users

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.super_admins (
    user_id bigint NOT NULL,
    granted_by text NOT NULL,
    source_ref text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    revoked_by text,
    revoked_at timestamptz,

    CONSTRAINT super_admins_pk PRIMARY KEY (user_id),
    CONSTRAINT super_admins_user_fk FOREIGN KEY (user_id) REFERENCES identity.users (id),
    CONSTRAINT super_admins_granted_by_length CHECK (length(granted_by) BETWEEN 1 AND 200),
    CONSTRAINT super_admins_source_ref_length CHECK (length(source_ref) BETWEEN 1 AND 200),
    CONSTRAINT super_admins_revoked_by_length CHECK (length(revoked_by) BETWEEN 1 AND 200),
    CONSTRAINT super_admins_revoked_whole CHECK (num_nonnulls(revoked_by, revoked_at) IN (0, 2))
);

COMMENT ON TABLE paths.super_admins
IS 'Users who may, two at a time, make wallets and move the default; one responds to an incident.';
COMMENT ON COLUMN paths.super_admins.user_id
IS 'The user.';
COMMENT ON COLUMN paths.super_admins.granted_by
IS 'Who decided so.';
COMMENT ON COLUMN paths.super_admins.source_ref
IS 'Where that decision stands.';
COMMENT ON COLUMN paths.super_admins.granted_at
IS 'Since when.';
COMMENT ON COLUMN paths.super_admins.revoked_by
IS 'Who took it back, or NULL.';
COMMENT ON COLUMN paths.super_admins.revoked_at
IS 'When it was taken back; NULL while it holds.';

COMMIT;
