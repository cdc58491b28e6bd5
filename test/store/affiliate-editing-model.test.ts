/** Random sequences of files and of what operators do, against a small model of who may change what. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideAffiliate } from '../../src/app/affiliate-status.js';
import { addAffiliate, editAffiliate } from '../../src/app/edit-affiliates.js';
import { AFFILIATE_VERBS, maskedAccount, type AffiliateVerb } from '../../src/core/affiliate.js';
import { listAffiliateChanges } from '../../src/store/affiliate-changes.js';
import { findAffiliate } from '../../src/store/affiliates.js';
import { World } from './import-world.js';

const COLUMNS = ['name', 'status', 'currency', 'minimum_payout', 'payout_account', 'city'] as const;
type Column = (typeof COLUMNS)[number];
type Row = Readonly<Record<Column, string>>;

const ACCOUNTS = [
  '',
  'DE89370400440532013000',
  'DE89999999999999993000',
  'ä@b@c',
  'zoë@example.com',
  '123 456',
  '12 34 56 7',
  '123 456 789 0123',
  '1234 5678 9012 34',
  '021000021/1421906017',
  '999999992 : 123456',
  '021000021-12345/Savings',
  '021000021 1234 checking',
  '021000022-123456',
  '000000000 123456',
  '1234567 SAVINGS',
  'a@b.savings',
  '021000021/savings',
];

const values: Readonly<Record<Column, fc.Arbitrary<string>>> = {
  name: fc.constantFrom('A', 'B'),
  status: fc.constantFrom('', 'active', 'paused', 'blocked'),
  currency: fc.constantFrom('', 'USD', 'EUR', 'PLN'),
  minimum_payout: fc.constantFrom('', '0.00', '0.05', '20.00'),
  payout_account: fc.constantFrom(...ACCOUNTS),
  city: fc.constantFrom('', 'Rome', 'Zürich "x", y'),
};

const id = fc.constantFrom('a1', 'a2');
const row = fc.record(values);

type Action =
  | { readonly kind: 'import'; readonly columns: readonly Column[]; readonly rows: ReadonlyMap<string, Row> }
  | {
      readonly kind: 'edit' | 'add';
      readonly id: string;
      readonly columns: readonly Column[];
      readonly row: Row;
    }
  | { readonly kind: 'decide'; readonly id: string; readonly verb: AffiliateVerb };

const others = fc.subarray(COLUMNS.filter((column) => column !== 'name'));

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('import' as const),
      columns: others.map((columns): Column[] => ['name', ...columns]),
      rows: fc.dictionary(id, row, { minKeys: 1 }).map((rows) => new Map(Object.entries(rows))),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      id,
      columns: fc.subarray([...COLUMNS], { minLength: 1 }),
      row,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add' as const), id, columns: others, row }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      id,
      verb: fc.constantFrom(...(Object.keys(AFFILIATE_VERBS) as AffiliateVerb[])),
    }),
  },
);

/** One affiliate of the model. A minimum is a text with its currency. */
class Modelled {
  readonly stands: Record<Exclude<Column, 'status'>, string> = {
    name: '',
    currency: '',
    minimum_payout: '',
    payout_account: '',
    city: '',
  };
  status = 'active';
  isOfOperator = false;
  readonly said: Partial<Record<Column, string>> = {};
  readonly history: string[] = [];

  constructor(
    readonly id: string,
    why: string,
  ) {
    this.history.push(`added: - ${id} ${why}`);
  }

  tell(field: Column, before: string, after: string, why: string): void {
    const shown = (value: string): string =>
      value === '' ? '-' : field === 'payout_account' ? maskedAccount(value) : value;
    this.history.push(`${field}: ${shown(before)} ${shown(after)} ${why}`);
  }

  put(field: Exclude<Column, 'status'>, value: string, why: string | null): void {
    if (why !== null && this.stands[field] !== value) this.tell(field, this.stands[field], value, why);
    this.stands[field] = value;
  }

  /** @param why null for an affiliate who is new: his beginning is one row */
  decide(status: string, why: string | null): void {
    const isTakenOver = status !== 'active' && !this.isOfOperator;
    if (status === this.status && !isTakenOver) return;
    if (why !== null) this.tell('status', this.status, status, why);
    this.status = status;
    this.isOfOperator = true;
  }

  edit(columns: readonly Column[], given: Row, why: string | null): void {
    const currency = columns.includes('currency') ? given.currency || 'USD' : this.stands.currency || 'USD';
    const isMoved = columns.includes('status') && given.status !== '' && given.status !== this.status;
    for (const column of COLUMNS.filter((one) => columns.includes(one))) {
      const value = given[column];
      if (column === 'status') {
        if (isMoved) this.decide(value, why);
      } else if (column === 'minimum_payout')
        this.put(column, value === '' ? '' : `${value} ${currency}`, why);
      else this.put(column, value, why);
    }
    if (columns.includes('status') && given.status !== '' && !isMoved) this.decide(given.status, why);
  }

  /** @returns whether the source said something new */
  import(columns: readonly Column[], given: Row, why: string | null): boolean {
    const said = { ...this.said };
    const currency = columns.includes('currency') ? given.currency || 'USD' : this.stands.currency || 'USD';
    const isNew = (column: Column): boolean => given[column] !== (said[column] ?? '');
    const isMinimumNew =
      isNew('minimum_payout') ||
      (given.minimum_payout !== '' && columns.includes('currency') && currency !== (said.currency || 'USD'));
    for (const column of COLUMNS.filter((one) => columns.includes(one))) {
      const value = given[column];
      this.said[column] = value;
      if (column === 'status') {
        if (value === '' || !isNew('status') || (this.isOfOperator && this.status !== 'active')) continue;
        if (why !== null && value !== this.status) this.tell('status', this.status, value, why);
        this.status = value;
        this.isOfOperator = false;
      } else if (column === 'minimum_payout') {
        if (isMinimumNew) this.put(column, value === '' ? '' : `${value} ${currency}`, why);
      } else if (isNew(column)) this.put(column, value, why);
    }
    return columns.some(isNew);
  }
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

function importIn(model: Map<string, Modelled>, columns: readonly Column[], rows: ReadonlyMap<string, Row>) {
  const counts = { new: 0, changed: 0, unchanged: 0, corrected: 0, rejected: 0 };
  for (const [one, given] of rows) {
    const known = model.get(one);
    if (known === undefined) {
      const fresh = new Modelled(one, 'import');
      fresh.import(columns, given, null);
      model.set(one, fresh);
      counts.new += 1;
    } else if (known.import(columns, given, 'import')) counts.changed += 1;
    else counts.unchanged += 1;
  }
  return counts;
}

async function play(world: World, model: Map<string, Modelled>, step: Action): Promise<void> {
  if (step.kind === 'import') {
    const lines = [...step.rows].map(([one, given]) =>
      [one, ...step.columns.map((column) => quoted(given[column]))].join(','),
    );
    const { counts } = await world.affiliates(
      `${[['id', ...step.columns].join(','), ...lines].join('\n')}\n`,
    );
    expect(counts).toEqual(importIn(model, step.columns, step.rows));
    return;
  }
  const known = model.get(step.id);
  if (step.kind === 'decide') {
    if (known === undefined) return;
    await decideAffiliate(world.work, step.verb, step.id, 'why');
    known.decide(AFFILIATE_VERBS[step.verb], 'why');
    return;
  }
  const columns = step.columns.filter((column) => column !== 'status' || step.row.status !== '');
  const given = Object.fromEntries(columns.map((column) => [column, step.row[column]]));
  if (step.kind === 'edit' && known !== undefined) {
    await editAffiliate(world.work, step.id, given, 'why');
    known.edit(columns, step.row, 'why');
  } else if (step.kind === 'add' && known === undefined) {
    await addAffiliate(world.work, step.id, { ...given, name: step.row.name });
    const fresh = new Modelled(step.id, '-');
    fresh.edit(['name', ...columns], step.row, null);
    fresh.isOfOperator = true;
    model.set(step.id, fresh);
  }
}

async function compare(world: World, modelled: Modelled): Promise<void> {
  const { id: one, stands, status, history } = modelled;
  const { affiliate, changes } = await world.ledger.read(async (reader) => ({
    affiliate: await findAffiliate(reader, one),
    changes: await listAffiliateChanges(reader, one, 1000),
  }));
  const [amount, minimumCurrency] = stands.minimum_payout.split(' ');
  expect(affiliate).toMatchObject({
    name: stands.name,
    status,
    currency: stands.currency || null,
    minimum: amount === '' ? null : BigInt((amount ?? '').replace('.', '')),
    minimumCurrency: minimumCurrency ?? null,
    payoutAccount: stands.payout_account || null,
    city: stands.city || null,
  });
  const told = changes
    .reverse()
    .map(
      ({ field, valueBefore, valueAfter, reason }) =>
        `${field}: ${valueBefore ?? '-'} ${valueAfter ?? '-'} ${reason ?? '-'}`,
    );
  expect(told).toEqual(history);
}

it('files and operators do not undo each other, and every change is in the history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 10 }), async (steps) => {
      const world = await World.make();
      try {
        const model = new Map<string, Modelled>();
        for (const step of steps) {
          await play(world, model, step);
          for (const modelled of model.values()) await compare(world, modelled);
        }
      } finally {
        await world.remove();
      }
    }),
    { numRuns: 30, seed: 20261122 },
  );
}, 120_000);
