/**
 * Version 1: the ledger. Amounts are minor units; `_on` is a calendar date in the book zone, `_at` an
 * instant in UTC.
 */
import type { Migration } from './index.js';

const SETTINGS = `
  CREATE TABLE settings (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value TEXT,
    set_on TEXT NOT NULL,
    set_at TEXT NOT NULL,
    set_by TEXT NOT NULL
  ) STRICT;
  CREATE INDEX settings_by_key ON settings (key, number);
`;

/** `said` is the row that the source gave last; what stands in the other columns may differ from it. */
const AFFILIATES = `
  CREATE TABLE affiliates (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'blocked', 'departed')),
    status_by TEXT NOT NULL CHECK (status_by IN ('source', 'operator')),
    currency TEXT CHECK (length(currency) = 3),
    minimum INTEGER CHECK (minimum >= 0),
    minimum_currency TEXT CHECK (length(minimum_currency) = 3),
    payout_method TEXT CHECK (payout_method IN ('paypal', 'wise', 'sepa', 'ach', 'manual')),
    payout_account TEXT,
    payout_name TEXT,
    payout_bic TEXT,
    country TEXT,
    vat_number TEXT,
    company TEXT,
    address_line1 TEXT,
    address_line2 TEXT,
    city TEXT,
    region TEXT,
    postal_code TEXT,
    said TEXT,
    recorded_at TEXT NOT NULL,
    CHECK ((minimum IS NULL) = (minimum_currency IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX affiliates_by_email ON affiliates (email COLLATE NOCASE);
  CREATE INDEX affiliates_by_name ON affiliates (name COLLATE NOCASE);
`;

const COMMISSIONS = `
  CREATE TABLE commissions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    affiliate_id TEXT NOT NULL REFERENCES affiliates (id),
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'bonus', 'adjustment', 'clawback')),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'settled')),
    status_by TEXT NOT NULL CHECK (status_by IN ('source', 'operator', 'policy')),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL CHECK (amount BETWEEN -999999999999999 AND 999999999999999),
    earned_at TEXT NOT NULL,
    earned_on TEXT NOT NULL CHECK (length(earned_on) = 10),
    available_on TEXT NOT NULL CHECK (length(available_on) = 10),
    campaign TEXT,
    order_id TEXT,
    corrects INTEGER REFERENCES commissions (number),
    sale_amount INTEGER,
    description TEXT,
    origin TEXT NOT NULL CHECK (origin IN ('source', 'operator', 'correction')),
    said TEXT,
    recorded_at TEXT NOT NULL,
    CHECK (CASE kind WHEN 'clawback' THEN amount < 0 WHEN 'adjustment' THEN 1 ELSE amount >= 0 END),
    CHECK (origin <> 'correction' OR corrects IS NOT NULL)
  ) STRICT;
  CREATE INDEX commissions_by_affiliate ON commissions (affiliate_id, earned_on, amount);
  CREATE INDEX commissions_by_original ON commissions (corrects) WHERE corrects IS NOT NULL;
  CREATE TABLE commission_changes (
    number INTEGER PRIMARY KEY,
    commission INTEGER NOT NULL REFERENCES commissions (number),
    changed_at TEXT NOT NULL,
    changed_on TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    status_before TEXT NOT NULL,
    status_after TEXT NOT NULL,
    amount_before INTEGER NOT NULL,
    amount_after INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX commission_changes_by_commission ON commission_changes (commission);
`;

/** The working set: every unpaid commission that is not zero, clustered as eligibility asks for it. */
const OPEN_ITEMS = `
  CREATE TABLE open_items (
    affiliate_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    commission INTEGER NOT NULL REFERENCES commissions (number),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved')),
    available_on TEXT NOT NULL,
    earned_on TEXT NOT NULL,
    campaign TEXT,
    corrects INTEGER,
    PRIMARY KEY (affiliate_id, currency, commission)
  ) STRICT, WITHOUT ROWID;
`;

const RUNS = `
  CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('manual', 'scheduled')),
    from_on TEXT,
    to_on TEXT NOT NULL,
    as_of TEXT NOT NULL,
    affiliate_id TEXT REFERENCES affiliates (id),
    campaign TEXT,
    override_minimum INTEGER NOT NULL CHECK (override_minimum IN (0, 1)),
    created_at TEXT NOT NULL,
    created_on TEXT NOT NULL,
    created_by TEXT NOT NULL,
    os_user TEXT NOT NULL,
    request TEXT NOT NULL
  ) STRICT;
  CREATE TABLE run_totals (
    run INTEGER NOT NULL REFERENCES runs (number),
    currency TEXT NOT NULL,
    payouts INTEGER NOT NULL CHECK (payouts > 0),
    commissions INTEGER NOT NULL CHECK (commissions > 0),
    amount INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (run, currency)
  ) STRICT, WITHOUT ROWID;
`;

/** Name, address and tax data are the affiliate's as they were at issue. */
const PAYOUTS = `
  CREATE TABLE payouts (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (number),
    invoice_number TEXT NOT NULL UNIQUE,
    affiliate_id TEXT NOT NULL REFERENCES affiliates (id),
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    commissions INTEGER NOT NULL CHECK (commissions > 0),
    status TEXT NOT NULL CHECK (
      status IN ('open', 'approved', 'processing', 'paid', 'failed', 'returned', 'void')),
    issued_on TEXT NOT NULL,
    from_on TEXT,
    to_on TEXT NOT NULL,
    paid_on TEXT,
    reference TEXT,
    voided_on TEXT,
    credit_note_number TEXT UNIQUE,
    affiliate_name TEXT NOT NULL,
    email TEXT,
    company TEXT,
    country TEXT,
    vat_number TEXT,
    address_line1 TEXT,
    address_line2 TEXT,
    city TEXT,
    region TEXT,
    postal_code TEXT,
    CHECK ((status = 'void') = (credit_note_number IS NOT NULL)),
    CHECK ((status = 'void') = (voided_on IS NOT NULL))
  ) STRICT;
  CREATE INDEX payouts_by_run ON payouts (run);
  CREATE INDEX payouts_by_issue ON payouts (issued_on, number);
  CREATE INDEX payouts_by_affiliate ON payouts (affiliate_id, currency, status, amount);
  CREATE INDEX payouts_not_yet_paid ON payouts (issued_on, number) WHERE status NOT IN ('paid', 'void');
  CREATE TRIGGER payouts_are_closed
    BEFORE UPDATE OF number, run, invoice_number, affiliate_id, currency, amount, commissions, issued_on,
      from_on, to_on, affiliate_name, email, company, country, vat_number, address_line1, address_line2, city,
      region, postal_code ON payouts
    BEGIN SELECT RAISE(ABORT, 'a payout is closed once created'); END;
  CREATE TRIGGER payouts_stay BEFORE DELETE ON payouts
    BEGIN SELECT RAISE(ABORT, 'a payout is never deleted'); END;
  CREATE TABLE payout_history (
    payout INTEGER NOT NULL REFERENCES payouts (number),
    step INTEGER NOT NULL,
    at TEXT NOT NULL,
    "by" TEXT NOT NULL,
    os_user TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    PRIMARY KEY (payout, step)
  ) STRICT, WITHOUT ROWID;
`;

/** A line is never deleted; the unique index on unreleased lines is the guard against paying twice. */
const PAYOUT_LINES = `
  CREATE TABLE payout_lines (
    payout INTEGER NOT NULL REFERENCES payouts (number),
    commission INTEGER NOT NULL REFERENCES commissions (number),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    released_on TEXT,
    PRIMARY KEY (payout, commission)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX live_lines ON payout_lines (commission) WHERE released_on IS NULL;
  CREATE TRIGGER payout_lines_are_closed
    BEFORE UPDATE ON payout_lines
    WHEN OLD.payout <> NEW.payout OR OLD.commission <> NEW.commission OR OLD.amount <> NEW.amount
      OR OLD.released_on IS NOT NULL OR NEW.released_on IS NULL
    BEGIN SELECT RAISE(ABORT, 'a payout line changes only by being released, once'); END;
  CREATE TRIGGER payout_lines_stay BEFORE DELETE ON payout_lines
    BEGIN SELECT RAISE(ABORT, 'a payout line is never deleted'); END;
`;

/** Every invoice and credit note number ever taken. `number_series` remembers the last of each series. */
const DOCUMENTS = `
  CREATE TABLE number_series (
    series TEXT NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last > 0)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE documents (
    number TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    series TEXT NOT NULL REFERENCES number_series (series),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    issued_on TEXT NOT NULL,
    payout INTEGER NOT NULL REFERENCES payouts (number),
    UNIQUE (series, sequence),
    UNIQUE (payout, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX documents_by_issue ON documents (issued_on);
`;

const AUDIT = `
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    os_user TEXT NOT NULL,
    command TEXT NOT NULL,
    request TEXT NOT NULL,
    result TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
  ) STRICT;
`;

const APPEND_ONLY = [
  'settings',
  'commission_changes',
  'payout_history',
  'documents',
  'audit',
  'runs',
  'run_totals',
];

const appendOnly = (table: string): string => `
  CREATE TRIGGER ${table}_are_not_changed BEFORE UPDATE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
  CREATE TRIGGER ${table}_are_not_deleted BEFORE DELETE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
`;

export const ledger: Migration = {
  version: 1,
  statements: [
    SETTINGS,
    AFFILIATES,
    COMMISSIONS,
    OPEN_ITEMS,
    RUNS,
    PAYOUTS,
    PAYOUT_LINES,
    DOCUMENTS,
    AUDIT,
    ...APPEND_ONLY.map(appendOnly),
  ],
};
