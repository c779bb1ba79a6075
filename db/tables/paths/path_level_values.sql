-- Deploy pgtill:tables/paths/path_level_values to pg
-- requires: tables/paths/manufacturer_path_schemas

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.path_level_values (
    wallet_version integer NOT NULL,
    manufacturer_index integer NOT NULL,
    path_level integer NOT NULL,
    level_value integer NOT NULL,
    value_name text NOT NULL,
    value_description text,
    gs1_code text,
    sku_reference text,
    is_active boolean NOT NULL DEFAULT TRUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT path_level_values_pk
    PRIMARY KEY (wallet_version, manufacturer_index, path_level, level_value),
    CONSTRAINT path_level_values_schema_fk
    FOREIGN KEY (wallet_version, manufacturer_index, path_level)
    REFERENCES paths.manufacturer_path_schemas (wallet_version, manufacturer_index, path_level),
    CONSTRAINT path_level_values_level_value_range CHECK (level_value >= 0),
    CONSTRAINT path_level_values_value_name_shape
    CHECK (value_name = btrim(value_name) AND length(value_name) BETWEEN 1 AND 100),
    CONSTRAINT path_level_values_value_description_length
    CHECK (length(value_description) <= 1000),
    CONSTRAINT path_level_values_gs1_code_length CHECK (length(gs1_code) BETWEEN 1 AND 50),
    CONSTRAINT path_level_values_sku_reference_length
    CHECK (length(sku_reference) BETWEEN 1 AND 100)
);

CREATE INDEX path_level_values_gs1_idx
ON paths.path_level_values (gs1_code) WHERE gs1_code IS NOT NULL;

CREATE INDEX path_level_values_sku_idx
ON paths.path_level_values (sku_reference) WHERE sku_reference IS NOT NULL;

COMMENT ON TABLE paths.path_level_values
IS 'What a number at a level means, with its GS1 code and SKU.';
COMMENT ON COLUMN paths.path_level_values.wallet_version
IS 'The wallet.';
COMMENT ON COLUMN paths.path_level_values.manufacturer_index
IS 'The manufacturer in it.';
COMMENT ON COLUMN paths.path_level_values.path_level
IS 'The level, one that the manufacturer has defined.';
COMMENT ON COLUMN paths.path_level_values.level_value
IS 'The number as it stands in paths.';
COMMENT ON COLUMN paths.path_level_values.value_name
IS 'Europe, Furniture, BILLY …';
COMMENT ON COLUMN paths.path_level_values.value_description
IS 'What it means, or NULL.';
COMMENT ON COLUMN paths.path_level_values.gs1_code
IS 'GTIN, GLN or another GS1 code, or NULL.';
COMMENT ON COLUMN paths.path_level_values.sku_reference
IS 'The manufacturer''s own product code, or NULL.';
COMMENT ON COLUMN paths.path_level_values.is_active
IS 'Whether it is in use.';
COMMENT ON COLUMN paths.path_level_values.created_at
IS 'When the row was made.';
COMMENT ON COLUMN paths.path_level_values.updated_at
IS 'When it was last changed.';

COMMIT;
