import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { showAudit, showAuditHead, verifyAudit, withAudit, type AuditQuery } from '../../src/app/audit.js';
import { setSetting } from '../../src/app/settings.js';
import type { Work } from '../../src/app/work.js';
import { findAuditRow, hashOf } from '../../src/store/audit.js';
import { openLedger } from '../../src/store/open.js';
import { ledgerFolder, SampleLedger, tamper } from './sample-ledger.js';

let sample: SampleLedger;
let folder: string;

/** Rows 1 to 3 are those of every sample ledger; then one setting a row, on the 23rd by lee. */
beforeAll(async () => {
  folder = await ledgerFolder();
  sample = await SampleLedger.create();
  for (let days = 1; days <= 9; days += 1) {
    if (days === 5) sample.today = '2026-11-23';
    const actor = days < 5 ? 'kim' : 'lee';
    await setSetting({ ...sample.work, actor }, 'hold.days', String(days));
  }
  await sample.ledger.close();
});

afterAll(async () => {
  await sample.remove();
  await rm(folder, { recursive: true });
});

/** Looks at a copy after something was done to it behind its back. */
async function after<T>(damage: string, look: (work: Work) => Promise<T>): Promise<T> {
  const path = join(folder, 'ledger.db');
  for (const suffix of ['-wal', '-shm']) await rm(path + suffix, { force: true });
  await copyFile(sample.path, path);
  if (damage !== '') tamper(path, damage);
  const ledger = await openLedger(path, { waitMs: 1000 });
  try {
    return await look({ ...sample.work, ledger });
  } finally {
    await ledger.close();
  }
}

const problemsAfter = async (damage: string): Promise<string[]> =>
  (await after(damage, (work) => verifyAudit(work, null))).problems.map(({ message }) => message);

/** SQL that changes a row and gives it the hash that fits, as somebody would who knows how. */
async function rehashed(number: bigint, request: string): Promise<string> {
  const row = await after('', (work) => work.ledger.read((reader) => findAuditRow(reader, number)));
  if (row === undefined) throw new Error('There is no such row.');
  return `UPDATE audit SET request = '${request}', hash = '${hashOf({ ...row, request })}' WHERE number = ${number}`;
}

const COLUMNS = 'at, actor, os_user, command, request, result, previous, hash';
/** Moves the rows from a number on; through numbers below 0, because numbers are unique. */
const renumber = (from: number, by: number): string => `
  UPDATE audit SET number = -number WHERE number >= ${from};
  UPDATE audit SET number = -number + ${by} WHERE number < 0`;

describe('the chain of hashes', () => {
  test('is whole as it was written', async () => {
    const verified = await after('', (work) => verifyAudit(work, null));
    expect(verified).toMatchObject({ ok: true, checked: 12, expected: null, problems: [] });
    expect(verified.head).toMatchObject({ number: 12n, at: '2026-11-23T12:00:00.000Z' });
  });

  // prettier-ignore
  test.each([
    ['a row was changed', "UPDATE audit SET actor = 'zoe' WHERE number = 5", ['row 5 was changed']],
    ['two rows were changed', "UPDATE audit SET at = '' WHERE number IN (5, 9)", ['row 5 was changed', 'row 9 was changed']],
    ['the first row was changed', "UPDATE audit SET command = 'x' WHERE number = 1", ['row 1 was changed']],
    ['the last row was changed', "UPDATE audit SET result = 'x' WHERE number = 12", ['row 12 was changed']],
    ['a hash was changed', "UPDATE audit SET hash = 'x' WHERE number = 5", ['row 5 was changed']],
    ['a row was removed', 'DELETE FROM audit WHERE number = 5', ['row 5 is missing']],
    ['rows were removed', 'DELETE FROM audit WHERE number IN (5, 6, 9)', ['rows 5 to 6 are missing', 'row 9 is missing']],
    ['the first row was removed', 'DELETE FROM audit WHERE number = 1', ['row 1 is missing']],
    ['every row was removed', 'DELETE FROM audit', ['the log is empty: every row is missing']],
    ['a row was removed and the rest renumbered', `DELETE FROM audit WHERE number = 5; ${renumber(6, -1)}`, ['row 5 was taken out, and the rest was renumbered']],
    ['a row was inserted and the rest renumbered', `${renumber(6, 1)}; INSERT INTO audit SELECT 6, ${COLUMNS.replace('hash', "'0f'")} FROM audit WHERE number = 5`, ['row 6 was inserted, and the rest was renumbered']],
    ['a row was inserted at the end', `INSERT INTO audit SELECT 13, ${COLUMNS.replace('hash', "'0f'")} FROM audit WHERE number = 12`, ['row 13 was changed']],
    ['a row was inserted before the first', `INSERT INTO audit SELECT 0, ${COLUMNS.replace('hash', "'0f'")} FROM audit WHERE number = 12`, ['row 0 was inserted']],
  ] as const)('%s', async (_title, damage, messages) => {
    expect(await problemsAfter(damage)).toEqual(messages);
  });

  test('a row that was changed with the hash that fits it shows in the next', async () => {
    expect(await problemsAfter(await rehashed(5n, '{}'))).toEqual([
      'row 6 does not follow row 5: row 5 was replaced, or row 6 was inserted',
    ]);
  });
});

describe('a hash that was kept elsewhere', () => {
  const hashOfRow = (number: bigint): Promise<string> =>
    after('', (work) => work.ledger.read(async (reader) => (await findAuditRow(reader, number))?.hash ?? ''));

  test('is found with the rows that came since, whole or by its beginning', async () => {
    const hash = await hashOfRow(10n);
    for (const noted of [hash, hash.toUpperCase(), ` ${hash}\n`, hash.slice(0, 12)]) {
      const { ok, expected } = await after('', (work) => verifyAudit(work, noted));
      expect([ok, expected?.number, expected?.hash, expected?.since]).toEqual([true, 10n, hash, 2]);
    }
    const last = await after('', async (work) => verifyAudit(work, (await showAuditHead(work)).hash));
    expect(last.expected).toMatchObject({ number: 12n, since: 0 });
  });

  test('finds that the last rows were removed, and that the last was written anew', async () => {
    const hash = await hashOfRow(12n);
    const gone = ['no row has this hash: rows were changed or removed since it was noted'];
    for (const damage of ['DELETE FROM audit WHERE number > 10', await rehashed(12n, '{}')]) {
      expect(await problemsAfter(damage)).toEqual([]);
      const { ok, problems } = await after(damage, (work) => verifyAudit(work, hash));
      expect([ok, problems.map(({ message }) => message)]).toEqual([false, gone]);
    }
  });

  test.each(['', 'abc', '0123456789a', 'g'.repeat(64), '0'.repeat(65)])('"%s" is none', async (text) => {
    await expect(after('', (work) => verifyAudit(work, text))).rejects.toThrow(
      'is not a hash of the audit log',
    );
  });

  test('must not fit two rows', async () => {
    const alike = "UPDATE audit SET hash = '0123456789abcdef' || number WHERE number > 10";
    await expect(after(alike, (work) => verifyAudit(work, '0123456789abcdef'))).rejects.toThrow(
      'More than one row',
    );
  });
});

describe('reading the log', () => {
  const numbers = (query: AuditQuery): Promise<number[]> =>
    after('', async (work) => {
      const found: number[] = [];
      await withAudit(work, query, async (page) => {
        found.push(...page.map(({ number }) => Number(number)));
      });
      return found;
    });

  test('by day in the book zone, command, actor, and from its end', async () => {
    expect(await numbers({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(await numbers({ from: '2026-11-23' })).toEqual([8, 9, 10, 11, 12]);
    expect(await numbers({ to: '2026-11-21' })).toEqual([1]);
    expect(await numbers({ actor: 'kim', command: 'settings' })).toEqual([2, 4, 5, 6, 7]);
    expect(await numbers({ command: 'settings set', limit: 2 })).toEqual([11, 12]);
    expect(await numbers({ command: 'sett' })).toEqual([]);
  });

  test('one row, its time also that of the book zone', async () => {
    const entry = await after('', (work) => showAudit(work, '8'));
    expect(entry).toMatchObject({
      number: 8n,
      actor: 'lee',
      localTime: '2026-11-23 12:00',
      command: 'settings set',
    });
    await expect(after('', (work) => showAudit(work, '99'))).rejects.toThrow(
      'The audit log has no entry 99.',
    );
    await expect(after('', (work) => showAudit(work, '1x'))).rejects.toThrow(
      '"1x" is not the number of an entry.',
    );
  });

  test('an empty log has no head, and that is damage', async () => {
    await expect(after('DELETE FROM audit', showAuditHead)).rejects.toThrow('The audit log is empty');
  });
});
