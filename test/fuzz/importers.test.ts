import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { minorUnits } from '../../src/core/currencies.js';
import { withConnection } from '../../src/store/sqlite.js';
import { documentOf } from './answers.js';
import { inTime, isSuite, tries, TIMEOUT_MS } from './cases.js';
import { brokenFiles, REQUIRED, tables, type TriedFile } from './files.js';
import { cellOf, isDay, plainDecimal, readPlainly, type PlainFile } from './plain-csv.js';
import { Room } from './room.js';

let room: Room;

beforeAll(async () => {
  room = await Room.make();
});

afterAll(async () => {
  await room.remove();
});

type Stored = Record<string, string | null>;

const STORED = {
  commissions: `
    SELECT id, affiliate_id, earned_at, earned_on, CAST(amount AS TEXT) AS amount, currency, kind, status,
      available_on, campaign, order_id, description, CAST(sale_amount AS TEXT) AS sale_amount
    FROM commissions`,
  affiliates: `
    SELECT id, name, email, status, currency, CAST(minimum AS TEXT) AS minimum_payout, minimum_currency,
      payout_method, payout_account, payout_name, payout_bic, country, vat_number, company, address_line1, city
    FROM affiliates`,
};

function stored(kind: TriedFile['kind']): Map<string, Stored> {
  const rows = withConnection('ledger.db', 'write', (connection) => connection.prepare(STORED[kind]).all());
  return new Map((rows as Stored[]).map((row) => [row['id'] ?? '', row]));
}

/** An amount as the ledger holds it: minor units, as digits. */
function minorText(text: string, currency: string): string | null {
  const decimal = plainDecimal(text, minorUnits(currency));
  return decimal === null ? null : String(BigInt(decimal.replace('.', '')));
}

/** The columns whose cells are kept as they are. */
const KEPT = {
  commissions: ['affiliate_id', 'campaign', 'order_id', 'description'],
  affiliates: [
    ...['name', 'email', 'payout_account', 'payout_name', 'payout_bic'],
    ...['vat_number', 'company', 'address_line1', 'city'],
  ],
};

/** In which ways what is stored now is not what the cells say. */
function changedMeaning(
  kind: TriedFile['kind'],
  file: PlainFile,
  cells: readonly string[],
  row: Stored,
): string[] {
  const said = (column: string): string => cellOf(file, cells, column);
  const lower = (column: string): string => said(column).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const upper = (column: string): string => said(column).replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const expected: Record<string, string | null> = {};
  for (const column of KEPT[kind]) expected[column] = said(column) || null;
  if (kind === 'commissions') {
    expected['currency'] = upper('currency') || 'USD';
    expected['amount'] = minorText(said('amount'), row['currency'] ?? 'USD');
    expected['kind'] = lower('kind') || 'sale';
    const isDate = isDay(said('earned_at'));
    if (isDate) expected['earned_on'] = said('earned_at');
    else if (!isDay(said('earned_at').slice(0, 10))) expected['earned_on'] = 'no day at all';
    if (said('status') !== '') expected['status'] = lower('status');
    if (said('available_on') !== '') expected['available_on'] = said('available_on');
    if (said('sale_amount') !== '')
      expected['sale_amount'] = minorText(said('sale_amount'), row['currency'] ?? '');
  } else {
    if (said('status') !== '') expected['status'] = lower('status');
    expected['currency'] = upper('currency') || null;
    expected['country'] = upper('country') || null;
    expected['payout_method'] = lower('payout_method') || null;
    if (said('minimum_payout') !== '') {
      expected['minimum_payout'] = minorText(said('minimum_payout'), row['minimum_currency'] ?? '');
    }
  }
  return Object.entries(expected)
    .filter(([column, value]) => (row[column] ?? null) !== value)
    .map(([column, value]) => `${column} says ${String(value)} and the ledger ${String(row[column])}`);
}

/** What is wrong with an import that was taken. */
function faultsOfTaken(
  tried: TriedFile,
  document: Record<string, unknown>,
  old: Map<string, Stored>,
): string[] {
  const file = readPlainly(tried.bytes, REQUIRED[tried.kind]);
  if (file === null) return ['it was taken, and no simple reader can read it'];
  const faults: string[] = [];
  if (document['rows'] !== file.rows.length) {
    faults.push(`it says ${String(document['rows'])} rows and the file has ${file.rows.length}`);
  }
  const ledger = stored(tried.kind);
  for (const { line, cells } of file.rows) {
    if (cells.length !== file.header.length) faults.push(`line ${line} has too few or too many cells`);
    const row = ledger.get(cellOf(file, cells, 'id'));
    // What stood in the ledger before follows other rules: columns left out, operators' words, corrections.
    if (row === undefined) faults.push(`line ${line} is not in the ledger`);
    else if (!old.has(row['id'] ?? '')) {
      faults.push(...changedMeaning(tried.kind, file, cells, row).map((fault) => `line ${line}: ${fault}`));
    }
  }
  return faults;
}

/** What is wrong with a refusal: its lines are lines of the file, its values stand there. */
function faultsOfRefused(tried: TriedFile, document: Record<string, unknown>): string[] {
  const { details } = document['error'] as {
    details: { line: number; column: string | null; value: string }[];
  };
  const lines = Buffer.from(tried.bytes)
    .toString('utf8')
    .split(/\r\n|\r|\n/).length;
  const file = readPlainly(tried.bytes, REQUIRED[tried.kind]);
  const faults = details
    .filter(({ line }) => !(Number.isInteger(line) && line >= 1 && line <= lines))
    .map(({ line }) => `it names line ${line} of ${lines}`);
  if (details.length === 0) faults.push('it was refused and nothing is named');
  for (const { line, column, value } of details) {
    const found = file?.rows.find((row) => row.line === line);
    if (file === null || found === undefined || column === null || value.endsWith('…')) continue;
    const given = found.cells[file.header.indexOf(column)] ?? '';
    if (given.trim() !== value.trim())
      faults.push(`line ${line}, ${column}: it names ${value} and ${given} stands there`);
  }
  return faults;
}

/** Imports a file as a dry run and in earnest, by JSON and on a terminal, and says what is wrong. */
async function play(tried: TriedFile, seen: { taken: number; refused: number }): Promise<string[]> {
  const { kind, bytes, clean } = tried;
  const words = ['import', kind, '-'];
  const dry = await room.tryOut([...words, '--dry-run', '--no-input'], { stdin: bytes, tty: true });
  const old = stored(kind);
  const real = await room.tryOut([...words, '--json'], { stdin: bytes });
  const faults = [...dry.faults, ...real.faults];
  const document = documentOf(real.answer) ?? {};
  if (dry.answer.exitCode !== real.answer.exitCode) faults.push('the dry run ended in another way');
  if (real.answer.exitCode === 0) {
    seen.taken += 1;
    faults.push(...faultsOfTaken(tried, document, old));
  } else if (real.answer.exitCode === 5) {
    seen.refused += 1;
    faults.push(...faultsOfRefused(tried, document));
    if (clean) faults.push('it was refused, and nothing is wrong with it');
  } else {
    faults.push(`it ended with ${real.answer.exitCode}`);
  }
  return faults;
}

async function playAll(files: readonly TriedFile[], seen: { taken: number; refused: number }): Promise<void> {
  await room.begin();
  for (const tried of files) {
    const faults = await play(tried, seen);
    if (faults.length > 0) {
      throw new Error([...faults, `in ${fc.stringify(tried)}`].join('\n'));
    }
  }
  expect(await room.faultsAfter()).toEqual([]);
}

describe('whatever a file holds', () => {
  test(
    'a well-formed one is imported as it says or refused, and one without fault is imported',
    async () => {
      const seen = { taken: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(
          fc.array(tables, { minLength: 1, maxLength: 12, size: 'max' }),
          inTime(async (files) => playAll(files, seen)),
        ),
        tries(30),
      );
      // Else the files no longer reach what they are to try.
      expect(!isSuite || (seen.taken > 50 && seen.refused > 50)).toBe(true);
    },
    TIMEOUT_MS,
  );

  test(
    'a broken one is refused, or says the same to a simple reader',
    async () => {
      const seen = { taken: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(
          fc.array(brokenFiles, { minLength: 1, maxLength: 12, size: 'max' }),
          inTime(async (files) => playAll(files, seen)),
        ),
        tries(25),
      );
      expect(!isSuite || (seen.taken > 10 && seen.refused > 50)).toBe(true);
    },
    TIMEOUT_MS,
  );
});
