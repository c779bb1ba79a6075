-- Deploy pgtill:tables/paths/cross_wallet_verifications to pg
-- requires: tables/paths/wallet_versions

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.cross_wallet_verifications (
    id bigint GENERATED ALWAYS AS IDENTITY,
    source_wallet integer NOT NULL,
    target_wallet integer NOT NULL,
    base_path text COLLATE "C" NOT NULL,
    verification_result boolean NOT NULL,
    verified_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT cross_wallet_verifications_pk PRIMARY KEY (id),
    CONSTRAINT cross_wallet_verifications_source_fk
    FOREIGN KEY (source_wallet) REFERENCES paths.wallet_versions (version_id),
    CONSTRAINT cross_wallet_verifications_target_fk
    FOREIGN KEY (target_wallet) REFERENCES paths.wallet_versions (version_id),
    CONSTRAINT cross_wallet_verifications_base_path_length
    CHECK (length(base_path) BETWEEN 1 AND 219)
);

CREATE INDEX cross_wallet_verifications_source_idx
ON paths.cross_wallet_verifications (source_wallet);

CREATE INDEX cross_wallet_verifications_target_idx
ON paths.cross_wallet_verifications (target_wallet);

COMMENT ON TABLE paths.cross_wallet_verifications
IS 'Each question whether a path of one wallet lives on in another, and its answer.';
COMMENT ON COLUMN paths.cross_wallet_verifications.id
IS 'Key inside the database; never shown.';
COMMENT ON COLUMN paths.cross_wallet_verifications.source_wallet
IS 'The wallet that the path was of.';
COMMENT ON COLUMN paths.cross_wallet_verifications.target_wallet
IS 'The wallet that it was looked for in.';
COMMENT ON COLUMN paths.cross_wallet_verifications.base_path
IS 'Its path in the source wallet.';
COMMENT ON COLUMN paths.cross_wallet_verifications.verification_result
IS 'Whether it was found there.';
COMMENT ON COLUMN paths.cross_wallet_verifications.verified_at
IS 'When it was asked.';

COMMIT;
