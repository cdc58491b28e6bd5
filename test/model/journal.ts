/* eslint-disable jest/no-standalone-expect -- the test that plays a world is in engine.test.ts */
/**
 * The journal of a ledger against what the model holds: what every affiliate is owed by it, and that the
 * journals of news together are the whole journal.
 */
import { expect } from '@jest/globals';
import { assertBalanced, entryOf, type JournalEntry } from '../../src/core/journal.js';
import { readMarks, type EarlierExport } from '../../src/store/exports.js';
import { eachJournalFact, type JournalFilter } from '../../src/store/journal.js';
import type { Reader } from '../../src/store/ledger.js';
import { sum } from './facts.js';
import type { Stage } from './stage.js';

const ALL: JournalFilter = {
  from: null,
  to: null,
  run: null,
  currency: null,
  detail: 'day',
  except: [],
};

/** The journal is looked at after every so many steps. */
const EVERY = 3;

/** Balances by role, affiliate and currency; what comes to nothing is absent. */
type Balances = Map<string, bigint>;

function book(balances: Balances, role: string, affiliateId: string, currency: string, amount: bigint): void {
  const key = JSON.stringify([role, affiliateId, currency]);
  const balance = (balances.get(key) ?? 0n) + amount;
  if (balance === 0n) balances.delete(key);
  else balances.set(key, balance);
}

async function entriesOf(reader: Reader, filter: JournalFilter): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const page of eachJournalFact(reader, filter)) entries.push(...page.map(entryOf));
  assertBalanced(entries);
  return entries;
}

function bookAll(balances: Balances, entries: readonly JournalEntry[]): Balances {
  for (const { affiliateId, currency, lines } of entries) {
    for (const { role, amount } of lines) book(balances, role, affiliateId ?? '', currency, amount);
  }
  return balances;
}

/** What the model says that each account holds. */
function expectedBalances({ model }: Stage): Balances {
  const balances: Balances = new Map();
  for (const one of model.commissions.filter((commission) => model.isOpen(commission))) {
    const original = one.corrects === null ? null : model.commission(one.corrects);
    // What was rejected unpaid is owed to nobody, and with it what takes it back.
    if (one.amount < 0n && original?.status === 'rejected') continue;
    book(balances, 'accrued', one.affiliateId, one.currency, -one.amount);
    book(balances, 'expense', one.affiliateId, one.currency, one.amount);
  }
  for (const { status, affiliateId, currency, lines } of model.payouts) {
    if (status === 'void') continue;
    book(balances, 'expense', affiliateId, currency, sum(lines));
    book(balances, status === 'paid' ? 'bank' : 'payable', affiliateId, currency, -sum(lines));
  }
  return balances;
}

const plain = (balances: Balances): [string, string][] =>
  [...balances].map(([key, amount]): [string, string] => [key, String(amount)]).sort();

/** The journals of one ledger, exported again and again. */
export class Journals {
  readonly #earlier: EarlierExport[] = [];
  readonly #news: Balances = new Map();
  #asked = 0;

  /** Compares the whole journal with the model, and exports the news: now and then, and in the end. */
  async compare(reader: Reader, stage: Stage, everything: boolean): Promise<void> {
    this.#asked += 1;
    if (!everything && this.#asked % EVERY !== 0) return;
    const entries = await entriesOf(reader, ALL);
    const ids = entries.map(({ id }) => id);
    expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([]);
    const whole = bookAll(new Map(), entries);
    expect(plain(whole)).toEqual(plain(expectedBalances(stage)));

    const news = await entriesOf(reader, { ...ALL, except: this.#earlier });
    bookAll(this.#news, news);
    expect(plain(this.#news)).toEqual(plain(whole));
    const range = { from: null, to: null, run: null, currency: null };
    this.#earlier.push({ ...range, ...(await readMarks(reader)) });
    expect(await entriesOf(reader, { ...ALL, except: this.#earlier })).toEqual([]);

    const monthly = bookAll(new Map(), await entriesOf(reader, { ...ALL, detail: 'month' }));
    expect(plain(byRole(monthly))).toEqual(plain(byRole(whole)));
  }
}

/** Without the affiliates. */
function byRole(balances: Balances): Balances {
  const sums: Balances = new Map();
  for (const [key, amount] of balances) {
    const [role = '', , currency = ''] = JSON.parse(key) as string[];
    book(sums, role, '', currency, amount);
  }
  return sums;
}
