/**
 * Version 2: the life of a payout. Each step carries its day and its reference; a payout says which one it
 * replaces and a run for which currency it was asked; an operator's decision on a commission is kept where
 * its status cannot say it, because it was paid; affiliates have a history.
 */
import type { Migration } from './index.js';

const RUNS = `
  ALTER TABLE runs ADD COLUMN currency TEXT CHECK (length(currency) = 3);
`;

/** What was redone: the new payout names the void one, once. */
const PAYOUTS = `
  ALTER TABLE payouts ADD COLUMN replaces INTEGER REFERENCES payouts (number);
  CREATE UNIQUE INDEX payouts_by_replaced ON payouts (replaces) WHERE replaces IS NOT NULL;
  CREATE TRIGGER payouts_replace_one BEFORE UPDATE OF replaces ON payouts
    WHEN OLD.replaces IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a payout replaces one other and no second'); END;
`;

/** The days of the steps so far are those of the payouts: issued and voided were all that there was. */
const PAYOUT_HISTORY = `
  ALTER TABLE payout_history ADD COLUMN on_day TEXT CHECK (length(on_day) = 10);
  ALTER TABLE payout_history ADD COLUMN reference TEXT;
  DROP TRIGGER payout_history_are_not_changed;
  UPDATE payout_history SET on_day = (
    SELECT iif(payout_history.status = 'void', payout.voided_on, payout.issued_on)
    FROM payouts AS payout WHERE payout.number = payout_history.payout);
  CREATE TRIGGER payout_history_are_not_changed BEFORE UPDATE ON payout_history
    BEGIN SELECT RAISE(ABORT, 'payout_history is append-only'); END;
`;

/** An operator's decision that stands over what the source says of a commission that was paid. */
const COMMISSIONS = `
  ALTER TABLE commissions ADD COLUMN decided TEXT CHECK (decided IN ('approved', 'rejected'));
  CREATE INDEX commissions_of_operators ON commissions (number) WHERE origin = 'operator';
  CREATE INDEX open_items_linked ON open_items (affiliate_id, currency, corrects) WHERE corrects IS NOT NULL;
`;

const AFFILIATE_CHANGES = `
  CREATE TABLE affiliate_changes (
    number INTEGER PRIMARY KEY,
    affiliate_id TEXT NOT NULL REFERENCES affiliates (id),
    changed_at TEXT NOT NULL,
    changed_on TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    os_user TEXT NOT NULL,
    field TEXT NOT NULL,
    value_before TEXT,
    value_after TEXT,
    reason TEXT
  ) STRICT;
  CREATE INDEX affiliate_changes_by_affiliate ON affiliate_changes (affiliate_id, number);
  CREATE TRIGGER affiliate_changes_are_not_changed BEFORE UPDATE ON affiliate_changes
    BEGIN SELECT RAISE(ABORT, 'affiliate_changes is append-only'); END;
  CREATE TRIGGER affiliate_changes_are_not_deleted BEFORE DELETE ON affiliate_changes
    BEGIN SELECT RAISE(ABORT, 'affiliate_changes is append-only'); END;
`;

export const lifeOfAPayout: Migration = {
  version: 2,
  statements: [RUNS, PAYOUTS, PAYOUT_HISTORY, COMMISSIONS, AFFILIATE_CHANGES],
};
