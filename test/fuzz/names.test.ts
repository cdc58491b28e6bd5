import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { inTime, tries, TIMEOUT_MS } from './cases.js';
import { hostileId } from './files.js';
import { Room } from './room.js';
import { nasty } from './texts.js';

let room: Room;

beforeAll(async () => {
  room = await Room.make();
});

afterAll(async () => {
  await room.remove();
});

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** Every path below the working folder. */
async function files(): Promise<string[]> {
  return (await readdir('.', { recursive: true }))
    .filter((name) => !/^ledger\.db-(?:wal|shm)$/.test(name))
    .sort();
}

interface Payee {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** Pays somebody with these texts everywhere, writes all files that there are of him, and names those. */
async function filesOf({ id, name, text }: Payee): Promise<string[]> {
  await room.begin();
  const before = await files();
  const faults: string[] = [];
  const done = async (argv: readonly string[], stdin = ''): Promise<void> => {
    const { answer, faults: found } = await room.tryOut(argv, { stdin: Buffer.from(stdin) });
    faults.push(...found.map((fault) => `${argv.join(' ')}: ${fault}`));
    if (answer.exitCode !== 0) faults.push(`${argv.join(' ')}: ${answer.err}`);
  };
  const affiliate = [id, name, text, text].map(quoted).join(',');
  await done(['import', 'affiliates', '-'], `id,name,company,city\n${affiliate}`);
  const commission = [`n_${id}`, id, '2026-10-05', '9.00', 'bonus', text, text].map(quoted).join(',');
  const head = 'id,affiliate_id,earned_at,amount,kind,campaign,description';
  await done(['import', 'commissions', '-'], `${head}\n${commission}`);
  await done(['generate', '--all', '--yes']);
  for (const format of ['text', 'csv', 'html']) {
    await done(['statement', `--format=${format}`, '--out=books', '--', id]);
  }
  await done(['export', 'payouts', '--out', 'books/']);
  await done(['export', 'lines', '--out', 'books/', '--period', '2026-11']);
  expect(faults).toEqual([]);
  expect(await room.faultsAfter()).toEqual([]);
  return (await files()).filter((file) => !before.includes(file));
}

describe('whatever data holds', () => {
  test(
    'it names no file: what is written into a folder stands in it, under a plain name',
    async () => {
      const payee = fc.record({ id: hostileId, name: nasty.filter((one) => one.trim() !== ''), text: nasty });
      await fc.assert(
        fc.asyncProperty(
          payee,
          inTime(async (one) => {
            const written = await filesOf(one);
            expect(written).toHaveLength(5);
            for (const file of written)
              expect(file).toMatch(/^books\/[A-Za-z0-9_-][A-Za-z0-9_.-]*\.(?:txt|csv|html)$/);
          }),
        ),
        tries(25),
      );
    },
    TIMEOUT_MS,
  );

  test(
    'a plan file that was written by somebody else is refused, or applied as it says',
    async () => {
      await room.begin();
      const argv = ['generate', '--period', '2026-10', '--all'];
      await room.call([...argv, '--dry-run', '--plan-out', 'plan.json']);
      const plan = (JSON.parse(await readFile('plan.json', 'utf8')) as { payrunPlan: fc.JsonValue })
        .payrunPlan;
      const wrong = fc.oneof(
        fc.jsonValue(),
        nasty,
        fc.constantFrom('2026-10-31', '', -1, 1e300, [], {}, null, true),
      );
      const edited = fc
        .tuple(fc.nat(60), wrong, fc.boolean())
        .map(([at, value, gone]) => replaced(plan, at, gone ? undefined : value) ?? null);
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(edited, wrong),
          fc.boolean(),
          inTime(async (content, signed) => {
            const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
            await writeFile(
              'other.json',
              JSON.stringify({ payrunPlan: content, ...(signed ? { digest: `sha256:${digest}` } : {}) }),
            );
            const { answer, faults } = await room.tryOut([
              'generate',
              '--plan',
              'other.json',
              '--yes',
              '--json',
            ]);
            expect(faults).toEqual([]);
            if (answer.exitCode !== 0) return;
            expect(appliedPlan(answer.out)).toEqual(plannedBy(content));
            await room.begin();
          }),
        ),
        tries(300),
      );
      expect(await room.faultsAfter()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

/** What was paid, to whom, by which request. */
function appliedPlan(out: string): unknown {
  const { run, payouts } = JSON.parse(out) as { run: Json | null; payouts: Json[] };
  const { from, to, asOf, affiliateId, campaign, overrideMinimum } = run ?? {};
  const paid = payouts.map((one) => [one['affiliateId'], one['currency'], one['amount'], one['commissions']]);
  return [{ from, to, asOf, affiliateId, campaign, overrideMinimum }, paid];
}

/** The same as the plan says it. */
function plannedBy(content: unknown): unknown {
  const { request, payouts } = content as { request: Json; payouts: Json[] };
  if (payouts.length === 0) return [{}, []];
  const { from, to, asOf, affiliateId, campaign, overrideMinimum } = request;
  const paid = payouts.map((one) => [
    one['affiliateId'],
    one['currency'],
    one['amount'],
    (one['lines'] as unknown[]).length,
  ]);
  return [{ from, to, asOf, affiliateId, campaign, overrideMinimum }, paid];
}

type Json = Record<string, unknown>;

/** The same value with another one in the place that is counted to, or without it. */
function replaced(value: unknown, at: number, by: unknown): unknown {
  let left = at;
  const visit = (part: unknown): unknown => {
    left -= 1;
    if (left === -1) return by;
    if (Array.isArray(part)) return part.map(visit).filter((one) => one !== undefined);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, visit(one)]));
  };
  return visit(value);
}
