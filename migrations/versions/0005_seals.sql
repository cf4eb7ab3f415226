-- Seals: signed fingerprints of the transfers, chained, one chain for each county.
--
-- A seal covers the commits from one fence to the next: the transfers with
-- commits_from <= xact < commits_before. A fence is taken at pg_snapshot_xmin, below which every
-- transaction has ended, so no transfer can appear later in a range that was sealed.
--
-- The root is hashed and signed outside (app/ledger/seals): the key is not in the database. This
-- function keeps the chain without gaps and without branches; whether a root and a signature are
-- true is for `flask ledger verify` to say, which trusts nothing here.
--
-- Errors: LG010 a seal that does not continue the chain.

CREATE TABLE ledger.seals (
    county_id      int    NOT NULL,
    number         bigint NOT NULL,           -- 1, 2, 3 ... of the county, without gaps
    commits_from   bigint NOT NULL,
    commits_before bigint NOT NULL,
    transfers      bigint NOT NULL,           -- how many it covers
    root           bytea  NOT NULL,           -- of the Merkle tree over them, in the order of ids
    previous       bytea  NOT NULL,           -- digest of the seal before; zeros for the first
    sealed_at      timestamptz NOT NULL,
    key_id         text   NOT NULL,
    signature      bytea  NOT NULL,           -- Ed25519, of all the above
    PRIMARY KEY (county_id, number),
    CONSTRAINT number_positive CHECK (number > 0),
    CONSTRAINT covers_something CHECK (commits_before > commits_from AND transfers > 0),
    CONSTRAINT digests_are_whole CHECK (length(root) = 32 AND length(previous) = 32),
    CONSTRAINT signature_is_whole CHECK (length(signature) = 64)
);

CREATE INDEX seals_sealed_at ON ledger.seals (sealed_at);
CREATE UNIQUE INDEX seals_commits ON ledger.seals (county_id, commits_before);

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.seals
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();

-- Every transaction below it has ended.
CREATE FUNCTION ledger.fence() RETURNS bigint
LANGUAGE sql VOLATILE SET search_path = ledger, pg_temp AS $$
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint
$$;

-- Append a seal. Returns false when somebody else has appended this number first.
CREATE FUNCTION ledger.seal(
    p_county int, p_number bigint, p_commits_from bigint, p_commits_before bigint,
    p_transfers bigint, p_root bytea, p_previous bytea, p_sealed_at timestamptz,
    p_key_id text, p_signature bytea
) RETURNS bool
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    last_number bigint; last_before bigint; covered bigint;
BEGIN
    SELECT number, commits_before INTO last_number, last_before FROM seals
     WHERE county_id = p_county ORDER BY number DESC LIMIT 1;
    IF p_number <= coalesce(last_number, 0) THEN RETURN false; END IF;
    SELECT count(*) INTO covered FROM transfers
     WHERE county_id = p_county
       AND xact >= p_commits_from::text::xid8 AND xact < p_commits_before::text::xid8;
    IF p_number <> coalesce(last_number, 0) + 1 OR p_commits_from <> coalesce(last_before, 0)
       OR p_commits_before > fence() OR covered <> p_transfers THEN
        RAISE EXCEPTION 'seal % of county % does not continue the chain', p_number, p_county
            USING ERRCODE = 'LG010';
    END IF;
    INSERT INTO seals (county_id, number, commits_from, commits_before, transfers, root, previous,
                       sealed_at, key_id, signature)
        VALUES (p_county, p_number, p_commits_from, p_commits_before, p_transfers, p_root,
                p_previous, p_sealed_at, p_key_id, p_signature)
        ON CONFLICT DO NOTHING;  -- by number, or by where it ends
    RETURN FOUND;
END $$;

-- For how many months, from the one of the instant on, there are partitions without a gap.
CREATE FUNCTION ledger.months_ahead(instant timestamptz) RETURNS int
LANGUAGE sql STABLE SET search_path = ledger, pg_temp SET timezone = 'UTC' AS $$
    SELECT count(*)::int FROM (
        SELECT bool_and(to_regclass('ledger.transfers_' || to_char(month, 'YYYYMM')) IS NOT NULL)
               OVER (ORDER BY month) AS is_there
          FROM generate_series(date_trunc('month', instant),
                               date_trunc('month', instant) + interval '35 months',
                               interval '1 month') month) months
     WHERE is_there
$$;

REVOKE ALL ON FUNCTION ledger.seal, ledger.fence, ledger.months_ahead FROM PUBLIC;
GRANT SELECT ON ledger.seals TO fen_app, fen_auditor;
GRANT EXECUTE ON FUNCTION ledger.fence, ledger.months_ahead TO fen_app, fen_auditor;
GRANT EXECUTE ON FUNCTION ledger.seal TO fen_app;
