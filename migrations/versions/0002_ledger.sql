-- The ledger: accounts, transfers and holds, and the few functions that may write them.
--
-- This file is the trust boundary. The application's role (fen_app) may read these tables and
-- execute the functions granted at the end; it cannot insert, update or delete a row. Everything
-- else (who may do it, how many points, limits, retries) is Python above app/ledger.
--
-- Rules that hold at every commit:
--   * An amount is a whole, positive number of fen. One point is one fen.
--   * balance = credits - debits. All balances of a county sum to zero. Only custody, which
--     mirrors the county's account at the bank, may be negative.
--   * A transfer is written once. Its id is derived from the row that decided it, so a repeat
--     meets its own first outcome, and the same id with other contents is an error.
--   * Points flow only along the kinds listed in ledger.flows: nobody can send points to a
--     household (but by ledger.carry, when people of one become another: 0054), and no household
--     can be paid in money.
--
-- Locks: accounts in id order. Ids begin with the rank of their kind, so the accounts that many
-- transfers share (budgets, custody) come last and are held for the shortest time.
--
-- Errors: LG001 too little on the account, LG002 account frozen, LG003 hold already resolved or
-- exceeded, LG004 the id was used with other contents, LG005 this flow is not allowed,
-- LG009 ledger rows are not changed.

CREATE SCHEMA ledger;

-- Kinds ---------------------------------------------------------------------------------------

CREATE TABLE ledger.account_kinds (
    kind          text PRIMARY KEY,
    rank          int  NOT NULL UNIQUE,   -- lock order; leads the account id
    has_owner     bool NOT NULL,          -- one account for each owner, or one for the county
    may_expire    bool NOT NULL,          -- an owner has one account for each expiry date
    may_go_negative bool NOT NULL
);

INSERT INTO ledger.account_kinds VALUES
    ('household',        1, true,  true,  false),
    ('shop',             2, true,  false, false),
    ('recycler',         3, true,  false, false),
    ('subsidy',          4, true,  false, false),
    ('village_budget',   5, true,  false, false),
    ('expired',          6, false, false, false),
    ('reserve',          7, false, false, false),
    ('payout_in_flight', 8, false, false, false),
    ('custody',          9, false, false, true);

CREATE TABLE ledger.flows (               -- every way an amount may move
    kind   text NOT NULL,
    debit  text NOT NULL REFERENCES ledger.account_kinds,
    credit text NOT NULL REFERENCES ledger.account_kinds,
    PRIMARY KEY (kind, debit, credit)
);

INSERT INTO ledger.flows VALUES
    ('funding',       'custody',          'reserve'),
    ('allotment',     'reserve',          'village_budget'),
    ('award',         'village_budget',   'household'),
    ('redemption',    'household',        'shop'),
    ('void',          'shop',             'household'),
    ('cash_out',      'shop',             'payout_in_flight'),
    ('payout',        'payout_in_flight', 'custody'),
    ('payout_return', 'custody',          'shop'),
    ('expiry',        'household',        'expired'),
    ('reclaim',       'expired',          'reserve'),
    ('reversal',      'household',        'village_budget'),
    ('reversal',      'shop',             'household'),
    ('repayment',     'household',        'village_budget');

-- Accounts ------------------------------------------------------------------------------------

CREATE SEQUENCE ledger.account_numbers;

CREATE TABLE ledger.accounts (
    county_id  int    NOT NULL,
    id         bigint NOT NULL,           -- rank of the kind * 2^40 + a number
    kind       text   NOT NULL REFERENCES ledger.account_kinds,
    owner      uuid,                      -- household, shop, village ... : an id, never a name
    expires_on date,                      -- the last day on which a household may spend it
    opened_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (county_id, id),
    CONSTRAINT one_account_each UNIQUE NULLS NOT DISTINCT (county_id, kind, owner, expires_on)
);

CREATE INDEX accounts_expiring ON ledger.accounts (county_id, expires_on)
 WHERE expires_on IS NOT NULL;

CREATE TABLE ledger.balances (            -- one narrow row for each account, updated in place
    county_id  int    NOT NULL,
    account_id bigint NOT NULL,
    posted     bigint NOT NULL DEFAULT 0, -- credits - debits
    held       bigint NOT NULL DEFAULT 0, -- reserved by holds that are not resolved
    entries    bigint NOT NULL DEFAULT 0, -- transfers on this account so far, without gaps
    head       bytea  NOT NULL,           -- hash chain over them
    may_go_negative bool NOT NULL,
    is_frozen  bool   NOT NULL DEFAULT false,
    PRIMARY KEY (county_id, account_id),
    FOREIGN KEY (county_id, account_id) REFERENCES ledger.accounts,
    CONSTRAINT held_not_negative CHECK (held >= 0),
    CONSTRAINT not_overdrawn CHECK (may_go_negative OR posted >= held)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- Transfers and holds -------------------------------------------------------------------------

CREATE TABLE ledger.transfers (
    county_id  int    NOT NULL,
    id         uuid   NOT NULL,           -- UUIDv7: idempotency key, time order, partition key
    kind       text   NOT NULL,
    reference  text   NOT NULL,           -- the business row that decided it, "award:<id>"
    debit      bigint NOT NULL,
    credit     bigint NOT NULL,
    amount     bigint NOT NULL,
    hold_id    uuid,                      -- the hold it settles
    posted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    xact       xid8   NOT NULL DEFAULT pg_current_xact_id(),  -- fence for readers of the commit order
    debit_entry  bigint NOT NULL,         -- its number on each account, the balance after it,
    debit_after  bigint NOT NULL,         -- and the head of the chain after it
    debit_head   bytea  NOT NULL,
    credit_entry bigint NOT NULL,
    credit_after bigint NOT NULL,
    credit_head  bytea  NOT NULL,
    PRIMARY KEY (county_id, id),
    CONSTRAINT amount_positive CHECK (amount > 0),
    CONSTRAINT two_accounts CHECK (debit <> credit)
) PARTITION BY RANGE (id);

CREATE INDEX transfers_debit  ON ledger.transfers (county_id, debit, id);
CREATE INDEX transfers_credit ON ledger.transfers (county_id, credit, id);
CREATE INDEX transfers_xact   ON ledger.transfers (county_id, xact);

CREATE TABLE ledger.holds (
    county_id  int    NOT NULL,
    id         uuid   NOT NULL,
    kind       text   NOT NULL,           -- of the transfer that will settle it
    reference  text   NOT NULL,
    debit      bigint NOT NULL,
    credit     bigint NOT NULL,
    amount     bigint NOT NULL,
    expires_at timestamptz,               -- none: until somebody resolves it
    held_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (county_id, id),
    FOREIGN KEY (county_id, debit) REFERENCES ledger.accounts,
    FOREIGN KEY (county_id, credit) REFERENCES ledger.accounts,
    CONSTRAINT amount_positive CHECK (amount > 0)
);

CREATE INDEX holds_debit ON ledger.holds (county_id, debit);

CREATE TABLE ledger.hold_resolutions (    -- at most one for each hold
    county_id   int    NOT NULL,
    hold_id     uuid   NOT NULL,
    resolved_by uuid   NOT NULL,          -- id of the transfer, or of the release
    reference   text   NOT NULL,
    settled     bigint NOT NULL,          -- 0: released
    resolved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (county_id, hold_id),
    FOREIGN KEY (county_id, hold_id) REFERENCES ledger.holds,
    CONSTRAINT settled_not_negative CHECK (settled >= 0)
);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of ledger.% are never changed', TG_TABLE_NAME USING ERRCODE = 'LG009';
END $$;

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.transfers
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.holds
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.hold_resolutions
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.accounts
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();

-- Partitions ----------------------------------------------------------------------------------

CREATE FUNCTION ledger.first_id_of(instant timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = ledger, pg_temp AS $$
    SELECT (lpad(to_hex((extract(epoch FROM instant) * 1000)::bigint), 12, '0')
            || '00000000000000000000')::uuid
$$;

-- Make the monthly partitions of a span that are still missing; returns how many it made.
CREATE FUNCTION ledger.open_months(first_month date, months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    month date; made int := 0; partition text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ledger.open_months'));
    FOR i IN 0 .. months - 1 LOOP
        month := (date_trunc('month', first_month) + make_interval(months => i))::date;
        partition := 'transfers_' || to_char(month, 'YYYYMM');
        CONTINUE WHEN to_regclass('ledger.' || partition) IS NOT NULL;
        EXECUTE format(
            'CREATE TABLE ledger.%I PARTITION OF ledger.transfers FOR VALUES FROM (%L) TO (%L)',
            partition, first_id_of(month), first_id_of(month + interval '1 month'));
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

-- Posting -------------------------------------------------------------------------------------

-- The account of a kind and owner, or null. An index cannot answer IS NOT DISTINCT FROM, so an
-- owner is asked for by `=`: the alternative walks all accounts of the kind.
CREATE FUNCTION ledger.find_account(
    p_county int, p_kind text, p_owner uuid, p_expires_on date
) RETURNS bigint
LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    found_id bigint;
BEGIN
    IF p_owner IS NULL THEN
        SELECT id INTO found_id FROM accounts
         WHERE county_id = p_county AND kind = p_kind AND owner IS NULL AND expires_on IS NULL;
    ELSE
        SELECT id INTO found_id FROM accounts
         WHERE county_id = p_county AND kind = p_kind AND owner = p_owner
           AND expires_on IS NOT DISTINCT FROM p_expires_on;
    END IF;
    RETURN found_id;
END $$;

-- The account of a kind and owner, opened at its first use.
CREATE FUNCTION ledger.account_id(
    p_county int, p_kind text, p_owner uuid, p_expires_on date
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    found_id bigint; is_of account_kinds;
BEGIN
    found_id := find_account(p_county, p_kind, p_owner, p_expires_on);
    IF found_id IS NOT NULL THEN RETURN found_id; END IF;

    SELECT * INTO is_of FROM account_kinds WHERE kind = p_kind;
    IF NOT FOUND OR is_of.has_owner <> (p_owner IS NOT NULL)
       OR (p_expires_on IS NOT NULL AND NOT is_of.may_expire) THEN
        RAISE EXCEPTION 'no account can be % of % until %', p_kind, p_owner, p_expires_on
            USING ERRCODE = 'LG005';
    END IF;
    found_id := is_of.rank * (1::bigint << 40) + nextval('account_numbers');
    INSERT INTO accounts (county_id, id, kind, owner, expires_on)
        VALUES (p_county, found_id, p_kind, p_owner, p_expires_on)
        ON CONFLICT ON CONSTRAINT one_account_each DO NOTHING;
    IF NOT FOUND THEN  -- somebody else has just opened it
        RETURN find_account(p_county, p_kind, p_owner, p_expires_on);
    END IF;
    INSERT INTO balances (county_id, account_id, may_go_negative, head)
        VALUES (p_county, found_id, is_of.may_go_negative, genesis(p_county, found_id));
    RETURN found_id;
END $$;

-- Where the hash chain of an account begins, and one step of it.
CREATE FUNCTION ledger.genesis(p_county int, p_account bigint) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$ SELECT sha256(int4send(p_county) || int8send(p_account)) $$;

CREATE FUNCTION ledger.leaf(
    p_id uuid, p_kind text, p_reference text, p_debit bigint, p_credit bigint, p_amount bigint
) RETURNS bytea
LANGUAGE sql STABLE AS $$  -- as convert_to is; a stricter promise would keep it from being inlined
    SELECT uuid_send(p_id) || int8send(p_debit) || int8send(p_credit) || int8send(p_amount)
           || convert_to(p_kind || ' ' || p_reference, 'UTF8')
$$;

CREATE FUNCTION ledger.refuse_unlisted_flow(p_kind text, p_debit text, p_credit text)
RETURNS void LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
BEGIN
    PERFORM 1 FROM flows WHERE kind = p_kind AND debit = p_debit AND credit = p_credit;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% may not move from % to %', p_kind, p_debit, p_credit
            USING ERRCODE = 'LG005';
    END IF;
END $$;

-- Say why an account could not be debited or credited. Never returns.
CREATE FUNCTION ledger.refuse_balance(p_county int, p_account bigint, p_needed bigint)
RETURNS void LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    b balances;
BEGIN
    SELECT * INTO STRICT b FROM balances WHERE county_id = p_county AND account_id = p_account;
    IF b.is_frozen THEN
        RAISE EXCEPTION 'account % is frozen', p_account USING ERRCODE = 'LG002';
    END IF;
    RAISE EXCEPTION 'account % has too little', p_account USING ERRCODE = 'LG001',
        DETAIL = json_build_object('balance', b.posted - b.held, 'needed', p_needed)::text;
END $$;

CREATE TYPE ledger.posted AS (
    id uuid, is_replay bool, amount bigint, debit_after bigint, credit_after bigint
);

-- Move p_amount out of one account into another whose rows the caller named by id, write the
-- transfer, and release p_release of what was held on the debit account. Locks in id order.
CREATE FUNCTION ledger.move(
    p_county int, p_id uuid, p_kind text, p_reference text,
    p_debit bigint, p_credit bigint, p_amount bigint, p_hold uuid, p_release bigint
) RETURNS ledger.posted
LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    step bytea := leaf(p_id, p_kind, p_reference, p_debit, p_credit, p_amount);
    d balances; c balances;
BEGIN
    FOR turn IN 1 .. 2 LOOP
        IF (turn = 1) = (p_debit < p_credit) THEN
            UPDATE balances b
               SET posted = b.posted - p_amount, held = b.held - p_release,
                   entries = b.entries + 1, head = sha256(b.head || step)
             WHERE b.county_id = p_county AND b.account_id = p_debit AND NOT b.is_frozen
               AND (b.may_go_negative OR b.posted - p_amount >= b.held - p_release)
            RETURNING b.* INTO d;
            IF NOT FOUND THEN PERFORM refuse_balance(p_county, p_debit, p_amount); END IF;
        ELSE
            UPDATE balances b
               SET posted = b.posted + p_amount,
                   entries = b.entries + 1, head = sha256(b.head || step)
             WHERE b.county_id = p_county AND b.account_id = p_credit AND NOT b.is_frozen
            RETURNING b.* INTO c;
            IF NOT FOUND THEN PERFORM refuse_balance(p_county, p_credit, p_amount); END IF;
        END IF;
    END LOOP;
    INSERT INTO transfers (county_id, id, kind, reference, debit, credit, amount, hold_id,
                           debit_entry, debit_after, debit_head,
                           credit_entry, credit_after, credit_head)
        VALUES (p_county, p_id, p_kind, p_reference, p_debit, p_credit, p_amount, p_hold,
                d.entries, d.posted, d.head, c.entries, c.posted, c.head);
    RETURN (p_id, false, p_amount, d.posted, c.posted)::posted;
END $$;

-- The first outcome of an id, or null. Two posts of one id touch the same accounts, so with the
-- lower one locked first the second sees the first's transfer here.
CREATE FUNCTION ledger.first_outcome(
    p_county int, p_id uuid, p_kind text, p_reference text,
    p_debit bigint, p_credit bigint, p_amount bigint
) RETURNS ledger.posted
LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    t transfers;
BEGIN
    PERFORM 1 FROM balances
      WHERE county_id = p_county AND account_id = least(p_debit, p_credit) FOR UPDATE;
    SELECT * INTO t FROM transfers WHERE county_id = p_county AND id = p_id;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF (t.kind, t.reference, t.debit, t.credit, t.amount)
       IS DISTINCT FROM (p_kind, p_reference, p_debit, p_credit, p_amount) THEN
        RAISE EXCEPTION 'transfer % exists with other contents', p_id USING ERRCODE = 'LG004';
    END IF;
    RETURN (t.id, true, t.amount, t.debit_after, t.credit_after)::posted;
END $$;

CREATE FUNCTION ledger.post(
    p_county int, p_id uuid, p_kind text, p_reference text,
    p_debit_kind text, p_debit_owner uuid, p_debit_expires_on date,
    p_credit_kind text, p_credit_owner uuid, p_credit_expires_on date,
    p_amount bigint
) RETURNS ledger.posted
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    debit_id bigint; credit_id bigint; outcome posted;
BEGIN
    PERFORM refuse_unlisted_flow(p_kind, p_debit_kind, p_credit_kind);
    debit_id := account_id(p_county, p_debit_kind, p_debit_owner, p_debit_expires_on);
    credit_id := account_id(p_county, p_credit_kind, p_credit_owner, p_credit_expires_on);
    outcome := first_outcome(p_county, p_id, p_kind, p_reference, debit_id, credit_id, p_amount);
    IF outcome.id IS NOT NULL THEN RETURN outcome; END IF;
    RETURN move(p_county, p_id, p_kind, p_reference, debit_id, credit_id, p_amount, NULL, 0);
END $$;

-- Spend a household's points, those that expire first before the others, never those whose last
-- day is before p_day. One transfer for each account it takes from, with the ids given in order.
CREATE FUNCTION ledger.spend(
    p_county int, p_ids uuid[], p_kind text, p_reference text,
    p_household uuid, p_day date, p_credit_kind text, p_credit_owner uuid, p_amount bigint
) RETURNS SETOF ledger.posted
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    credit_id bigint; available bigint; remaining bigint := p_amount; piece bigint;
    bucket record; used int := 0; earlier bigint;
BEGIN
    PERFORM refuse_unlisted_flow(p_kind, 'household', p_credit_kind);
    credit_id := account_id(p_county, p_credit_kind, p_credit_owner, NULL);
    PERFORM 1 FROM balances b
      WHERE b.county_id = p_county AND b.account_id IN (
            SELECT id FROM accounts
             WHERE county_id = p_county AND kind = 'household' AND owner = p_household)
      ORDER BY b.account_id FOR UPDATE;

    SELECT sum(t.amount) INTO earlier FROM transfers t
     WHERE t.county_id = p_county AND t.id = ANY (p_ids) AND t.credit = credit_id
       AND t.kind = p_kind AND t.reference = p_reference;
    IF earlier IS NOT NULL THEN
        IF earlier <> p_amount THEN
            RAISE EXCEPTION '% was spent with another amount', p_reference
                USING ERRCODE = 'LG004';
        END IF;
        RETURN QUERY SELECT t.id, true, t.amount, t.debit_after, t.credit_after FROM transfers t
                      WHERE t.county_id = p_county AND t.id = ANY (p_ids) ORDER BY t.id;
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
        SELECT a.id, b.posted - b.held AS free
          FROM accounts a JOIN balances b ON b.county_id = a.county_id AND b.account_id = a.id
         WHERE a.county_id = p_county AND a.kind = 'household' AND a.owner = p_household
           AND NOT b.is_frozen AND (a.expires_on IS NULL OR a.expires_on >= p_day)
           AND b.posted > b.held
         ORDER BY a.expires_on NULLS LAST
    LOOP
        used := used + 1;
        piece := least(remaining, bucket.free);
        RETURN NEXT move(p_county, p_ids[used], p_kind, p_reference,
                         bucket.id, credit_id, piece, NULL, 0);
        remaining := remaining - piece;
        EXIT WHEN remaining = 0;
    END LOOP;
END $$;

-- Take points that a household has earned back from it: at most p_amount, at most what is there,
-- and never from the account without a last day, which holds the price of what it sold. spend()
-- walks to that account last, so an amount that the others cover does not reach it.
CREATE FUNCTION ledger.take_back(
    p_county int, p_ids uuid[], p_kind text, p_reference text,
    p_household uuid, p_day date, p_credit_kind text, p_credit_owner uuid, p_amount bigint
) RETURNS SETOF ledger.posted
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    taken bigint; free bigint; is_any_frozen bool;
BEGIN
    PERFORM 1 FROM balances b
      WHERE b.county_id = p_county AND b.account_id IN (
            SELECT id FROM accounts
             WHERE county_id = p_county AND kind = 'household' AND owner = p_household)
      ORDER BY b.account_id FOR UPDATE;
    SELECT sum(t.amount) INTO taken FROM transfers t
     WHERE t.county_id = p_county AND t.id = ANY (p_ids)
       AND t.kind = p_kind AND t.reference = p_reference;
    IF taken IS NULL THEN
        SELECT coalesce(sum(b.posted - b.held), 0), coalesce(bool_or(b.is_frozen), false)
          INTO free, is_any_frozen
          FROM accounts a JOIN balances b ON b.county_id = a.county_id AND b.account_id = a.id
         WHERE a.county_id = p_county AND a.kind = 'household' AND a.owner = p_household
           AND a.expires_on >= p_day;
        IF is_any_frozen THEN  -- what is there cannot be taken, and must not look spent
            RAISE EXCEPTION 'household % is frozen', p_household USING ERRCODE = 'LG002';
        END IF;
        taken := least(p_amount, free);
    END IF;
    IF taken > 0 THEN
        RETURN QUERY SELECT * FROM spend(p_county, p_ids, p_kind, p_reference,
                                         p_household, p_day, p_credit_kind, p_credit_owner, taken);
    END IF;
END $$;

-- Empty household accounts whose last day is before p_day into the county's account for expired
-- points. The arrays name the accounts by owner and last day, with the id and reference of each
-- transfer. What is held or frozen stays until it is resolved or thawed; an account that was
-- emptied meanwhile is passed over. Returns the transfers it made.
CREATE FUNCTION ledger.expire(
    p_county int, p_day date,
    p_households uuid[], p_last_days date[], p_ids uuid[], p_references text[]
) RETURNS SETOF ledger.posted
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    expired_id bigint := account_id(p_county, 'expired', NULL, NULL);
    bucket record;
BEGIN
    PERFORM 1 FROM balances b
      WHERE b.county_id = p_county AND b.account_id IN (
            SELECT a.id FROM unnest(p_households, p_last_days) n (household, last_day)
              JOIN accounts a ON a.county_id = p_county AND a.kind = 'household'
                             AND a.owner = n.household AND a.expires_on = n.last_day)
      ORDER BY b.account_id FOR UPDATE;
    FOR bucket IN
        SELECT a.id AS account_id, b.posted - b.held AS free, n.id, n.reference
          FROM unnest(p_households, p_last_days, p_ids, p_references)
               n (household, last_day, id, reference)
          JOIN accounts a ON a.county_id = p_county AND a.kind = 'household'
                         AND a.owner = n.household AND a.expires_on = n.last_day
          JOIN balances b ON b.county_id = a.county_id AND b.account_id = a.id
         WHERE n.last_day < p_day AND b.posted > b.held AND NOT b.is_frozen
           AND NOT EXISTS (SELECT FROM transfers t WHERE t.county_id = p_county AND t.id = n.id)
         ORDER BY a.id
    LOOP
        RETURN NEXT move(p_county, bucket.id, 'expiry', bucket.reference,
                         bucket.account_id, expired_id, bucket.free, NULL, 0);
    END LOOP;
END $$;

-- The accounts of households and last days, in the order given. Those that are missing are opened
-- in the order of their owners, so that two batches do not wait for each other's.
CREATE FUNCTION ledger.household_accounts(
    p_county int, p_households uuid[], p_last_days date[]
) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    found bigint[];
BEGIN
    FOR turn IN 1 .. 2 LOOP
        -- A subquery and not a join: it can only be answered by the index, one by one.
        SELECT array_agg((SELECT a.id FROM accounts a
                           WHERE a.county_id = p_county AND a.kind = 'household'
                             AND a.owner = u.owner AND a.expires_on IS NOT DISTINCT FROM u.last_day)
                         ORDER BY u.place) INTO found
          FROM unnest(p_households, p_last_days) WITH ORDINALITY AS u (owner, last_day, place);
        EXIT WHEN array_position(found, NULL) IS NULL;
        PERFORM account_id(p_county, 'household', u.owner, u.last_day)
           FROM (SELECT DISTINCT owner, last_day
                   FROM unnest(p_households, p_last_days, found) AS w (owner, last_day, id)
                  WHERE w.id IS NULL ORDER BY owner, last_day) u;
    END LOOP;
    RETURN found;
END $$;

-- Those of the awards that were posted before; refused if one was posted with other contents.
-- The households are locked, so nobody else is posting one of them.
CREATE FUNCTION ledger.known_awards(
    p_county int, p_budget bigint, p_ids uuid[], p_references text[],
    p_household_ids bigint[], p_amounts bigint[]
) RETURNS uuid[]
LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    known uuid[]; reused uuid;
BEGIN
    known := ARRAY(SELECT id FROM transfers WHERE county_id = p_county AND id = ANY (p_ids));
    IF known = '{}' THEN RETURN known; END IF;
    SELECT t.id INTO reused
      FROM transfers t
      JOIN unnest(p_ids, p_references, p_household_ids, p_amounts)
           AS u (id, reference, household, amount) USING (id)
     WHERE t.county_id = p_county AND t.id = ANY (known)
       AND (t.kind, t.reference, t.debit, t.credit, t.amount)
           IS DISTINCT FROM ('award', u.reference, p_budget, u.household, u.amount)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer % exists with other contents', reused USING ERRCODE = 'LG004';
    END IF;
    RETURN known;
END $$;

CREATE TYPE ledger.batch AS (posted bigint, skipped bigint, amount bigint);

-- Award to many households out of one village budget: all of them or none. What was posted before
-- is skipped. Each award is a transfer like any other, with its entry number and its link in the
-- chains of both accounts. The budget's chain is followed in a variable and written once, so its
-- row is updated, and changes pages, once for the batch instead of once for each household.
CREATE FUNCTION ledger.award_batch(
    p_county int, p_village uuid, p_ids uuid[], p_references text[],
    p_households uuid[], p_last_days date[], p_amounts bigint[]
) RETURNS ledger.batch
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET enable_seqscan = off AS $$  -- a young table has no statistics, and looks small until it has
DECLARE
    budget_id bigint := account_id(p_county, 'village_budget', p_village, NULL);
    household_ids bigint[]; known uuid[]; made transfers[] := '{}'; n int := 0; total bigint := 0;
    last_id uuid; a record; h balances; budget balances; written bigint;
BEGIN
    PERFORM refuse_unlisted_flow('award', 'village_budget', 'household');
    household_ids := household_accounts(p_county, p_households, p_last_days);
    PERFORM 1 FROM balances
      WHERE county_id = p_county AND account_id = ANY (household_ids)
      ORDER BY account_id FOR UPDATE;
    known := known_awards(p_county, budget_id, p_ids, p_references, household_ids, p_amounts);
    SELECT * INTO STRICT budget FROM balances
     WHERE county_id = p_county AND account_id = budget_id FOR UPDATE;

    FOR a IN
        SELECT u.id, u.reference, u.household, u.amount,
               leaf(u.id, 'award', u.reference, budget_id, u.household, u.amount) AS step
          FROM unnest(p_ids, p_references, household_ids, p_amounts)
               AS u (id, reference, household, amount)
         WHERE NOT EXISTS (SELECT FROM unnest(known) AS k (id) WHERE k.id = u.id)
         ORDER BY u.household, u.id
    LOOP
        CONTINUE WHEN a.id = last_id AND a.reference = made[n].reference
                  AND a.household = made[n].credit AND a.amount = made[n].amount;
        UPDATE balances b
           SET posted = b.posted + a.amount,
               entries = b.entries + 1, head = sha256(b.head || a.step)
         WHERE b.county_id = p_county AND b.account_id = a.household AND NOT b.is_frozen
        RETURNING b.* INTO h;
        IF NOT FOUND THEN PERFORM refuse_balance(p_county, a.household, a.amount); END IF;
        budget.posted := budget.posted - a.amount;
        budget.entries := budget.entries + 1;
        budget.head := sha256(budget.head || a.step);
        total := total + a.amount;
        n := n + 1;
        last_id := a.id;
        made[n] := (p_county, a.id, 'award', a.reference, budget_id, a.household, a.amount, NULL,
                    clock_timestamp(), pg_current_xact_id(),
                    budget.entries, budget.posted, budget.head,
                    h.entries, h.posted, h.head)::transfers;
    END LOOP;
    IF n = 0 THEN RETURN (0, cardinality(p_ids), 0)::batch; END IF;

    IF budget.is_frozen OR budget.posted < budget.held THEN
        PERFORM refuse_balance(p_county, budget_id, total);
    END IF;
    UPDATE balances SET posted = budget.posted, entries = budget.entries, head = budget.head
     WHERE county_id = p_county AND account_id = budget_id;
    INSERT INTO transfers SELECT * FROM unnest(made) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> n THEN  -- one id came twice, for two households
        RAISE EXCEPTION 'a transfer exists with other contents' USING ERRCODE = 'LG004';
    END IF;
    RETURN (n, cardinality(p_ids) - n, total)::batch;
END $$;

-- Reserve an amount until it is settled or released. Returns whether it was held before.
CREATE FUNCTION ledger.hold(
    p_county int, p_id uuid, p_kind text, p_reference text,
    p_debit_kind text, p_debit_owner uuid, p_credit_kind text, p_credit_owner uuid,
    p_amount bigint, p_expires_at timestamptz
) RETURNS bool
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    debit_id bigint; credit_id bigint; h holds;
BEGIN
    PERFORM refuse_unlisted_flow(p_kind, p_debit_kind, p_credit_kind);
    debit_id := account_id(p_county, p_debit_kind, p_debit_owner, NULL);
    credit_id := account_id(p_county, p_credit_kind, p_credit_owner, NULL);
    PERFORM 1 FROM balances
      WHERE county_id = p_county AND account_id = debit_id FOR UPDATE;
    SELECT * INTO h FROM holds WHERE county_id = p_county AND id = p_id;
    IF FOUND THEN
        IF (h.kind, h.reference, h.debit, h.credit, h.amount)
           IS DISTINCT FROM (p_kind, p_reference, debit_id, credit_id, p_amount) THEN
            RAISE EXCEPTION 'hold % exists with other contents', p_id USING ERRCODE = 'LG004';
        END IF;
        RETURN true;
    END IF;
    UPDATE balances b SET held = b.held + p_amount
     WHERE b.county_id = p_county AND b.account_id = debit_id AND NOT b.is_frozen
       AND (b.may_go_negative OR b.posted - b.held >= p_amount);
    IF NOT FOUND THEN PERFORM refuse_balance(p_county, debit_id, p_amount); END IF;
    INSERT INTO holds (county_id, id, kind, reference, debit, credit, amount, expires_at)
        VALUES (p_county, p_id, p_kind, p_reference, debit_id, credit_id, p_amount, p_expires_at);
    RETURN false;
END $$;

-- Settle a hold with p_amount (the rest is released), or release it whole with 0. At most once.
CREATE FUNCTION ledger.settle(
    p_county int, p_hold uuid, p_id uuid, p_reference text, p_amount bigint
) RETURNS ledger.posted
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    h holds; r hold_resolutions; t transfers;
BEGIN
    SELECT * INTO h FROM holds WHERE county_id = p_county AND id = p_hold;
    IF NOT FOUND OR p_amount < 0 OR p_amount > h.amount THEN
        RAISE EXCEPTION 'hold % cannot be settled with %', p_hold, p_amount
            USING ERRCODE = 'LG003';
    END IF;
    PERFORM 1 FROM balances
      WHERE county_id = p_county AND account_id = least(h.debit, h.credit) FOR UPDATE;
    SELECT * INTO r FROM hold_resolutions WHERE county_id = p_county AND hold_id = p_hold;
    IF FOUND THEN
        IF (r.resolved_by, r.reference, r.settled)
           IS DISTINCT FROM (p_id, p_reference, p_amount) THEN
            RAISE EXCEPTION 'hold % was resolved before', p_hold USING ERRCODE = 'LG003';
        END IF;
        SELECT * INTO t FROM transfers WHERE county_id = p_county AND id = p_id;
        RETURN (p_id, true, r.settled, t.debit_after, t.credit_after)::posted;
    END IF;
    INSERT INTO hold_resolutions (county_id, hold_id, resolved_by, reference, settled)
        VALUES (p_county, p_hold, p_id, p_reference, p_amount);
    IF p_amount > 0 THEN
        RETURN move(p_county, p_id, h.kind, p_reference, h.debit, h.credit, p_amount,
                    p_hold, h.amount);
    END IF;
    UPDATE balances SET held = held - h.amount
     WHERE county_id = p_county AND account_id = h.debit;
    RETURN (p_id, false, 0, NULL, NULL)::posted;
END $$;

-- Stop or allow every movement on an account.
CREATE FUNCTION ledger.freeze(
    p_county int, p_kind text, p_owner uuid, p_expires_on date, p_is_frozen bool
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    frozen_id bigint := account_id(p_county, p_kind, p_owner, p_expires_on);
BEGIN
    UPDATE balances SET is_frozen = p_is_frozen
     WHERE county_id = p_county AND account_id = frozen_id;
END $$;

-- Rights --------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO fen_app, fen_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO fen_app, fen_auditor;
ALTER DEFAULT PRIVILEGES IN SCHEMA ledger GRANT SELECT ON TABLES TO fen_app, fen_auditor;
GRANT EXECUTE ON FUNCTION
    ledger.post, ledger.award_batch, ledger.spend, ledger.take_back, ledger.expire, ledger.hold,
    ledger.settle, ledger.freeze, ledger.open_months, ledger.first_id_of
TO fen_app;
