-- Deploy pgtill:tables/paths/proposals to pg
-- requires: tables/paths/super_admins
-- requires: functions/identity/random_id

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.proposals (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id text NOT NULL DEFAULT identity.random_id('prp_'),
    action text NOT NULL,
    arguments jsonb NOT NULL,
    status text NOT NULL DEFAULT 'proposed',
    proposed_by bigint NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    decided_by bigint,
    decided_at timestamptz,
    result jsonb,

    CONSTRAINT proposals_pk PRIMARY KEY (id),
    CONSTRAINT proposals_public_id_unique UNIQUE (public_id),
    CONSTRAINT proposals_public_id_shape CHECK (public_id ~ '^prp_[0-9a-f]{24}$'),
    CONSTRAINT proposals_action_known
    CHECK (action IN ('create_wallet_version', 'set_default_wallet', 'set_wallet_status')),
    CONSTRAINT proposals_arguments_object CHECK (jsonb_typeof(arguments) = 'object'),
    CONSTRAINT proposals_status_known CHECK (status IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT proposals_proposed_by_fk
    FOREIGN KEY (proposed_by) REFERENCES paths.super_admins (user_id),
    CONSTRAINT proposals_decided_by_fk
    FOREIGN KEY (decided_by) REFERENCES paths.super_admins (user_id),
    -- Two people stand behind what is carried out.
    CONSTRAINT proposals_approved_by_another
    CHECK (status <> 'approved' OR decided_by <> proposed_by),
    CONSTRAINT proposals_decided_whole
    CHECK (num_nonnulls(decided_by, decided_at) = CASE status WHEN 'proposed' THEN 0 ELSE 2 END),
    CONSTRAINT proposals_result_when_approved
    CHECK ((status = 'approved') = (result IS NOT NULL))
);

CREATE INDEX proposals_proposed_by_idx ON paths.proposals (proposed_by);

CREATE INDEX proposals_decided_by_idx ON paths.proposals (decided_by);

COMMENT ON TABLE paths.proposals
IS 'Acts that need two super-admins: proposed by one, approved and so carried out by another.';
COMMENT ON COLUMN paths.proposals.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN paths.proposals.public_id
IS 'Id outside: prp_ and 24 lower hex digits.';
COMMENT ON COLUMN paths.proposals.action
IS 'create_wallet_version, set_default_wallet or set_wallet_status.';
COMMENT ON COLUMN paths.proposals.arguments
IS 'What the act is given.';
COMMENT ON COLUMN paths.proposals.status
IS 'proposed, then approved or rejected for good.';
COMMENT ON COLUMN paths.proposals.proposed_by
IS 'The super-admin who asked.';
COMMENT ON COLUMN paths.proposals.proposed_at
IS 'When.';
COMMENT ON COLUMN paths.proposals.decided_by
IS 'The super-admin who decided; to approve, not the one who asked.';
COMMENT ON COLUMN paths.proposals.decided_at
IS 'When it was decided, or NULL.';
COMMENT ON COLUMN paths.proposals.result
IS 'What came of it when it was approved: the wallet version.';

COMMIT;
