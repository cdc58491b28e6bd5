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
    currency_before AS currencyBefore, earned_before AS earnedBefore, corrects_before AS correctsBefore,
    commissions_before AS commissionsBefore
  FROM commission_changes WHERE commission = :commission ORDER BY number`;

/** When it came on payouts, and off them again. */
const PAYOUT_STEPS = `
  SELECT step.number, step.at, step.on_day AS "on", step.status = 'open' AS live,
    step.changes_before AS changesBefore
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
  /** The last commission that there was then; null where that is not known. */
  readonly commissionsBefore: bigint | null;
}

interface PayoutStep {
  readonly number: bigint;
  readonly at: string;
  readonly on: CalendarDate;
  readonly live: bigint;
  /** The last change of any commission that there was then; null where that is not known. */
  readonly changesBefore: bigint | null;
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

type State = Standing & AccrualState;

/** Something that happened to the line, or to one of those that it takes or took back. */
interface Happening {
  /** Among the changes of all commissions: after the one of this number. */
  readonly after: bigint;
  readonly on: CalendarDate;
  readonly fact: FactKind;
  readonly number: bigint;
  /** From which day to which it was moved, where it was: it is booked in both. */
  readonly moved: { readonly from: CalendarDate; readonly to: CalendarDate } | null;
  /** Whether it was so before the line came. */
  readonly isEarlier: boolean;
  /** What stands then. */
  readonly apply: () => void;
}

type Told = Omit<LinkedAccrual, 'affiliateName'>;

/** Every change of what is owed of them. */
export async function linkedAccruals(reader: Reader): Promise<LinkedAccrual[]> {
  const accruals: Told[] = [];
  for (const line of await reader.all<Line>(LINES)) {
    accruals.push(...(await LinkedLine.read(reader, line)).play());
  }
  const ids = JSON.stringify([...new Set(accruals.map(({ affiliateId }) => affiliateId))]);
  const rows = await reader.all<{ id: string; name: string }>(NAMES, { ids });
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return accruals.map((one) => ({ ...one, affiliateName: names.get(one.affiliateId) ?? '' }));
}

const changesOf = (reader: Reader, commission: bigint): Promise<Change[]> =>
  reader.all<Change>(CHANGES, { commission });

/** Nothing of it is owed, whatever else it is. */
const nothingOf = (state: State): State => ({ ...state, status: 'rejected' });

/** One line, and what stands of it and around it while its history is played. */
class LinkedLine {
  #standing: Standing;
  readonly #originals = new Map<bigint, CommissionStatus>();
  readonly #happenings: Happening[] = [];

  private constructor(
    private readonly line: Line,
    private readonly changes: readonly Change[],
  ) {
    this.#standing = standingBefore(line, changes);
  }

  static async read(reader: Reader, line: Line): Promise<LinkedLine> {
    const changes = await changesOf(reader, line.number);
    const one = new LinkedLine(line, changes);
    one.#addOwn();
    const ever = [line.corrects, ...changes.map(({ correctsBefore }) => correctsBefore)];
    const others: Change[] = [];
    for (const original of new Set(ever)) {
      if (original === null || original === 0n) continue;
      const its = await changesOf(reader, original);
      const now = await reader.get<{ status: CommissionStatus }>(STATUS, { commission: original });
      one.#addOriginal(original, its, its[0]?.statusBefore ?? now?.status);
      others.push(...its);
    }
    const steps = await reader.all<PayoutStep>(PAYOUT_STEPS, { commission: line.number });
    one.#addSteps(steps, [...changes, ...others]);
    return one;
  }

  #addOwn(): void {
    const { line, changes } = this;
    for (const [place, change] of changes.entries()) {
      const { affiliateBefore, currencyBefore, earnedBefore, on, number } = change;
      const { status, amount, affiliateId, currency, corrects } = standingAfter(line, changes, place);
      const isMoved = [affiliateBefore, currencyBefore, earnedBefore].some((value) => value !== null);
      const days =
        earnedBefore === null
          ? { from: on, to: on }
          : { from: earnedBefore, to: earnedAfter(line, changes, place) };
      this.#happenings.push({
        ...{ after: number, on, fact: 'changes', number, isEarlier: false },
        moved: isMoved ? days : null,
        apply: () => {
          this.#standing = { ...this.#standing, status, amount, affiliateId, currency, corrects };
        },
      });
    }
  }

  #addOriginal(original: bigint, its: readonly Change[], first: CommissionStatus | undefined): void {
    if (first !== undefined) this.#originals.set(original, first);
    const { line } = this;
    for (const { at, on, number, statusAfter, commissionsBefore } of its) {
      this.#happenings.push({
        ...{ after: number, on, fact: 'changes', number, moved: null },
        isEarlier: commissionsBefore === null ? at <= line.recordedAt : commissionsBefore < line.number,
        apply: () => this.#originals.set(original, statusAfter),
      });
    }
  }

  /** Where it is not known after which change a step came, the instants tell. */
  #addSteps(steps: readonly PayoutStep[], changes: readonly Change[]): void {
    for (const { at, on, number, live, changesBefore } of steps) {
      const earlier = changes.filter((change) => change.at <= at).map((change) => change.number);
      const after = changesBefore ?? earlier.reduce((last, one) => (one > last ? one : last), 0n);
      this.#happenings.push({
        ...{ after, on, fact: 'steps', number, moved: null, isEarlier: false },
        apply: () => {
          this.#standing = { ...this.#standing, isOnLivePayout: live === 1n };
        },
      });
    }
  }

  get #state(): State {
    const { corrects } = this.#standing;
    const originalStatus = corrects === null ? null : (this.#originals.get(corrects) ?? null);
    return { ...this.#standing, originalStatus };
  }

  /** Plays the history: whatever its order, it ends with what stands. */
  play(): Told[] {
    const happenings = inOrder(this.#happenings);
    const before = happenings.findLastIndex(({ isEarlier }) => isEarlier) + 1;
    happenings.slice(0, before).forEach(({ apply }) => {
      apply();
    });
    const told: Told[] = [...this.#added()];
    for (const happening of happenings.slice(before)) {
      const from = this.#state;
      happening.apply();
      told.push(...changed(from, this.#state, happening));
    }
    return told;
  }

  /** What was owed of it when it came. */
  #added(): Told[] {
    const { line, changes } = this;
    const state = this.#state;
    const added = changeOf(nothingOf(state), state, line.earnedOn);
    if (added === null) return [];
    const posted = changes.find(({ earnedBefore }) => earnedBefore !== null)?.earnedBefore ?? line.earnedOn;
    const kind = added.amount < 0n ? 'clawed_back' : 'earned';
    return [told(state, { posted, kind, amount: added.amount, fact: 'commissions', number: line.number })];
  }
}

const told = ({ affiliateId, currency }: State, rest: Omit<Told, 'affiliateId' | 'currency'>): Told => ({
  affiliateId,
  currency,
  ...rest,
});

/** What a happening makes of what is owed; away from there and to here where the line was moved. */
function changed(from: State, to: State, { on, moved, fact, number }: Happening): Told[] {
  const parts =
    moved === null
      ? [{ change: changeOf(from, to, on), at: to }]
      : [
          { change: changeOf(from, nothingOf(from), moved.from), at: from },
          { change: changeOf(nothingOf(to), to, moved.to), at: to },
        ];
  return parts.flatMap(({ change, at }) =>
    change === null
      ? []
      : [
          told(at, {
            ...{ posted: change.on, amount: change.amount, fact, number },
            kind: moved === null ? change.kind : 'amended',
          }),
        ],
  );
}

/** What the line was before the first of these changes; what none of them speaks of is as it stands. */
function standingBefore(line: Line, changes: readonly Change[]): Standing {
  const [first] = changes;
  const before = <Key extends 'affiliateBefore' | 'currencyBefore' | 'correctsBefore'>(
    key: Key,
  ): Change[Key] | null => changes.find((change) => change[key] !== null)?.[key] ?? null;
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

/** What the line was after the change at a place. */
function standingAfter(line: Line, changes: readonly Change[], place: number): Standing {
  const { statusAfter: status = line.status, amountAfter: amount = line.amount } = changes[place] ?? {};
  return { ...standingBefore(line, changes.slice(place + 1)), status, amount };
}

function earnedAfter(line: Line, changes: readonly Change[], place: number): CalendarDate {
  const later = changes.slice(place + 1).find(({ earnedBefore }) => earnedBefore !== null);
  return later?.earnedBefore ?? line.earnedOn;
}

/** By the changes of commissions; a step of a payout comes after the last change that it saw. */
function inOrder(happenings: readonly Happening[]): Happening[] {
  const byNumber = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0);
  const place = ({ fact }: Happening): number => (fact === 'steps' ? 1 : 0);
  return [...happenings].sort(
    (left, right) =>
      byNumber(left.after, right.after) || place(left) - place(right) || byNumber(left.number, right.number),
  );
}
