-- Points between two households: the one way on which a household's points become another's.
--
-- It is no flow that post, hold or spend could take: the day on which points end goes with them, and
-- that is kept here, not in Python. Who may ask for it, and that two people did, is above.

INSERT INTO ledger.flows VALUES ('carry', 'household', 'household');

CREATE OR REPLACE FUNCTION ledger.refuse_unlisted_flow(p_kind text, p_debit text, p_credit text)
RETURNS void LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
BEGIN
    PERFORM 1 FROM flows
      WHERE kind = p_kind AND debit = p_debit AND credit = p_credit AND kind <> 'carry';
    IF NOT FOUND THEN
        RAISE EXCEPTION '% may not move from % to %', p_kind, p_debit, p_credit
            USING ERRCODE = 'LG005';
    END IF;
END $$;

CREATE TYPE ledger.carried AS (id uuid, is_replay bool, expires_on date, amount bigint);

-- Carry a share of what a household can spend to another one: of each of its accounts whose last day
-- is not before p_day, floor(free * share / p_of), to the account of the other with the same last day.
-- p_earned is the share of points with a last day, p_sale that of points without one. What is held
-- stays. One transfer for each account that moves something, with the ids given in order.
CREATE FUNCTION ledger.carry(
    p_county int, p_ids uuid[], p_reference text,
    p_from uuid, p_to uuid, p_day date, p_earned int, p_sale int, p_of int
) RETURNS SETOF ledger.carried
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    bucket record; known record; is_known bool := false;
    credit_id bigint; piece bigint; used int := 0;
BEGIN
    IF p_from IS NULL OR p_to IS NULL OR p_from = p_to OR p_of <= 0
       OR p_earned NOT BETWEEN 0 AND p_of OR p_sale NOT BETWEEN 0 AND p_of THEN
        RAISE EXCEPTION 'no share of a household, or to itself' USING ERRCODE = 'LG005';
    END IF;
    -- The accounts that receive are there before any is locked, so that all are locked in one order.
    PERFORM account_id(p_county, 'household', p_to, a.expires_on)
       FROM accounts a JOIN balances b ON b.county_id = a.county_id AND b.account_id = a.id
      WHERE a.county_id = p_county AND a.kind = 'household' AND a.owner = p_from
        AND (a.expires_on IS NULL OR a.expires_on >= p_day) AND b.posted > b.held;
    PERFORM 1 FROM balances b
      WHERE b.county_id = p_county AND b.account_id IN (
            SELECT id FROM accounts
             WHERE county_id = p_county AND kind = 'household' AND owner IN (p_from, p_to))
      ORDER BY b.account_id FOR UPDATE;

    FOR known IN
        SELECT t.id, t.amount, d.expires_on,
               (t.kind, t.reference, d.owner, c.owner)
               IS DISTINCT FROM ('carry', p_reference, p_from, p_to) AS is_other
          FROM transfers t
          JOIN accounts d ON d.county_id = t.county_id AND d.id = t.debit
          JOIN accounts c ON c.county_id = t.county_id AND c.id = t.credit
         WHERE t.county_id = p_county AND t.id = ANY (p_ids)
         ORDER BY array_position(p_ids, t.id)
    LOOP
        IF known.is_other THEN
            RAISE EXCEPTION '% was carried with other contents', p_reference
                USING ERRCODE = 'LG004';
        END IF;
        is_known := true;
        RETURN NEXT (known.id, true, known.expires_on, known.amount)::carried;
    END LOOP;
    IF is_known THEN RETURN; END IF;

    PERFORM 1 FROM accounts a JOIN balances b ON b.county_id = a.county_id AND b.account_id = a.id
      WHERE a.county_id = p_county AND a.kind = 'household' AND a.owner IN (p_from, p_to)
        AND b.is_frozen;
    IF FOUND THEN
        RAISE EXCEPTION 'household % or % is frozen', p_from, p_to USING ERRCODE = 'LG002';
    END IF;
    FOR bucket IN
        SELECT a.id, a.expires_on,
               (b.posted - b.held) * CASE WHEN a.expires_on IS NULL THEN p_sale ELSE p_earned END
               / p_of AS share
          FROM accounts a JOIN balances b ON b.county_id = a.county_id AND b.account_id = a.id
         WHERE a.county_id = p_county AND a.kind = 'household' AND a.owner = p_from
           AND (a.expires_on IS NULL OR a.expires_on >= p_day) AND b.posted > b.held
         ORDER BY a.expires_on NULLS LAST
    LOOP
        CONTINUE WHEN bucket.share = 0;
        used := used + 1;
        piece := bucket.share;
        credit_id := account_id(p_county, 'household', p_to, bucket.expires_on);
        PERFORM move(p_county, p_ids[used], 'carry', p_reference,
                     bucket.id, credit_id, piece, NULL, 0);
        RETURN NEXT (p_ids[used], false, bucket.expires_on, piece)::carried;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION ledger.carry FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.carry TO fen_app;
