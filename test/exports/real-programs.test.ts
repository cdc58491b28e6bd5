/** Journals as those programs read them that they are for, at their strictest. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportTo } from '../../src/app/export.js';
import type { Work } from '../../src/app/work.js';
import type { Ledger } from '../../src/store/ledger.js';
import { openLedger } from '../../src/store/open.js';
import { Coverage } from '../model/coverage.js';
import { dateIn } from '../model/rows.js';
import { Session } from '../model/session.js';
import { world, type World } from '../model/worlds.js';
import { describeWith, runProgram } from '../real-program.js';
import { affiliate, decimal, ledgerFolder, makeLedger, SampleLedger } from '../store/sample-ledger.js';

const SEED = 20_261_122;
const WORLDS = 3;

const NAMES = [
  '=cmd()',
  '+49 170 5550123',
  '"; DROP TABLE payouts; --',
  'Zo\u00eb \u{1f468}\u200d\u{1f469}\u200d\u{1f467} & \u0141ukasz',
  'a | b ; c  d',
  '(paid) "Media"',
  '\\"\\',
  "@home 'quoted' #tag key: value",
  '2026-10-31 * ! x',
  '\u5c71\u7530'.repeat(100),
];

/** Beside those of the random worlds: what would be an account, a comment, a date or another id there. */
const IDS = [
  'a:b',
  'a b',
  'a  b',
  'a,b',
  'a-b',
  'a_b',
  'A_b',
  '(x)',
  '[2025-01-05]',
  'a;b',
  'a|b',
  '"q"',
  'a\\b',
  '=1+1',
  '*',
  '-',
  '7',
  'ada@example.com',
  '\u5c71\u7530',
  'e\u0301',
  '\u00e9',
  'x'.repeat(200),
];

/** By account, affiliate and currency, decimals as the currency has them; what comes to nothing is absent. */
type Balances = Readonly<Record<string, string>>;

/** What payrun says that everybody is owed, and what has been paid. */
const OWN = `
  SELECT 'expense' AS role, '' AS affiliateId, currency, amount FROM (
    SELECT currency, amount FROM payouts WHERE status <> 'void'
    UNION ALL SELECT item.currency, item.amount FROM counted AS item)
  UNION ALL SELECT 'accrued', affiliate_id, currency, -amount FROM counted
  UNION ALL SELECT 'payable', affiliate_id, currency, -amount FROM payouts WHERE status NOT IN ('void', 'paid')
  UNION ALL SELECT 'bank', '', currency, -amount FROM payouts WHERE status = 'paid'`;

/** A debit is not owed while what it takes back is rejected. */
const COUNTED = `
  SELECT item.* FROM open_items AS item LEFT JOIN commissions AS original ON original.number = item.corrects
  WHERE NOT (item.amount < 0 AND coalesce(original.status, '') = 'rejected')`;

async function ownBalances(ledger: Ledger): Promise<Balances> {
  const sql = `WITH counted AS (${COUNTED})
    SELECT role, affiliateId, currency, sum(amount) AS amount FROM (${OWN})
    GROUP BY role, affiliateId, currency HAVING sum(amount) <> 0`;
  const rows = await ledger.read((reader) =>
    reader.all<{ role: string; affiliateId: string; currency: string; amount: bigint }>(sql),
  );
  return Object.fromEntries(
    rows.map((row) => [
      [row.role, row.affiliateId, row.currency].join(' / '),
      decimal(row.amount, row.currency),
    ]),
  );
}

const ROLES: readonly (readonly [string, RegExp])[] = [
  ['expense', /^Expenses:Affiliate ?Commissions$/],
  ['accrued', /^Liabilities:Accrued ?Commissions:(.+)$/],
  ['payable', /^Liabilities:Affiliates ?Payable:(.+)$/],
  ['bank', /^Assets:Bank:[A-Z]{3}$/],
];

/** Whose account it is: the entries that use it say so. */
class Owners {
  readonly #ids = new Map<string, string>();

  constructor(text: string) {
    let id = '';
    for (const line of text.split('\n')) {
      id = /^ +(?:; )?affiliate: (.*)$/.exec(line)?.[1] ?? id;
      const part = /^ +Liabilities:[^:]+:(.*?) {2}/.exec(line)?.[1];
      if (part === undefined) continue;
      const other = this.#ids.get(part) ?? id;
      if (other !== id) throw new Error(`${id} and ${other} share the account ${part}.`);
      this.#ids.set(part, id);
    }
  }

  /** The id as it was before it was written as a tag or as a string. */
  idOf(part: string): string {
    const written = this.#ids.get(part) ?? '';
    if (written.startsWith('"')) return JSON.parse(written) as string;
    return decodeURIComponent(written.replace(/%(?![0-9A-F]{2})/g, '%25'));
  }
}

/** Balances that a program told, by the names of its accounts. */
function balancesOf(rows: readonly (readonly string[])[], text: string): Balances {
  const owners = new Owners(text);
  const balances: Record<string, string> = {};
  for (const [account = '', currency = '', amount = ''] of rows) {
    const role = ROLES.find(([, pattern]) => pattern.test(account));
    const part = role?.[1].exec(account)?.[1];
    if (/^-?[0.]*(?:E-[0-9])?$/.test(amount)) continue;
    const key = [role?.[0] ?? account, part === undefined ? '' : owners.idOf(part), currency].join(' / ');
    balances[key] = amount;
  }
  return balances;
}

/** A row of CSV whose cells hold no line breaks. */
const cells = (line: string): string[] =>
  [...line.matchAll(/"((?:[^"]|"")*)"|([^,"]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.trim() ?? '',
  );

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
const csvRows = (text: string): string[][] => linesOf(text).slice(1).map(cells);

function byHledger(path: string, text: string): Balances {
  runProgram('hledger', ['-f', path, 'check', '--strict', 'ordereddates', 'payees']);
  const args = ['-f', path, 'bal', '--flat', '--no-total', '--layout=bare', '-O', 'csv'];
  return balancesOf(csvRows(runProgram('hledger', args)), text);
}

function byLedger(path: string, text: string): Balances {
  const strict = ['--args-only', '-f', path, '--pedantic', '--explicit', '--check-payees'];
  const format = ['--flat', '--no-total', '--balance-format', '%(account)\t%(display_total)\n'];
  const rows: string[][] = [];
  for (const line of linesOf(runProgram('ledger', [...strict, 'bal', ...format]))) {
    // An account stands once, before the first of its amounts.
    const [account = '', first = ''] = line.includes('\t') ? line.split('\t') : [rows.at(-1)?.[0], line];
    const [amount = '', currency = ''] = first.trim().split(' ');
    rows.push([account, currency, amount]);
  }
  return balancesOf(rows, text);
}

function byBeancount(path: string, text: string): Balances {
  runProgram('bean-check', [path]);
  // As a number it would be shown with as many decimals as most amounts have, whatever its currency.
  const query = 'SELECT account, currency, str(sum(number)) GROUP BY account, currency';
  const rows = csvRows(runProgram('bean-query', ['-f', 'csv', path, query]));
  return balancesOf(
    rows.map((row) => row.map((cell) => cell.replace(/^Decimal\('(.*)'\)$/, '$1'))),
    text,
  );
}

const FORMATS = ['hledger', 'ledger', 'beancount'] as const;

const AFTER_ALL = new Date('2028-01-01T12:00:00Z');

/** What a ledger is exported to, and what it holds by its own word. */
interface Journals {
  readonly texts: Readonly<Record<(typeof FORMATS)[number], string>>;
  readonly own: Balances;
}

async function journalsOf(ledger: Ledger): Promise<Journals> {
  const work: Work = { ledger, now: AFTER_ALL, actor: 'kim', osUser: 'kim', progress: () => undefined };
  const rest = { run: null, currency: null, newOnly: false, template: null };
  const texts = { hledger: '', ledger: '', beancount: '' };
  for (const format of FORMATS) {
    await exportTo(work, { format, range: { from: null, to: null }, ...rest }, async (piece) => {
      texts[format] += String(piece);
    });
  }
  return { texts, own: await ownBalances(ledger) };
}

/** A random world, its affiliates by names that want to be something else. */
async function worldJournals(folder: string, one: World): Promise<Journals> {
  const path = join(folder, 'ledger.db');
  await makeLedger(path, one.zone, dateIn(one.zone, one.start));
  const ledger = await openLedger(path, { waitMs: 5000 });
  const affiliates = one.affiliates.map((his, place) => ({ ...his, name: NAMES[place] ?? his.name }));
  try {
    await new Session({ ...one, affiliates }, ledger, new Coverage()).play();
    return await journalsOf(ledger);
  } finally {
    await ledger.close();
    await rm(path, { force: true });
  }
}

/** Every id and every name, invoices in brackets, some paid, one returned, one void, one never issued. */
async function hostileJournals(): Promise<Journals> {
  const sample = await SampleLedger.create();
  try {
    await sample.set('invoice.pattern', '{AFFILIATE}:#{SEQ:3}');
    await sample.affiliates(
      ...IDS.map((id, place) => affiliate(id, { name: NAMES[place % NAMES.length] ?? id })),
    );
    const currencies = ['EUR', 'JPY', 'BHD'];
    await sample.commissions(
      ...IDS.map((affiliateId, place) => ({
        id: `c${place}`,
        affiliateId,
        amount: BigInt(1000 + place),
        currency: currencies[place % currencies.length] ?? 'EUR',
      })),
    );
    await sample.commissions(
      { id: 'late', affiliateId: 'a:b', amount: 5n, currency: 'BHD', earnedAt: '2026-11-20' },
      { id: 'back', affiliateId: 'a:b', amount: -999_999_999_999_999n, currency: 'JPY' },
    );
    const { payouts } = await sample.generate();
    const [first = '', second = '', third = '', ...others] = payouts.map((one) => one.invoiceNumber);
    await sample.change('pay', first, second, ...others.slice(0, 5));
    await sample.change('return', second);
    await sample.void(third);
    return await journalsOf(sample.ledger);
  } finally {
    await sample.remove();
  }
}

let folder: string;
const ledgers: Journals[] = [];

beforeAll(async () => {
  folder = await ledgerFolder();
  for (const one of fc.sample(world, { numRuns: WORLDS, seed: SEED })) {
    ledgers.push(await worldJournals(folder, one));
  }
  ledgers.push(await hostileJournals());
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describeWith('hledger')('journals of random ledgers and hostile names, read by hledger', () => {
  test('pass its strict checks, and their balances are what everybody is owed', async () => {
    for (const [place, { texts, own }] of ledgers.entries()) {
      const path = await fileOf(`${place}.journal`, texts.hledger);
      expect(byHledger(path, texts.hledger)).toEqual(own);
    }
  }, 60_000);
});

describeWith('ledger')('journals of random ledgers and hostile names, read by Ledger', () => {
  test('pass its pedantic checks, and their balances are what everybody is owed', async () => {
    for (const [place, { texts, own }] of ledgers.entries()) {
      const path = await fileOf(`${place}.ledger`, texts.ledger);
      expect(byLedger(path, texts.ledger)).toEqual(own);
    }
  }, 60_000);
});

describeWith('bean-check', 'bean-query')('journals of random ledgers and hostile names, by Beancount', () => {
  test('pass bean-check with strict plugins, and their balances are what everybody is owed', async () => {
    const plugins = ['check_commodity', 'leafonly', 'nounused'];
    for (const [place, { texts, own }] of ledgers.entries()) {
      await fileOf(`${place}.beancount`, texts.beancount);
      const lines = plugins.map((name) => `plugin "beancount.plugins.${name}"\n`);
      const path = await fileOf(`all-${place}.beancount`, `${lines.join('')}include "${place}.beancount"\n`);
      expect(byBeancount(path, texts.beancount)).toEqual(own);
    }
  }, 60_000);
});
