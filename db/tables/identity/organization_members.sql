-- Deploy pgtill:tables/identity/organization_members to pg
-- requires: tables/identity/organizations
-- requires: tables/identity/users

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE identity.organization_members (
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT organization_members_pk PRIMARY KEY (organization_id, user_id),
    CONSTRAINT organization_members_organization_fk
    FOREIGN KEY (organization_id) REFERENCES identity.organizations (id),
    CONSTRAINT organization_members_user_fk
    FOREIGN KEY (user_id) REFERENCES identity.users (id),
    CONSTRAINT organization_members_role_known CHECK (role IN ('owner', 'admin', 'member'))
);

CREATE INDEX organization_members_user_idx ON identity.organization_members (user_id);

COMMENT ON TABLE identity.organization_members
IS 'Which user belongs to which organization, and as what. One role each.';
COMMENT ON COLUMN identity.organization_members.organization_id
IS 'The organization.';
COMMENT ON COLUMN identity.organization_members.user_id
IS 'The user.';
COMMENT ON COLUMN identity.organization_members.role
IS 'owner, admin or member.';
COMMENT ON COLUMN identity.organization_members.created_at
IS 'When the row was made.';

COMMIT;
