/**
 * Everything that a ledger holds against what the model holds, every check of `verify`, and what must hold
 * whatever the model thinks.
 */
import { expect } from '@jest/globals';
import { balancesOf } from '../../src/app/balances.js';
import { Book } from '../../src/app/book.js';
import { eachCommission } from '../../src/store/commissions.js';
import type { Reader } from '../../src/store/ledger.js';
import { historyOf, linesOf, listPayouts } from '../../src/store/payouts.js';
import { listRuns } from '../../src/store/runs.js';
import { CHECK_NAMES, runCheck } from '../../src/store/verify.js';
import { byBytes, sum, type ModelCommission, type ModelLine, type ModelPayout } from './facts.js';
import { hasSomething, type ModelBalance } from './plan.js';
import type { Stage } from './stage.js';

type PlainPayout = ReturnType<typeof plainPayout>;
type PlainCommission = ReturnType<typeof plainCommission>;

/** What takes long, or looks at what the steps of a world hardly touch. */
const AT_THE_END: ReadonlySet<string> = new Set([
  'sqlite_integrity',
  'schema_as_made',
  'settings_known',
  'affiliate_changes_agree',
  'days_exist',
  'texts_parse',
  'payment_items_agree',
  'payment_files_agree',
  'payment_batches_agree',
  'exports_agree',
]);

/** Compares the ledger with the model. `everything` makes every check, else now and then most of them. */
export async function compare(stage: Stage, everything: boolean): Promise<void> {
  await stage.ledger.read(async (reader) => {
    const book = await Book.read(reader, stage.work().now);
    expect(book.today).toBe(stage.today);
    const payouts = await comparePayouts(reader, stage);
    const commissions = await compareCommissions(reader, stage);
    const balances = await compareBalances(reader, stage, book);
    expect((await listRuns(reader)).map((run) => run.id)).toEqual(stage.runs);
    for (const name of stage.checksDue(everything) ? CHECK_NAMES : []) {
      if (!everything && AT_THE_END.has(name)) continue;
      const { ok, problems } = await runCheck(reader, name);
      expect({ name, ok, problems }).toEqual({ name, ok: true, problems: [] });
    }
    const live = payouts.filter(({ status }) => status !== 'void');
    await stage.journals.compare(reader, stage, everything);
    balancesAreLiveLines(balances, live);
    nothingIsPaidTwice(live);
    nothingIsLost(stage, commissions, live);
    numbersAreGapless(stage, payouts);
  });
}

async function comparePayouts(reader: Reader, { model }: Stage): Promise<PlainPayout[]> {
  const kept: PlainPayout[] = [];
  for (const payout of await listPayouts(reader, {})) {
    const { invoiceNumber } = payout;
    const lines = await linesOf(reader, invoiceNumber);
    const history = await historyOf(reader, invoiceNumber);
    kept.push(
      plainPayout({
        ...payout,
        lines: lines.map(({ commissionId, amount }) => ({ id: commissionId, amount })),
        history: history.map(({ status, on, reference }) => ({ status, on, reference })),
      }),
    );
  }
  const expected = model.payouts.map((payout) =>
    plainPayout({
      ...payout,
      replacedBy: model.replacementOf(payout.invoiceNumber)?.invoiceNumber ?? null,
      correctedSince: model.correctedSince(payout),
    }),
  );
  expect(kept).toEqual(expected);
  return kept;
}

async function compareCommissions(reader: Reader, { model }: Stage): Promise<PlainCommission[]> {
  const stored: PlainCommission[] = [];
  for await (const page of eachCommission(reader, {})) stored.push(...page.map(plainCommission));
  const byId = (a: { id: string }, b: { id: string }): number => byBytes(a.id, b.id);
  const expected = model.commissions.map((one) =>
    plainCommission({ ...one, invoiceNumber: model.livePayout(one.id)?.invoiceNumber ?? null }),
  );
  expect(stored.sort(byId)).toEqual(expected.sort(byId));
  return stored;
}

async function compareBalances(reader: Reader, stage: Stage, book: Book): Promise<ModelBalance[]> {
  const all = await balancesOf(reader, await book.rules(reader), null);
  const told = [...all]
    .sort(([a], [b]) => byBytes(a, b))
    .flatMap(([affiliateId, balances]) => balances.map((balance) => ({ affiliateId, ...balance })))
    .filter(hasSomething);
  expect(told).toEqual(stage.model.balances(stage.today));
  return told;
}

/** What is paid and what is on its way is exactly the sum of the live lines, per affiliate and currency. */
function balancesAreLiveLines(balances: readonly ModelBalance[], live: readonly PlainPayout[]): void {
  const sums = new Map<string, bigint>();
  for (const { affiliateId, currency, lines } of live) {
    const key = JSON.stringify([affiliateId, currency]);
    sums.set(key, (sums.get(key) ?? 0n) + sum(lines));
  }
  const told = balances
    .filter(({ inPayouts, paid }) => inPayouts + paid !== 0n)
    .map((one) => [JSON.stringify([one.affiliateId, one.currency]), one.inPayouts + one.paid] as const);
  expect(new Map(told)).toEqual(sums);
}

function nothingIsPaidTwice(live: readonly PlainPayout[]): void {
  const ids = live.flatMap(({ lines }) => lines.map(({ id }) => id));
  expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([]);
}

/**
 * No money is lost and none is made: what was paid of a commission and its corrections, with what is still
 * to be paid or netted, is what is owed for it. Settled ones were paid elsewhere: here they come to nothing.
 */
function nothingIsLost(
  { model }: Stage,
  commissions: readonly PlainCommission[],
  live: readonly PlainPayout[],
): void {
  const paid = new Set(live.flatMap(({ lines }) => lines.map(({ id }) => id)));
  const stored = new Map(commissions.map((one) => [one.id, one]));
  for (const one of commissions) {
    const { origin, said } = model.commission(one.id);
    if (origin === 'correction') continue;
    const corrections = model.corrections(one.id).map(({ id }) => stored.get(id) ?? one);
    const isWaiting = ({ status }: PlainCommission): boolean => status === 'approved' || status === 'pending';
    const counts = (each: PlainCommission): boolean => paid.has(each.id) || isWaiting(each);
    if (one.status === 'settled') {
      expect({ id: one.id, amount: sum(corrections.filter(counts)) }).toEqual({ id: one.id, amount: 0n });
    }
    if (one.status === 'settled' || said?.status === 'settled') continue;
    if (corrections.length === 0 && !paid.has(one.id)) continue;
    const lines = [one, ...corrections];
    const taken = one.corrects === null ? undefined : stored.get(one.corrects);
    // What was rejected and is on no payout is owed to nobody, and with it what takes it back.
    const isDropped = [one, taken].some((each) => each?.status === 'rejected' && !paid.has(each.id));
    const owed = lines.filter((each) => paid.has(each.id) || (!isDropped && isWaiting(each)));
    if (isDropped && one.status !== 'rejected') continue;
    const { id } = one;
    expect({ id, amount: sum(owed) }).toEqual({ id, amount: model.target(model.commission(id)) });
  }
}

/** In every series the numbers run from 1 without a gap; invoices and credit notes may share one. */
function numbersAreGapless({ world }: Stage, payouts: readonly PlainPayout[]): void {
  const taken = new Map<string, number[]>();
  const take = (pattern: string, number: string): void => {
    const [, before = '', digits = '', after = ''] = pattern.includes('/')
      ? (/^(.*\/)(\d+)(\/\d{4})$/u.exec(number) ?? [])
      : (/^(.*-)(\d+)()$/u.exec(number) ?? []);
    const series = JSON.stringify([before, after]);
    taken.set(series, [...(taken.get(series) ?? []), Number(digits)]);
  };
  for (const { invoiceNumber, creditNoteNumber } of payouts) {
    take(world.invoicePattern, invoiceNumber);
    if (creditNoteNumber !== null) take(world.creditNotePattern, creditNoteNumber);
  }
  for (const numbers of taken.values()) {
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, place) => place + 1));
  }
}

type Listed = Pick<ModelCommission, 'id' | 'status' | 'earnedOn' | 'availableOn' | 'amount' | 'corrects'> & {
  readonly campaign: string | null;
  readonly invoiceNumber: string | null;
};

/** Only a credit has a day from which it is available. */
function plainCommission(one: Listed) {
  const { id, status, earnedOn, amount, corrects, campaign, invoiceNumber } = one;
  const availableOn = amount > 0n ? one.availableOn : null;
  return { id, status, earnedOn, availableOn, amount, corrects, campaign, invoiceNumber };
}

type Shown = Omit<ModelPayout, 'campaign' | 'overrideMinimum' | 'createdBy' | 'lines' | 'history'> & {
  readonly lines: readonly ModelLine[];
  readonly history: readonly { status: string; on: string; reference: string | null }[];
  readonly replacedBy: string | null;
  readonly correctedSince: boolean;
};

function plainPayout(payout: Shown) {
  return {
    invoiceNumber: payout.invoiceNumber,
    runId: payout.runId,
    affiliateId: payout.affiliateId,
    currency: payout.currency,
    amount: payout.amount,
    status: payout.status,
    issuedOn: payout.issuedOn,
    from: payout.from,
    to: payout.to,
    paidOn: payout.paidOn,
    reference: payout.reference,
    voidedOn: payout.voidedOn,
    creditNoteNumber: payout.creditNoteNumber,
    replaces: payout.replaces,
    replacedBy: payout.replacedBy,
    correctedSince: payout.correctedSince,
    lines: payout.lines.map(({ id, amount }) => ({ id, amount })).sort((a, b) => byBytes(a.id, b.id)),
    history: payout.history,
  };
}
