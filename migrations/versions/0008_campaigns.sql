-- Subsidies: how the money of funders flows. And holds on the points of a household.

INSERT INTO ledger.flows VALUES
    ('subsidy_funding', 'reserve', 'subsidy'),
    ('subsidy',         'subsidy', 'shop'),
    ('subsidy_return',  'shop',    'subsidy'),
    ('subsidy_reclaim', 'subsidy', 'reserve');

CREATE TYPE ledger.held_piece AS (id uuid, is_replay bool, expires_on date, amount bigint);

-- Hold a household's points for a later transfer, those that expire first before the others, never
-- those whose last day is before p_day. One hold for each account it touches, with the ids given in
-- order. What is held outlives its last day.
CREATE FUNCTION ledger.hold_points(
    p_county int, p_ids uuid[], p_kind text, p_reference text,
    p_household uuid, p_day date, p_credit_kind text, p_credit_owner uuid,
    p_amount bigint, p_expires_at timestamptz
) RETURNS SETOF ledger.held_piece
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    credit_id bigint; available bigint; remaining bigint := p_amount; piece bigint;
    bucket record; used int := 0; earlier record;
BEGIN
    PERFORM refuse_unlisted_flow(p_kind, 'household', p_credit_kind);
    credit_id := account_id(p_county, p_credit_kind, p_credit_owner, NULL);
    PERFORM 1 FROM balances b
      WHERE b.county_id = p_county AND b.account_id IN (
            SELECT id FROM accounts
             WHERE county_id = p_county AND kind = 'household' AND owner = p_household)
      ORDER BY b.account_id FOR UPDATE;

    SELECT sum(h.amount) AS amount,
           bool_and((h.kind, h.reference, h.credit, a.owner)
                    IS NOT DISTINCT FROM (p_kind, p_reference, credit_id, p_household)) AS is_same
      INTO earlier
      FROM holds h JOIN accounts a ON a.county_id = h.county_id AND a.id = h.debit
     WHERE h.county_id = p_county AND h.id = ANY (p_ids);
    IF earlier.amount IS NOT NULL THEN
        IF NOT earlier.is_same OR earlier.amount <> p_amount THEN
            RAISE EXCEPTION 'points are held for % with other contents', p_reference
                USING ERRCODE = 'LG004';
        END IF;
        RETURN QUERY SELECT h.id, true, a.expires_on, h.amount
                       FROM holds h
                       JOIN accounts a ON a.county_id = h.county_id AND a.id = h.debit
                      WHERE h.county_id = p_county AND h.id = ANY (p_ids)
                      ORDER BY a.expires_on NULLS LAST;
        RETURN;
    END IF;

    SELECT coalesce(sum(b.posted - b.held), 0) INTO available
      FROM accounts a JOIN balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = p_county AND a.kind = 'household' AND a.owner = p_household
       AND NOT b.is_frozen AND (a.expires_on IS NULL OR a.expires_on >= p_day);
    IF p_amount <= 0 OR available < p_amount THEN
        RAISE EXCEPTION 'household % has too little', p_household USING ERRCODE = 'LG001',
            DETAIL = json_build_object('balance', available, 'needed', p_amount)::text;
    END IF;

    FOR bucket IN
        SELECT a.id, a.expires_on, b.posted - b.held AS free
          FROM accounts a JOIN balances b ON b.county_id = a.county_id AND b.account_id = a.id
         WHERE a.county_id = p_county AND a.kind = 'household' AND a.owner = p_household
           AND NOT b.is_frozen AND (a.expires_on IS NULL OR a.expires_on >= p_day)
           AND b.posted > b.held
         ORDER BY a.expires_on NULLS LAST
    LOOP
        used := used + 1;
        piece := least(remaining, bucket.free);
        UPDATE balances b SET held = b.held + piece
         WHERE b.county_id = p_county AND b.account_id = bucket.id;
        INSERT INTO holds (county_id, id, kind, reference, debit, credit, amount, expires_at)
            VALUES (p_county, p_ids[used], p_kind, p_reference, bucket.id, credit_id, piece,
                    p_expires_at);
        RETURN NEXT (p_ids[used], false, bucket.expires_on, piece)::held_piece;
        remaining := remaining - piece;
        EXIT WHEN remaining = 0;
    END LOOP;
END $$;

-- Settle what hold_points held with p_amount, out of what expires first, and release
-- the rest, or release it whole with 0. All pieces at once, and at most once.
CREATE FUNCTION ledger.settle_points(
    p_county int, p_holds uuid[], p_ids uuid[], p_reference text, p_amount bigint
) RETURNS SETOF ledger.posted
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    whole bigint; remaining bigint := p_amount; part bigint; piece record; used int := 0;
    earlier record;
BEGIN
    PERFORM 1 FROM balances b
      WHERE b.county_id = p_county AND b.account_id IN (
            SELECT debit FROM holds WHERE county_id = p_county AND id = ANY (p_holds))
      ORDER BY b.account_id FOR UPDATE;
    SELECT sum(amount) INTO whole FROM holds
     WHERE county_id = p_county AND id = ANY (p_holds);
    IF whole IS NULL OR p_amount < 0 OR p_amount > whole THEN
        RAISE EXCEPTION 'holds % cannot be settled with %', p_holds, p_amount
            USING ERRCODE = 'LG003';
    END IF;

    SELECT sum(settled) AS settled,
           bool_and(reference = p_reference AND resolved_by = ANY (p_ids)) AS is_same
      INTO earlier
      FROM hold_resolutions WHERE county_id = p_county AND hold_id = ANY (p_holds);
    IF earlier.settled IS NOT NULL THEN
        IF NOT earlier.is_same OR earlier.settled <> p_amount THEN
            RAISE EXCEPTION 'holds % were resolved before', p_holds USING ERRCODE = 'LG003';
        END IF;
        RETURN QUERY SELECT t.id, true, t.amount, t.debit_after, t.credit_after FROM transfers t
                      WHERE t.county_id = p_county AND t.id = ANY (p_ids) ORDER BY t.debit;
        RETURN;
    END IF;

    FOR piece IN
        SELECT h.id, h.kind, h.debit, h.credit, h.amount
          FROM holds h JOIN accounts a ON a.county_id = h.county_id AND a.id = h.debit
         WHERE h.county_id = p_county AND h.id = ANY (p_holds)
         ORDER BY a.expires_on NULLS LAST
    LOOP
        used := used + 1;
        part := least(remaining, piece.amount);
        INSERT INTO hold_resolutions (county_id, hold_id, resolved_by, reference, settled)
            VALUES (p_county, piece.id, p_ids[used], p_reference, part);
        IF part > 0 THEN
            RETURN NEXT move(p_county, p_ids[used], piece.kind, p_reference,
                             piece.debit, piece.credit, part, piece.id, piece.amount);
        ELSE
            UPDATE balances b SET held = b.held - piece.amount
             WHERE b.county_id = p_county AND b.account_id = piece.debit;
        END IF;
        remaining := remaining - part;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION ledger.hold_points, ledger.settle_points FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.hold_points, ledger.settle_points TO fen_app;
