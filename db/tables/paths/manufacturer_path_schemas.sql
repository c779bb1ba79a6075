-- Deploy pgtill:tables/paths/manufacturer_path_schemas to pg
-- requires: tables/paths/manufacturer_registry

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE TABLE paths.manufacturer_path_schemas (
    wallet_version integer NOT NULL,
    manufacturer_index integer NOT NULL,
    path_level integer NOT NULL,
    level_name text NOT NULL,
    level_description text,
    gs1_mapping text,
    is_required boolean NOT NULL DEFAULT TRUE,
    sort_order integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT manufacturer_path_schemas_pk
    PRIMARY KEY (wallet_version, manufacturer_index, path_level),
    CONSTRAINT manufacturer_path_schemas_manufacturer_fk
    FOREIGN KEY (wallet_version, manufacturer_index)
    REFERENCES paths.manufacturer_registry (wallet_version, manufacturer_index),
    -- 1 is the wallet, 2 the manufacturer, 21 the last of 20 components; 999 is kept for classes.
    CONSTRAINT manufacturer_path_schemas_path_level_range
    CHECK (path_level BETWEEN 3 AND 21 OR path_level = 999),
    CONSTRAINT manufacturer_path_schemas_level_name_shape
    CHECK (level_name = btrim(level_name) AND length(level_name) BETWEEN 1 AND 100),
    CONSTRAINT manufacturer_path_schemas_level_description_length
    CHECK (length(level_description) <= 1000),
    CONSTRAINT manufacturer_path_schemas_gs1_mapping_length
    CHECK (length(gs1_mapping) BETWEEN 1 AND 100)
);

COMMENT ON TABLE paths.manufacturer_path_schemas
IS 'The levels of a manufacturer''s paths, as it defines them itself.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.wallet_version
IS 'The wallet.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.manufacturer_index
IS 'The manufacturer in it.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.path_level
IS 'Place in the path: 3 is the component after the manufacturer''s; 999 is kept for classes.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.level_name
IS 'region, category, product_line …';
COMMENT ON COLUMN paths.manufacturer_path_schemas.level_description
IS 'What it means, or NULL.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.gs1_mapping
IS 'GS1 application identifier that the level stands for, or NULL.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.is_required
IS 'Whether a path of this manufacturer must have the level. Told, not enforced.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.sort_order
IS 'Order of display, or NULL.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.created_at
IS 'When the row was made.';
COMMENT ON COLUMN paths.manufacturer_path_schemas.updated_at
IS 'When it was last changed.';

COMMIT;
