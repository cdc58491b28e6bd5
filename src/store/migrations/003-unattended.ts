/**
 * Version 3: work with nobody there. Answers are kept under the key that their caller gave, slots of the
 * schedule are recorded once each, and a run names the background job that made it.
 */
import type { Migration } from './index.js';

const appendOnly = (table: string): string => `
  CREATE TRIGGER ${table}_are_not_changed BEFORE UPDATE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
  CREATE TRIGGER ${table}_are_not_deleted BEFORE DELETE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
`;

/**
 * `typed` is what was asked for, `answer` what tells again what was answered, as JSON with exact integers,
 * deflated where it is long.
 */
const IDEMPOTENCY_KEYS = `
  CREATE TABLE idempotency_keys (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    command TEXT NOT NULL,
    typed TEXT NOT NULL,
    answer TEXT NOT NULL,
    at TEXT NOT NULL,
    "by" TEXT NOT NULL,
    os_user TEXT NOT NULL
  ) STRICT;
  ${appendOnly('idempotency_keys')}
`;

/**
 * A slot is a day: whatever the frequency, the schedule pays at most once as of it. It stands under the row
 * of the settings by which it was due: one that a clock which ran ahead recorded without paying can be
 * recorded again under a later setting.
 */
const SCHEDULE_SLOTS = `
  CREATE TABLE schedule_slots (
    due_on TEXT NOT NULL CHECK (length(due_on) = 10),
    setting INTEGER NOT NULL REFERENCES settings (number),
    frequency TEXT NOT NULL CHECK (frequency IN ('weekly', 'monthly')),
    outcome TEXT NOT NULL CHECK (outcome IN ('paid', 'nothing', 'superseded')),
    run INTEGER REFERENCES runs (number),
    superseded_by TEXT,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    os_user TEXT NOT NULL,
    PRIMARY KEY (due_on, setting),
    FOREIGN KEY (superseded_by, setting) REFERENCES schedule_slots (due_on, setting),
    CHECK ((outcome = 'paid') = (run IS NOT NULL)),
    CHECK ((outcome = 'superseded') = (superseded_by IS NOT NULL)),
    CHECK (superseded_by > due_on)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX paid_slots ON schedule_slots (due_on) WHERE outcome = 'paid';
  CREATE UNIQUE INDEX schedule_slots_by_run ON schedule_slots (run) WHERE run IS NOT NULL;
  ${appendOnly('schedule_slots')}
`;

const RUNS = `
  ALTER TABLE runs ADD COLUMN job TEXT;
`;

export const unattended: Migration = {
  version: 3,
  statements: [IDEMPOTENCY_KEYS, SCHEDULE_SLOTS, RUNS],
};
