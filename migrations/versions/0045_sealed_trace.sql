-- Seals of the trace: like those of the transfers (0005_seals.sql), one chain for each county.
--
-- The root is hashed and signed outside (app/kernel/seals): the key is not in the database. The
-- function keeps the chain without gaps and without branches; whether a root and a signature are
-- true is for `flask audit verify` to say, which trusts nothing here.
--
-- Errors: AU001 a row of the trace or a seal is to be changed, AU002 a seal does not continue the
-- chain.

CREATE FUNCTION refuse_change_of_trace() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'AU001';
END $$;

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trace();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trace();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON audit_seals
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trace();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trace();

-- Append a seal. Returns false when somebody else has appended this number first.
CREATE FUNCTION append_audit_seal(
    p_county bigint, p_number bigint, p_commits_from bigint, p_commits_before bigint,
    p_events bigint, p_root bytea, p_previous bytea, p_sealed_at timestamptz,
    p_key_id text, p_signature bytea
) RETURNS bool
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_number bigint; last_before bigint; covered bigint;
BEGIN
    SELECT number, commits_before INTO last_number, last_before FROM audit_seals
     WHERE county_id = p_county ORDER BY number DESC LIMIT 1;
    IF p_number <= coalesce(last_number, 0) THEN RETURN false; END IF;
    SELECT count(*) INTO covered FROM audit_events
     WHERE county_id = p_county AND xact >= p_commits_from AND xact < p_commits_before;
    IF p_number <> coalesce(last_number, 0) + 1 OR p_commits_from <> coalesce(last_before, 0)
       OR p_commits_before > pg_snapshot_xmin(pg_current_snapshot())::text::bigint
       OR covered <> p_events THEN
        RAISE EXCEPTION 'seal % of the trace of county % does not continue the chain',
                        p_number, p_county USING ERRCODE = 'AU002';
    END IF;
    INSERT INTO audit_seals (county_id, number, commits_from, commits_before, events, root,
                             previous, sealed_at, key_id, signature)
        VALUES (p_county, p_number, p_commits_from, p_commits_before, p_events, p_root,
                p_previous, p_sealed_at, p_key_id, p_signature)
        ON CONFLICT DO NOTHING;  -- by number, or by where it ends
    RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION append_audit_seal, refuse_change_of_trace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_audit_seal TO fen_app;

-- When and by which transaction an event was written, only the database says.
REVOKE INSERT ON audit_events FROM fen_app;
GRANT INSERT (county_id, id, at, actor_id, acted_as, action, subject_kind, subject_id,
              household_id, reason, channel, request_id, details, mac)
    ON audit_events TO fen_app;
