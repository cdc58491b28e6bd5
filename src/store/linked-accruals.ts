/**
 * What is owed of the few commissions that take back one which was rejected at some time: for them it also
 * depends on what became of that other one, and of the payouts that they were on.
 */
import { changeOf, type AccrualState } from '../core/accrual.js';
import type { CalendarDate } from '../core/calendar.js';
import type { CommissionStatus } from '../core/commission.js';
import type { CurrencyCode } from '../core/currencies.js';
import type { JournalKind } from '../core/journal.js';
import type { FactKind } from './exports.js';
import type { Reader } from './ledger.js';

/** Which they are: what takes back, or took back, something that is or was rejected. */
export const LINKED = `
  SELECT link.line FROM (
    SELECT number AS line, corrects AS original FROM commissions WHERE corrects IS NOT NULL
    UNION SELECT commission, corrects_before FROM commission_changes WHERE corrects_before > 0) AS link
  CROSS JOIN commissions AS original ON original.number = link.original
  WHERE original.status = 'rejected' OR EXISTS (
    SELECT 1 FROM commission_changes AS change
    WHERE change.commission = original.number AND 'rejected' IN (change.status_before, change.status_after))`;

const LINES = `
  SELECT commission.number, commission.affiliate_id AS affiliateId, commission.currency, commission.status,
    commission.amount, commission.corrects, commission.earned_on AS earnedOn, commission.recorded_at AS recordedAt
  FROM (SELECT DISTINCT line FROM (${LINKED})) AS linked
  CROSS JOIN commissions AS commission ON commission.number = linked.line
  ORDER BY commission.number`;

/** Of a commission, in the order in which they were made. */
const CHANGES = `
  SELECT number, changed_at AS at, changed_on AS "on", status_before AS statusBefore, status_after AS statusAfter,
    amount_before AS amountBefore, amount_after AS amountAfter, affiliate_before AS affiliateBefore,
    currency_before AS currencyBefore, earned_before AS earnedBefore, corrects_before AS correctsBefore
  FROM commission_changes WHERE commission = :commission ORDER BY number`;

/** When it came on payouts, and off them again. */
const PAYOUT_STEPS = `
  SELECT step.number, step.at, step.on_day AS "on", step.status = 'open' AS live
  FROM payout_lines AS line CROSS JOIN payout_history AS step ON step.payout = line.payout
  WHERE line.commission = :commission AND (step.status = 'void' OR (step.status = 'open' AND step.step = 1))
  ORDER BY step.number`;

const STATUS = 'SELECT status FROM commissions WHERE number = :commission';
const NAMES = 'SELECT id, name FROM affiliates WHERE id IN (SELECT value FROM json_each(:ids))';

interface Line {
  readonly number: bigint;
  readonly affiliateId: string;
  readonly currency: CurrencyCode;
  readonly status: CommissionStatus;
  readonly amount: bigint;
  readonly corrects: bigint | null;
  readonly earnedOn: CalendarDate;
  readonly recordedAt: string;
}

interface Change {
  readonly number: bigint;
  readonly at: string;
  readonly on: CalendarDate;
  readonly statusBefore: CommissionStatus;
  readonly statusAfter: CommissionStatus;
  readonly amountBefore: bigint;
  readonly amountAfter: bigint;
  readonly affiliateBefore: string | null;
  readonly currencyBefore: CurrencyCode | null;
  readonly earnedBefore: CalendarDate | null;
  readonly correctsBefore: bigint | null;
}

interface PayoutStep {
  readonly number: bigint;
  readonly at: string;
  readonly on: CalendarDate;
  readonly live: bigint;
}

/** A change of what is owed, with the fact that it goes back to. Minor units. */
export interface LinkedAccrual {
  readonly posted: CalendarDate;
  readonly kind: JournalKind;
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly currency: CurrencyCode;
  readonly amount: bigint;
  readonly fact: FactKind;
  readonly number: bigint;
}

/** What the line is at one moment. */
interface Standing extends Omit<AccrualState, 'originalStatus'> {
  readonly affiliateId: string;
  readonly currency: CurrencyCode;
  readonly corrects: bigint | null;
}

/** Something that happened to the line, or to one of those that it takes or took back. */
interface Happening {
  readonly at: string;
  readonly on: CalendarDate;
  readonly fact: FactKind;
  readonly number: bigint;
  /** What stands then. */
  readonly apply: () => void;
}

/** Every change of what is owed of them. */
export async function linkedAccruals(reader: Reader): Promise<LinkedAccrual[]> {
  const accruals: Omit<LinkedAccrual, 'affiliateName'>[] = [];
  for (const line of await reader.all<Line>(LINES)) accruals.push(...(await accrualsOf(reader, line)));
  const ids = JSON.stringify([...new Set(accruals.map(({ affiliateId }) => affiliateId))]);
  const rows = await reader.all<{ id: string; name: string }>(NAMES, { ids });
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return accruals.map((one) => ({ ...one, affiliateName: names.get(one.affiliateId) ?? '' }));
}

const changesOf = (reader: Reader, commission: bigint): Promise<Change[]> =>
  reader.all<Change>(CHANGES, { commission });

/** Plays the history of one line, so that whatever its order the end is what stands. */
async function accrualsOf(reader: Reader, line: Line): Promise<Omit<LinkedAccrual, 'affiliateName'>[]> {
  const changes = await changesOf(reader, line.number);
  const originals = new Map<bigint, CommissionStatus>();
  let standing = firstStanding(line, changes);
  const happenings: Happening[] = ownHappenings(line, changes, (next) => {
    standing = { ...standing, ...next };
  });
  const ever = [line.corrects, ...changes.map(({ correctsBefore }) => correctsBefore)];
  for (const original of new Set(ever)) {
    if (original === null || original === 0n) continue;
    const its = await changesOf(reader, original);
    const now = await reader.get<{ status: CommissionStatus }>(STATUS, { commission: original });
    const first = its[0]?.statusBefore ?? now?.status;
    if (first !== undefined) originals.set(original, first);
    happenings.push(
      ...its.map(({ at, on, number, statusAfter }) => ({
        ...{ at, on, number, fact: 'changes' as const },
        apply: () => originals.set(original, statusAfter),
      })),
    );
  }
  for (const { at, on, number, live } of await reader.all<PayoutStep>(PAYOUT_STEPS, {
    commission: line.number,
  })) {
    const apply = (): void => {
      standing = { ...standing, isOnLivePayout: live === 1n };
    };
    happenings.push({ at, on, number, fact: 'steps', apply });
  }

  const state = (): Standing & AccrualState => ({
    ...standing,
    originalStatus: standing.corrects === null ? null : (originals.get(standing.corrects) ?? null),
  });
  const inTime = inOrderOfTime(happenings);
  const isBefore = ({ at, fact, number }: Happening): boolean =>
    at <= line.recordedAt && !(fact === 'changes' && changes.some((change) => change.number === number));
  const before = inTime.findLastIndex((one) => isBefore(one) && one.fact === 'changes');
  const told: Omit<LinkedAccrual, 'affiliateName'>[] = [];
  const nothing = (one: Standing & AccrualState): Standing & AccrualState => ({ ...one, status: 'rejected' });
  inTime.slice(0, before + 1).forEach(({ apply }) => {
    apply();
  });
  const first = state();
  const added = changeOf(nothing(first), first, line.earnedOn);
  if (added !== null) {
    const kind = added.amount < 0n ? 'clawed_back' : 'earned';
    const { affiliateId, currency } = first;
    const posted = changes.find(({ earnedBefore }) => earnedBefore !== null)?.earnedBefore ?? line.earnedOn;
    told.push({
      ...{ affiliateId, currency, kind, posted, amount: added.amount },
      ...{ fact: 'commissions', number: line.number },
    });
  }
  for (const { on, fact, number, apply } of inTime.slice(before + 1)) {
    const from = state();
    apply();
    const to = state();
    const isMoved = from.affiliateId !== to.affiliateId || from.currency !== to.currency;
    const parts = isMoved
      ? [
          { change: changeOf(from, nothing(from), on), at: from },
          { change: changeOf(nothing(to), to, on), at: to },
        ]
      : [{ change: changeOf(from, to, on), at: to }];
    for (const { change, at } of parts) {
      if (change === null) continue;
      const { affiliateId, currency } = at;
      const kind = isMoved ? 'amended' : change.kind;
      told.push({ affiliateId, currency, kind, posted: on, amount: change.amount, fact, number });
    }
  }
  return told;
}

function firstStanding(line: Line, changes: readonly Change[]): Standing {
  const [first] = changes;
  const before = <Key extends keyof Change>(key: Key): Change[Key] | null =>
    changes.find((change) => change[key] !== null)?.[key] ?? null;
  const corrects = before('correctsBefore');
  return {
    status: first?.statusBefore ?? line.status,
    amount: first?.amountBefore ?? line.amount,
    affiliateId: before('affiliateBefore') ?? line.affiliateId,
    currency: before('currencyBefore') ?? line.currency,
    corrects: corrects === null ? line.corrects : corrects === 0n ? null : corrects,
    isOnLivePayout: false,
  };
}

/** What each change left: where a later one says what it was until then, that; else what stands. */
function ownHappenings(
  line: Line,
  changes: readonly Change[],
  become: (next: Partial<Standing>) => void,
): Happening[] {
  return changes.map((change, place) => {
    const later = changes.slice(place + 1);
    const next = firstStanding(line, [
      {
        ...change,
        statusBefore: change.statusAfter,
        amountBefore: change.amountAfter,
        affiliateBefore: null,
        currencyBefore: null,
        correctsBefore: null,
      },
      ...later,
    ]);
    const { status, amount, affiliateId, currency, corrects } = next;
    const { at, on, number } = change;
    return {
      ...{ at, on, number, fact: 'changes' as const },
      apply: () => {
        become({ status, amount, affiliateId, currency, corrects });
      },
    };
  });
}

/** By instants; those of one kind stay in the order of their recording, though a clock was set back. */
function inOrderOfTime(happenings: readonly Happening[]): Happening[] {
  const latest: Record<FactKind, string> = { commissions: '', changes: '', steps: '' };
  const byNumber = [...happenings].sort((left, right) => (left.number < right.number ? -1 : 1));
  const timed = byNumber.map((one) => {
    if (one.at > latest[one.fact]) latest[one.fact] = one.at;
    return { one, at: latest[one.fact] };
  });
  const steps = timed.filter(({ one }) => one.fact === 'steps');
  const changes = timed.filter(({ one }) => one.fact === 'changes');
  return [...changes, ...steps]
    .sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0))
    .map(({ one }) => one);
}
