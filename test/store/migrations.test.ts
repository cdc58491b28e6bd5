/** Each migration carries the data of the version before through it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger, Reader } from '../../src/store/ledger.js';
import { migrations } from '../../src/store/migrations/index.js';
import { createLedger, openLedger } from '../../src/store/open.js';
import { findPayout, historyOf } from '../../src/store/payouts.js';
import { withConnection } from '../../src/store/sqlite.js';
import { CHECK_NAMES, runCheck } from '../../src/store/verify.js';
import { ledgerFolder } from './sample-ledger.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await ledgerFolder();
  path = join(folder, 'ledger.db');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A ledger of an older version with these rows in it. */
async function makeOld(version: number, statements: readonly string[]): Promise<void> {
  const older = { waitMs: 500, migrations: migrations.slice(0, version) };
  await createLedger(path, older, async (writer) => {
    for (const sql of statements) await writer.run(sql);
  });
}

/** Opens it as this version does. */
async function migrated<T>(use: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger(path, { waitMs: 500 });
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}

/** What the checks complain of, but for the audit log: no command wrote these rows. */
async function problemsIn(reader: Reader): Promise<string[]> {
  const problems: string[] = [];
  for (const name of CHECK_NAMES.filter((check) => !check.startsWith('audit_'))) {
    const result = await runCheck(reader, name);
    problems.push(...result.problems.map(({ message }) => `${name}: ${message}`));
  }
  return problems;
}

/** Two payouts of October, one of them void on the day after, and a commission that is not paid yet. */
const OCTOBER = [
  `INSERT INTO settings (key, value, set_on, set_at, set_by) VALUES
    ('timezone', 'UTC', '2026-01-01', '2026-01-01T00:00:00.000Z', 'kim'),
    ('currency', 'USD', '2026-01-01', '2026-01-01T00:00:00.000Z', 'kim')`,
  `INSERT INTO affiliates (id, name, status, status_by, recorded_at)
   VALUES ('a', 'Ada', 'active', 'source', '2026-10-01T09:00:00.000Z'), ('b', 'Bo', 'active', 'source', '2026-10-01T09:00:00.000Z')`,
  `INSERT INTO commissions (number, id, affiliate_id, kind, status, status_by, currency, amount, earned_at,
     earned_on, available_on, origin, recorded_at)
   SELECT column1, column2, column3, 'bonus', 'approved', 'source', 'USD', column4, '2026-10-05', '2026-10-05',
     '2026-10-05', 'source', '2026-10-01T09:00:00.000Z'
   FROM (VALUES (1, 'c1', 'a', 500), (2, 'c2', 'b', 700))`,
  `INSERT INTO runs VALUES (1, 'manual', '2026-10-01', '2026-10-31', '2026-11-02', NULL, NULL, 0,
     '2026-11-02T09:00:00.000Z', '2026-11-02', 'kim', 'os', '{}')`,
  "INSERT INTO run_totals VALUES (1, 'USD', 2, 2, 1200)",
  `INSERT INTO payouts (number, run, invoice_number, affiliate_id, currency, amount, commissions, status,
     issued_on, from_on, to_on, voided_on, credit_note_number, affiliate_name)
   VALUES
     (1, 1, 'INV-2026-000001', 'a', 'USD', 500, 1, 'open', '2026-11-02', '2026-10-01', '2026-10-31', NULL, NULL, 'Ada'),
     (2, 1, 'INV-2026-000002', 'b', 'USD', 700, 1, 'void', '2026-11-02', '2026-10-01', '2026-10-31', '2026-11-03',
       'CN-2026-000001', 'Bo')`,
  "INSERT INTO payout_lines VALUES (1, 1, 500, NULL), (2, 2, 700, '2026-11-03')",
  `INSERT INTO payout_history VALUES
     (1, 1, '2026-11-02T09:00:00.000Z', 'kim', 'os', 'open', NULL),
     (2, 1, '2026-11-02T09:00:00.000Z', 'kim', 'os', 'open', NULL),
     (2, 2, '2026-11-03T23:30:00.000Z', 'lee', 'os', 'void', 'wrong month')`,
  `INSERT INTO open_items (affiliate_id, currency, commission, amount, status, available_on, earned_on)
   VALUES ('b', 'USD', 2, 700, 'approved', '2026-10-05', '2026-10-05')`,
  "INSERT INTO number_series VALUES ('INV-2026-{SEQ}', 2), ('CN-2026-{SEQ}', 1)",
  `INSERT INTO documents VALUES
     ('INV-2026-000001', 'invoice', 'INV-2026-{SEQ}', 1, '2026-11-02', 1),
     ('INV-2026-000002', 'invoice', 'INV-2026-{SEQ}', 2, '2026-11-02', 2),
     ('CN-2026-000001', 'credit_note', 'CN-2026-{SEQ}', 1, '2026-11-03', 2)`,
];

describe('version 2, the life of a payout', () => {
  test('dates the steps so far by their payouts and leaves everything else as it was', async () => {
    await makeOld(1, OCTOBER);
    await migrated((ledger) =>
      ledger.read(async (reader) => {
        const by = { by: 'kim', reference: null, reason: null };
        expect(await historyOf(reader, 'INV-2026-000001')).toEqual([
          { ...by, at: '2026-11-02T09:00:00.000Z', status: 'open', on: '2026-11-02' },
        ]);
        expect(await historyOf(reader, 'INV-2026-000002')).toEqual([
          { ...by, at: '2026-11-02T09:00:00.000Z', status: 'open', on: '2026-11-02' },
          {
            ...{ at: '2026-11-03T23:30:00.000Z', by: 'lee', status: 'void', on: '2026-11-03' },
            ...{ reference: null, reason: 'wrong month' },
          },
        ]);
        expect(await findPayout(reader, 'INV-2026-000002')).toMatchObject({
          ...{ amount: 700n, status: 'void', creditNoteNumber: 'CN-2026-000001', paidOn: null },
          ...{ replaces: null, replacedBy: null, correctedSince: false, detailsChanged: false },
        });
        expect(await reader.all('SELECT currency, created_by FROM runs')).toEqual([
          { currency: null, created_by: 'kim' },
        ]);
        expect(await reader.all('SELECT id, decided FROM commissions ORDER BY number')).toEqual([
          { id: 'c1', decided: null },
          { id: 'c2', decided: null },
        ]);
        expect(await reader.all('SELECT * FROM affiliate_changes')).toEqual([]);
        expect(await problemsIn(reader)).toEqual([]);
      }),
    );
  });

  test('keeps the history append-only, and a payout replaces one other at most', async () => {
    await makeOld(1, OCTOBER);
    await migrated(async (ledger) => {
      const write = (sql: string): Promise<number> => ledger.write((writer) => writer.run(sql));
      await expect(write("UPDATE payout_history SET reason = 'other'")).rejects.toThrow('append-only');
      await write('UPDATE payouts SET replaces = 2 WHERE number = 1');
      await expect(write('UPDATE payouts SET replaces = 1 WHERE number = 1')).rejects.toThrow('no second');
      await expect(write('UPDATE payouts SET replaces = 2 WHERE number = 2')).rejects.toThrow();
    });
  });
});

describe('version 3, work with nobody there', () => {
  /** The same two payouts in a ledger of version 2. */
  beforeEach(async () => {
    await makeOld(1, OCTOBER);
    await (await openLedger(path, { waitMs: 500, migrations: migrations.slice(0, 2) })).close();
  });

  test('leaves what was there as it was, and no run is of a job', async () => {
    await migrated((ledger) =>
      ledger.read(async (reader) => {
        expect(await findPayout(reader, 'INV-2026-000001')).toMatchObject({ amount: 500n, status: 'open' });
        expect(await historyOf(reader, 'INV-2026-000002')).toHaveLength(2);
        expect(await reader.all('SELECT number, to_on, created_by, job FROM runs')).toEqual([
          { number: 1n, to_on: '2026-10-31', created_by: 'kim', job: null },
        ]);
        expect(await reader.all('SELECT * FROM idempotency_keys')).toEqual([]);
        expect(await reader.all('SELECT * FROM schedule_slots')).toEqual([]);
        expect(await problemsIn(reader)).toEqual([]);
      }),
    );
  });

  test('keeps an answer for good, under a key of its own', async () => {
    await migrated(async (ledger) => {
      const write = (sql: string): Promise<number> => ledger.write((writer) => writer.run(sql));
      const kept = `INSERT INTO idempotency_keys (key, command, typed, answer, at, "by", os_user)
        VALUES ('k', 'generate', '{}', '{}', '2026-11-22T09:00:00.000Z', 'kim', 'os')`;
      await write(kept);
      await expect(write(kept)).rejects.toThrow('UNIQUE');
      await expect(write("UPDATE idempotency_keys SET answer = '1'")).rejects.toThrow('append-only');
      await expect(write('DELETE FROM idempotency_keys')).rejects.toThrow('append-only');
    });
  });

  test('keeps a slot for good, once a day and setting, and with what came of it', async () => {
    await migrated(async (ledger) => {
      const slot = (values: string): Promise<number> =>
        ledger.write((writer) =>
          writer.run(
            `INSERT INTO schedule_slots (setting, due_on, frequency, outcome, run, superseded_by, recorded_at,
               recorded_by, os_user) VALUES (${values}, '2026-11-22T09:00:00.000Z', 'cron', 'os')`,
          ),
        );
      await slot("1, '2026-11-16', 'weekly', 'paid', 1, NULL");
      await slot("1, '2026-11-09', 'weekly', 'superseded', NULL, '2026-11-16'");
      await slot("1, '2026-12-01', 'monthly', 'nothing', NULL, NULL");
      await slot("2, '2026-12-01', 'monthly', 'nothing', NULL, NULL");
      for (const [wrong, why] of [
        ["1, '2026-11-16', 'monthly', 'nothing', NULL, NULL", 'UNIQUE'],
        ["2, '2026-11-16', 'monthly', 'paid', 1, NULL", 'UNIQUE'],
        ["1, '2027-01-01', 'monthly', 'paid', 1, NULL", 'UNIQUE'],
        ["99, '2027-01-01', 'monthly', 'nothing', NULL, NULL", 'FOREIGN KEY'],
        ["2, '2026-11-09', 'weekly', 'superseded', NULL, '2026-11-16'", 'FOREIGN KEY'],
        ["1, '2027-01-01', 'monthly', 'paid', NULL, NULL", 'CHECK'],
        ["1, '2027-01-01', 'monthly', 'nothing', 1, NULL", 'CHECK'],
        ["1, '2027-01-01', 'monthly', 'superseded', NULL, NULL", 'CHECK'],
        ["1, '2027-01-01', 'monthly', 'superseded', NULL, '2026-12-01'", 'CHECK'],
        ["1, '2027-01-01', 'monthly', 'superseded', NULL, '2027-02-01'", 'FOREIGN KEY'],
        ["1, '2027-01-01', 'off', 'nothing', NULL, NULL", 'CHECK'],
        ["1, '2027-1-1', 'monthly', 'nothing', NULL, NULL", 'CHECK'],
      ] as const) {
        await expect(slot(wrong)).rejects.toThrow(why);
      }
      const write = (sql: string): Promise<number> => ledger.write((writer) => writer.run(sql));
      await expect(write("UPDATE schedule_slots SET outcome = 'nothing'")).rejects.toThrow('append-only');
      await expect(write('DELETE FROM schedule_slots')).rejects.toThrow('append-only');
    });
  });
});

describe('version 4, into the accounting system and to the bank', () => {
  const STEPS = `
    INSERT INTO payout_history (payout, step, at, "by", os_user, status, reason, on_day)
    VALUES (1, 2, '2026-11-03T10:00:00.000Z', 'lee', 'os', 'approved', NULL, '2026-11-03')`;
  const PAY_TO = '["paypal","ada@example.com",null,null]';

  const changed = (affiliate: string, field: string, at: string): string => `
    INSERT INTO affiliate_changes (affiliate_id, changed_at, changed_on, changed_by, os_user, field, value_after)
    VALUES ('${affiliate}', '${at}', '${at.slice(0, 10)}', 'eve', 'os', '${field}',
      'a…@example.com')`;

  /** The same two payouts in a ledger of version 3. */
  beforeEach(async () => {
    await makeOld(1, [
      ...OCTOBER,
      "UPDATE affiliates SET payout_method = 'paypal', payout_account = id || 'da@example.com'",
    ]);
    await (await openLedger(path, { waitMs: 500, migrations: migrations.slice(0, 3) })).close();
  });

  const old = (...statements: readonly string[]): void => {
    withConnection(path, 'write', (connection) => {
      for (const sql of statements) connection.exec(sql);
    });
  };

  const stepsAre = (reader: Reader) =>
    reader.all('SELECT payout, step, number, pay_to, method, batch FROM payout_history ORDER BY number');

  test('counts the steps as they were recorded, and keeps where open and approved payouts go', async () => {
    old(STEPS, "UPDATE payouts SET status = 'approved' WHERE number = 1");
    old(changed('a', 'payout_account', '2026-11-01T10:00:00.000Z'));
    await migrated((ledger) =>
      ledger.read(async (reader) => {
        const rest = { method: null, batch: null };
        const bo = '["paypal","bda@example.com",null,null]';
        expect(await stepsAre(reader)).toEqual([
          { payout: 1n, step: 1n, number: 1n, pay_to: PAY_TO, ...rest },
          { payout: 2n, step: 1n, number: 2n, pay_to: bo, ...rest },
          { payout: 1n, step: 2n, number: 3n, pay_to: PAY_TO, ...rest },
          { payout: 2n, step: 2n, number: 4n, pay_to: null, ...rest },
        ]);
        expect(await findPayout(reader, 'INV-2026-000001')).toMatchObject({ detailsChanged: false });
        for (const table of ['exports', 'payment_batches', 'payment_files', 'payment_items']) {
          expect(await reader.all(`SELECT * FROM ${table}`)).toEqual([]);
        }
        expect(await problemsIn(reader)).toEqual([]);
      }),
    );
  });

  test('counts the steps of one payout in their own order, also where the clock was set back', async () => {
    old(
      STEPS.replace('2026-11-03T10', '2026-11-01T10'),
      "UPDATE payouts SET status = 'approved' WHERE number = 1",
    );
    await migrated((ledger) =>
      ledger.read(async (reader) => {
        const steps = (await stepsAre(reader)) as { payout: bigint; step: bigint }[];
        expect(steps.map(({ payout, step }) => `${payout}.${step}`)).toEqual(['1.1', '1.2', '2.1', '2.2']);
        expect((await runCheck(reader, 'history_numbers')).problems).toEqual([]);
      }),
    );
  });

  test.each([
    ['payout_account', '2026-11-02T09:00:00.000Z', true],
    ['payout_bic', '2026-11-05T09:00:00.000Z', true],
    ['name', '2026-11-05T09:00:00.000Z', false],
  ])(
    'of what was open when %s was changed at %s somebody has to look again: %s',
    async (field, at, again) => {
      old(changed('a', field, at));
      await migrated((ledger) =>
        ledger.read(async (reader) => {
          expect((await stepsAre(reader))[0]).toMatchObject({ pay_to: again ? '[]' : PAY_TO });
          expect(await findPayout(reader, 'INV-2026-000001')).toMatchObject({ detailsChanged: again });
        }),
      );
    },
  );

  test('an approval after the change counts', async () => {
    old(STEPS, "UPDATE payouts SET status = 'approved' WHERE number = 1");
    old(changed('a', 'payout_account', '2026-11-03T09:00:00.000Z'));
    await migrated((ledger) =>
      ledger.read(async (reader) => {
        expect((await stepsAre(reader)).slice(0, 3)).toMatchObject([
          { pay_to: '[]' },
          { payout: 2n },
          { pay_to: PAY_TO },
        ]);
        expect(await findPayout(reader, 'INV-2026-000001')).toMatchObject({ detailsChanged: false });
      }),
    );
  });

  test('keeps what was sent for good, and a payout out of two payments at once', async () => {
    await migrated(async (ledger) => {
      const write = (sql: string): Promise<number> => ledger.write((writer) => writer.run(sql));
      for (const batch of [1, 2]) {
        await write(`INSERT INTO payment_batches VALUES (${batch}, 'paypal', 'paypal', '2026-11-22', '{}',
          '2026-11-22T09:00:00.000Z', '2026-11-22', 'kim', 'os')`);
        await write(
          `INSERT INTO payment_files VALUES (${batch}, 1, 'USD', 1, 500, '${'a'.repeat(64)}', 'x')`,
        );
      }
      const send = (batch: number): Promise<number> =>
        write(`INSERT INTO payment_items (batch, payout, file, reference, currency, amount, payee, account, details)
          VALUES (${batch}, 1, 1, 'INV-2026-000001', 'USD', 500, 'Ada', 'ada@example.com', '{}')`);
      await send(1);
      await expect(send(2)).rejects.toThrow('UNIQUE');
      await expect(write("UPDATE payment_items SET account = 'eve'")).rejects.toThrow('frozen');
      await expect(write("UPDATE payment_items SET outcome = 'paid'")).rejects.toThrow('CHECK');
      const ends = (outcome: string): Promise<number> =>
        write(`UPDATE payment_items SET outcome = '${outcome}', outcome_on = '2026-11-23' WHERE batch = 1`);
      await ends('paid');
      await expect(ends('failed')).rejects.toThrow('said once');
      await expect(send(2)).rejects.toThrow('UNIQUE');
      await ends('returned');
      await send(2);
      for (const sql of [
        "UPDATE payment_batches SET method = 'wise'",
        'DELETE FROM payment_batches',
        "UPDATE payment_files SET content = ''",
        'DELETE FROM payment_files',
        'DELETE FROM payment_items',
        'UPDATE payout_history SET pay_to = NULL',
      ]) {
        await expect(write(sql)).rejects.toThrow('append-only');
      }
    });
  });
});
