-- What only the bank's channel says, what only the clock does, and what only people decide.
--
-- A role is asked for at the edge: by what a session may act as now (`SET ROLE`, else its log-in),
-- for inside a SECURITY DEFINER function everybody is the owner. Nobody acts as a role that was
-- not granted to them.
--
-- Errors: LG005 (this flow is not allowed) also where it is another writer's.

CREATE FUNCTION ledger.is_written_by(p_writer text) RETURNS bool
LANGUAGE sql STABLE SET search_path = ledger, pg_temp AS $$
    SELECT pg_has_role(coalesce(nullif(current_setting('role'), 'none'), session_user::text)::name,
                       p_writer::name, 'USAGE')
$$;
REVOKE ALL ON FUNCTION ledger.is_written_by FROM PUBLIC;

ALTER TABLE ledger.flows ADD COLUMN writer text;  -- the role that alone may move so; or anyone
UPDATE ledger.flows SET writer = 'fen_bank' WHERE kind IN ('funding', 'payout', 'payout_return');
UPDATE ledger.flows SET writer = 'fen_worker' WHERE kind IN ('expiry', 'reclaim');

CREATE OR REPLACE FUNCTION ledger.refuse_unlisted_flow(p_kind text, p_debit text, p_credit text)
RETURNS void LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    f flows;
BEGIN
    SELECT * INTO f FROM flows WHERE kind = p_kind AND debit = p_debit AND credit = p_credit;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% may not move from % to %', p_kind, p_debit, p_credit
            USING ERRCODE = 'LG005';
    END IF;
    IF f.writer IS NOT NULL AND NOT is_written_by(f.writer) THEN
        RAISE EXCEPTION '% moves by % alone', p_kind, f.writer USING ERRCODE = 'LG005';
    END IF;
END $$;

-- What is held for a cash-out is settled and freed by the bank's word, or freed by who declined it.
CREATE FUNCTION ledger.refuse_resolution() RETURNS trigger
LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
BEGIN
    PERFORM 1 FROM holds h
      WHERE h.county_id = new.county_id AND h.id = new.hold_id AND h.kind = 'cash_out'
        AND (new.settled > 0 OR NOT EXISTS (
             SELECT FROM public.cash_outs c
              WHERE c.county_id = h.county_id AND c.hold_id = h.id AND c.state = 'declined'
                AND h.reference = 'cash_out:' || c.id || ':hold'));
    IF FOUND AND NOT is_written_by('fen_bank') THEN
        RAISE EXCEPTION 'hold % is for the bank to resolve', new.hold_id USING ERRCODE = 'LG005';
    END IF;
    RETURN new;
END $$;
REVOKE ALL ON FUNCTION ledger.refuse_resolution FROM PUBLIC;

CREATE TRIGGER resolved_by_its_writer BEFORE INSERT ON ledger.hold_resolutions
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_resolution();

-- The jobs carry out what people decided, and decide nothing.
CREATE FUNCTION refuse_deed_of_a_machine() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF current_user NOT IN ('fen_worker', 'fen_bank') THEN
        RETURN new;
    END IF;
    -- A row that was decided before may be written on.
    IF TG_OP = 'UPDATE' AND TG_ARGV[0] = 'decision' THEN
        IF new.decided_by IS NOT DISTINCT FROM old.decided_by THEN
            RETURN new;
        END IF;
    END IF;
    RAISE EXCEPTION '% does not do what people do in %', current_user, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- A statement of the bank's own, and what a line of a statement turned out to be.
CREATE FUNCTION refuse_word_of_the_bank() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT pg_has_role(current_user, 'fen_bank', 'USAGE') THEN
        RAISE EXCEPTION '% does not speak as the bank in %', current_user, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER the_banks_alone BEFORE INSERT ON bank_statements FOR EACH ROW
    WHEN (new.source = 'bank') EXECUTE FUNCTION refuse_word_of_the_bank();
CREATE TRIGGER booked_by_the_bank BEFORE INSERT ON statement_entries FOR EACH ROW
    WHEN (new.entry_class NOT IN ('waiting', 'set_aside') OR new.cash_out_id IS NOT NULL
          OR new.part_of IS NOT NULL)
    EXECUTE FUNCTION refuse_word_of_the_bank();
CREATE TRIGGER rebooked_by_the_bank BEFORE UPDATE ON statement_entries FOR EACH ROW
    WHEN (new.cash_out_id IS DISTINCT FROM old.cash_out_id
          OR (new.entry_class IS DISTINCT FROM old.entry_class
              AND (new.entry_class NOT IN ('waiting', 'set_aside', 'dismissed')
                   OR old.entry_class IN ('payout', 'return', 'funding', 'taken_apart'))))
    EXECUTE FUNCTION refuse_word_of_the_bank();

-- People ask for a cash-out, agree to it or decline it. All other steps are the bank's.
CREATE FUNCTION refuse_step_of_a_cash_out() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role(current_user, 'fen_bank', 'USAGE')
       OR TG_OP = 'INSERT' AND new.state IN ('awaiting_release', 'created')
       OR TG_OP = 'UPDATE' AND old.state = 'awaiting_release'
          AND new.state IN ('created', 'declined') THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION '% does not take a cash-out to %', current_user, new.state
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER asked_by_people BEFORE INSERT ON cash_outs FOR EACH ROW
    EXECUTE FUNCTION refuse_step_of_a_cash_out();
CREATE TRIGGER stepped_by_the_bank BEFORE UPDATE ON cash_outs FOR EACH ROW
    WHEN (new.state IS DISTINCT FROM old.state) EXECUTE FUNCTION refuse_step_of_a_cash_out();
