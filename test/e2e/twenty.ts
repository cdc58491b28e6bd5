/** Twenty command lines for one ledger, chosen by a seed, and what a ledger holds in the end. */
import fc from 'fast-check';
import { withConnection } from '../../src/store/sqlite.js';
import { makeProgramme, type Sandbox } from './payrun.js';

const AFFILIATES = 8;

const day = (month: number, date: number): string =>
  `2026-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;

const HEAD = 'id,affiliate_id,earned_at,amount,status,kind\n';

/** Commissions of August to November, of everybody; some below zero, some not approved. */
const COMMISSIONS = Array.from({ length: 96 }, (_, i) => {
  const month = 8 + (Math.floor(i / AFFILIATES) % 4);
  const debit = i % 13 === 12;
  const status = i % 7 === 6 ? 'pending' : 'approved';
  const amount = debit ? `-${(i % 5) + 1}.50` : `${10 + i}.25`;
  return `c_${i},aff_${i % AFFILIATES},${day(month, 1 + (i % 28))},${amount},${status},${debit ? 'clawback' : 'bonus'}`;
});

/** Other words about some of the same commissions, and some new ones: two sources that overlap. */
function later(first: number, last: number, amount: string, status: string): string {
  const lines = Array.from({ length: last - first }, (_, i) => {
    const id = first + i;
    return `c_${id},aff_${id % AFFILIATES},${day(10, 1 + (id % 28))},${amount},${status},bonus`;
  });
  return `${HEAD}${lines.join('\n')}\n`;
}

/**
 * A ledger in the middle of its life: a first run whose payouts can be voided, paid and redone, refunds that
 * came after it, and a weekly schedule that nobody has called.
 */
export async function makeBusyProgramme(): Promise<Sandbox> {
  const affiliates = Array.from({ length: AFFILIATES }, (_, i) => `aff_${i},Affiliate ${i}`);
  const sandbox = await makeProgramme({
    now: '2026-11-22T09:00:00.000Z',
    affiliates: `id,name\n${affiliates.join('\n')}\n`,
    commissions: `${HEAD}${COMMISSIONS.join('\n')}\n`,
    init: ['--minimum', '20'],
  });
  const before = { now: '2026-11-02T09:00:00.000Z' };
  await sandbox.succeed(['generate', '--period', '2026-08', '--all', '--yes'], before);
  await sandbox.succeed(['schedule', 'set', '--frequency', 'weekly', '--yes'], before);
  await sandbox.write(
    'refunds.csv',
    `${HEAD}c_0,aff_0,2026-08-01,0.00,rejected,bonus\nc_1,aff_1,2026-08-02,3.25,approved,bonus\n`,
  );
  await sandbox.succeed(['import', 'commissions', 'refunds.csv'], before);
  await sandbox.write('one.csv', later(90, 104, '41.00', 'approved'));
  await sandbox.write('other.csv', later(96, 112, '43.00', 'approved'));
  await sandbox.write('declined.csv', later(98, 102, '41.00', 'rejected'));
  return sandbox;
}

const affiliate = fc.nat(AFFILIATES - 1).map((number) => `aff_${number}`);
const invoice = fc.integer({ min: 1, max: AFFILIATES }).map((number) => `INV-2026-00000${number}`);
const commission = fc.nat(COMMISSIONS.length - 1).map((number) => `c_${number}`);
const file = fc.constantFrom('one.csv', 'other.csv', 'declined.csv');

const command: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.constant(['generate', '--all']),
  fc.constant(['generate', '--period', '2026-09', '--all']),
  fc.constant(['generate', '--from', '2026-09-15', '--to', '2026-10-15', '--all', '--include-earlier']),
  affiliate.map((one) => ['generate', '--period', '2026', '--affiliate', one, '--override-minimum']),
  fc.constant(['schedule', 'run']),
  file.map((one) => ['import', 'commissions', one]),
  file.map((one) => ['import', 'commissions', one]),
  invoice.map((one) => ['payouts', 'void', one, '--reason', 'at once']),
  fc.tuple(invoice, affiliate).map(([one, reference]) => ['payouts', 'pay', one, '--reference', reference]),
  invoice.map((one) => ['payouts', 'redo', one, '--reason', 'refund']),
  fc.constant(['payouts', 'redo', 'INV-2026-000001', 'INV-2026-000002', '--reason', 'refund']),
  affiliate.map((one) => ['adjust', one, '7.00', 'USD', '--kind', 'bonus', '--reason', 'at once']),
  affiliate.map((one) => ['adjust', one, '-4.00', 'USD', '--reason', 'at once']),
  commission.map((one) => ['commissions', 'reject', one, '--reason', 'at once']),
  commission.map((one) => ['commissions', 'approve', one]),
);

/** Twenty command lines, each by an operator of its own, by whom its row in the audit log is known. */
export function twentyCommands(seed: number): string[][] {
  const [chosen = []] = fc.sample(fc.array(command, { minLength: 20, maxLength: 20 }), { seed, numRuns: 1 });
  return chosen.map((words, index) => [...words, '--yes', '--json', '--actor', `operator ${index}`]);
}

/** Every row of every table, in a fixed order. */
export function everythingIn(ledger: string): Record<string, string[]> {
  return withConnection(ledger, 'write', (connection) => {
    const tables = connection
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
      )
      .all() as { name: string }[];
    const text = (_key: string, value: unknown): unknown =>
      typeof value === 'bigint' ? value.toString() : value;
    const rowsOf = (name: string): string[] =>
      connection
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => JSON.stringify(row, text))
        .sort();
    return Object.fromEntries(tables.map(({ name }) => [name, rowsOf(name)]));
  });
}

/** Who wrote to the ledger, in the order of their writes, from a row of the audit log on. */
export function writersIn(ledger: string, after: number): string[] {
  const rows = withConnection(ledger, 'write', (connection) =>
    connection.prepare('SELECT actor FROM audit WHERE number > ? ORDER BY number').all(after),
  );
  return (rows as { actor: string }[]).map(({ actor }) => actor);
}
