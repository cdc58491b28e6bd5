/**
 * Version 4: into the accounting system and to the bank. Each export is recorded, with how far it had read
 * the facts; payments leave in batches, with what they were sent to and the very bytes of their files; a step
 * in the life of a payout knows its place among all steps, by what it was paid, and where the affiliate
 * wanted his money then.
 */
import type { Migration } from './index.js';

const unchangeable = (table: string): string => `
  CREATE TRIGGER ${table}_are_not_changed BEFORE UPDATE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

const undeletable = (table: string): string => `
  CREATE TRIGGER ${table}_are_not_deleted BEFORE DELETE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

const appendOnly = (table: string): string => unchangeable(table) + undeletable(table);

/**
 * What an import moved to another affiliate, currency or day; null where it stayed. `corrects_before` is the
 * number of what it corrected, 0 for nothing; `commissions_before` the last commission that there was then,
 * null where that is not known any more.
 */
const COMMISSION_CHANGES = `
  ALTER TABLE commission_changes ADD COLUMN affiliate_before TEXT;
  ALTER TABLE commission_changes ADD COLUMN currency_before TEXT CHECK (length(currency_before) = 3);
  ALTER TABLE commission_changes ADD COLUMN earned_before TEXT CHECK (length(earned_before) = 10);
  ALTER TABLE commission_changes ADD COLUMN corrects_before INTEGER;
  ALTER TABLE commission_changes ADD COLUMN commissions_before INTEGER;
`;

/**
 * `number` counts the steps of all payouts in the order in which they were recorded: those of one payout in
 * their own, also where the clock was set back between them. `changes_before` is the
 * last change of a commission that there was then, null where that is not known any more. `pay_to` stands at
 * those steps by which somebody said yes to where the money goes: issue and approval. What is not known any
 * more of the time before this version equals nothing, so that somebody looks again.
 */
const PAYOUT_HISTORY = `
  ALTER TABLE payout_history ADD COLUMN number INTEGER;
  ALTER TABLE payout_history ADD COLUMN changes_before INTEGER;
  ALTER TABLE payout_history ADD COLUMN method TEXT
    CHECK (method IN ('paypal', 'wise', 'sepa', 'ach', 'manual'));
  ALTER TABLE payout_history ADD COLUMN batch INTEGER REFERENCES payment_batches (number);
  ALTER TABLE payout_history ADD COLUMN pay_to TEXT;
  DROP TRIGGER payout_history_are_not_changed;
  UPDATE payout_history SET number = (
    SELECT numbered.number
    FROM (
      SELECT payout, step, row_number() OVER (ORDER BY latest, payout, step) AS number
      FROM (
        SELECT payout, step, max(at) OVER (PARTITION BY payout ORDER BY step) AS latest FROM payout_history))
      AS numbered
    WHERE numbered.payout = payout_history.payout AND numbered.step = payout_history.step);
  UPDATE payout_history SET pay_to = (
    SELECT iif(EXISTS (
        SELECT 1 FROM affiliate_changes AS change
        WHERE change.affiliate_id = affiliate.id AND change.changed_at >= payout_history.at
          AND change.field IN ('payout_method', 'payout_account', 'payout_name', 'payout_bic')),
      '[]',
      json_array(affiliate.payout_method, affiliate.payout_account, affiliate.payout_name, affiliate.payout_bic))
    FROM payouts AS payout CROSS JOIN affiliates AS affiliate ON affiliate.id = payout.affiliate_id
    WHERE payout.number = payout_history.payout)
  WHERE status IN ('open', 'approved');
  CREATE UNIQUE INDEX payout_history_by_number ON payout_history (number);
  ${unchangeable('payout_history')}
`;

/**
 * `*_to` is the last fact of its kind that the export had seen. What was only looked at does not count: an
 * export of news leaves out nothing because of it.
 */
const EXPORTS = `
  CREATE TABLE exports (
    number INTEGER PRIMARY KEY,
    format TEXT NOT NULL,
    template TEXT CHECK (length(template) = 64),
    from_on TEXT CHECK (length(from_on) = 10),
    to_on TEXT CHECK (length(to_on) = 10),
    run INTEGER REFERENCES runs (number),
    currency TEXT CHECK (length(currency) = 3),
    new_only INTEGER NOT NULL CHECK (new_only IN (0, 1)),
    counts INTEGER NOT NULL CHECK (counts IN (0, 1)),
    commissions_to INTEGER NOT NULL,
    changes_to INTEGER NOT NULL,
    steps_to INTEGER NOT NULL,
    files TEXT NOT NULL,
    exported_at TEXT NOT NULL,
    exported_on TEXT NOT NULL,
    exported_by TEXT NOT NULL,
    os_user TEXT NOT NULL
  ) STRICT;
  CREATE INDEX exports_by_format ON exports (format, number);
  ${appendOnly('exports')}
`;

const PAYMENT_BATCHES = `
  CREATE TABLE payment_batches (
    number INTEGER PRIMARY KEY,
    method TEXT NOT NULL CHECK (method IN ('paypal', 'wise', 'sepa', 'ach', 'manual')),
    format TEXT NOT NULL,
    execution_on TEXT NOT NULL CHECK (length(execution_on) = 10),
    request TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_on TEXT NOT NULL CHECK (length(created_on) = 10),
    created_by TEXT NOT NULL,
    os_user TEXT NOT NULL
  ) STRICT;
  ${appendOnly('payment_batches')}
  CREATE TABLE payment_files (
    batch INTEGER NOT NULL REFERENCES payment_batches (number),
    file INTEGER NOT NULL CHECK (file > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    payouts INTEGER NOT NULL CHECK (payouts > 0),
    amount INTEGER NOT NULL CHECK (amount > 0),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    content TEXT NOT NULL,
    PRIMARY KEY (batch, file)
  ) STRICT;
  ${appendOnly('payment_files')}
`;

/**
 * A payout in a batch, with the details to which it was sent. Its outcome is all that changes: null while it
 * is under way, once something else, and what was paid may come back. The unique index keeps a payout out of
 * a second batch unless it failed, came back or was cancelled.
 */
const PAYMENT_ITEMS = `
  CREATE TABLE payment_items (
    batch INTEGER NOT NULL REFERENCES payment_batches (number),
    payout INTEGER NOT NULL REFERENCES payouts (number),
    file INTEGER NOT NULL,
    reference TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INTEGER NOT NULL CHECK (amount > 0),
    payee TEXT NOT NULL,
    account TEXT NOT NULL,
    details TEXT NOT NULL,
    outcome TEXT CHECK (outcome IN ('paid', 'failed', 'returned', 'cancelled')),
    outcome_on TEXT CHECK (length(outcome_on) = 10),
    outcome_reference TEXT,
    PRIMARY KEY (batch, payout),
    FOREIGN KEY (batch, file) REFERENCES payment_files (batch, file),
    CHECK ((outcome IS NULL) = (outcome_on IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX payment_items_by_reference ON payment_items (batch, reference);
  CREATE UNIQUE INDEX payment_items_sent ON payment_items (payout) WHERE outcome IS NULL OR outcome = 'paid';
  CREATE INDEX payment_items_by_payout ON payment_items (payout);
  CREATE TRIGGER payment_items_are_frozen
    BEFORE UPDATE OF batch, payout, file, reference, currency, amount, payee, account, details ON payment_items
    BEGIN SELECT RAISE(ABORT, 'what was sent is frozen'); END;
  CREATE TRIGGER payment_items_end_once BEFORE UPDATE OF outcome ON payment_items
    WHEN OLD.outcome IS NOT NULL AND NOT (OLD.outcome = 'paid' AND NEW.outcome = 'returned')
    BEGIN SELECT RAISE(ABORT, 'what became of a payment is said once'); END;
  ${undeletable('payment_items')}
  CREATE TABLE payment_batch_history (
    batch INTEGER NOT NULL REFERENCES payment_batches (number),
    step INTEGER NOT NULL,
    verb TEXT NOT NULL CHECK (verb IN ('created', 'confirmed', 'reconciled', 'cancelled', 'written')),
    on_day TEXT NOT NULL CHECK (length(on_day) = 10),
    reason TEXT,
    reference TEXT,
    payouts INTEGER NOT NULL,
    at TEXT NOT NULL,
    "by" TEXT NOT NULL,
    os_user TEXT NOT NULL,
    PRIMARY KEY (batch, step)
  ) STRICT, WITHOUT ROWID;
  ${appendOnly('payment_batch_history')}
`;

export const accountingAndPayments: Migration = {
  version: 4,
  statements: [COMMISSION_CHANGES, PAYMENT_BATCHES, PAYMENT_ITEMS, PAYOUT_HISTORY, EXPORTS],
};
