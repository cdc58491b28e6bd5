/** Statements: what an affiliate may see of his money, and the file in which it is sent to him. */
import type { CalendarDate } from '../core/calendar.js';
import type { CommissionKind } from '../core/commission.js';
import { InterruptedError } from '../core/errors.js';
import type {
  Stage,
  Statement,
  StatementBalance,
  StatementLine,
  StatementPayment,
} from '../core/statement.js';
import type { GuardedCell } from '../exports/csv.js';
import { statementCsv, statementRows } from '../exports/statement-csv.js';
import { statementHtml } from '../exports/statement-html.js';
import { writeFileAtomically } from '../host/atomic-file.js';
import { interruptible } from '../host/interruption.js';
import { outputPath } from '../host/output-path.js';
import { Engine, type ProgrammeRules, type StandingItem } from '../store/eligibility.js';
import type { Reader } from '../store/ledger.js';
import {
  openDebits,
  statementCommissions,
  statementPayouts,
  type StatementCommission,
  type StatementRange,
} from '../store/statement.js';
import { balancesOf, holdsOf } from './balances.js';
import { Book } from './book.js';
import { GuardedCells, rangeName, type Exported } from './export.js';
import { resolveAffiliate } from './find-affiliate.js';
import type { Work } from './work.js';

/** Whose statement, and of which days; both are included, null takes everything. */
export interface StatementQuery {
  /** Id, e-mail, name, or a part that fits just one. */
  readonly affiliate: string;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
}

/**
 * What an affiliate may see: what he has today, and his payments and commissions of the period. The period
 * goes by the day of payment, else of the invoice, and by the day of earning.
 * @throws NotFoundError when no affiliate fits; UsageError, listing the candidates, when several do
 */
export async function statementOf(work: Work, query: StatementQuery): Promise<Statement> {
  return work.ledger.read(async (reader) => {
    const { id, name } = await resolveAffiliate(reader, query.affiliate, 'accepted');
    const book = await Book.read(reader, work.now);
    const range = { affiliateId: id, from: query.from, to: query.to };
    const rules = await book.rules(reader);
    const standing = await standingsOf(reader, rules, id);
    return {
      affiliateId: id,
      affiliateName: name,
      company: book.setting('company.name'),
      on: book.today,
      from: query.from,
      to: query.to,
      balances: await balances(reader, rules, id, standing),
      payments: await payments(reader, range),
      commissions: await commissions(reader, range, standing),
    };
  });
}

/** Where his open items stand, by number of the commission, as the engine says. */
interface Standings {
  readonly items: ReadonlyMap<bigint, StandingItem>;
  /** In minor units, by currency: debits that will count once what they take back does, or from a day on. */
  readonly deductedLater: ReadonlyMap<string, bigint>;
  readonly laterDebits: ReadonlySet<bigint>;
}

async function standingsOf(reader: Reader, rules: ProgrammeRules, affiliateId: string): Promise<Standings> {
  const standings = await Engine.standings(reader, rules, affiliateId);
  const items = new Map(standings.map((item) => [item.commission, item]));
  const deductedLater = new Map<string, bigint>();
  const laterDebits = new Set<bigint>();
  for (const { number, currency, amount } of await openDebits(reader, affiliateId)) {
    if (items.get(number)?.standing !== null) continue;
    laterDebits.add(number);
    deductedLater.set(currency, (deductedLater.get(currency) ?? 0n) + amount);
  }
  return { items, deductedLater, laterDebits };
}

async function balances(
  reader: Reader,
  rules: ProgrammeRules,
  affiliateId: string,
  { deductedLater }: Standings,
): Promise<StatementBalance[]> {
  const holds = await holdsOf(reader, rules, affiliateId);
  const found = (await balancesOf(reader, rules, affiliateId)).get(affiliateId) ?? [];
  return found.map(({ currency, available, onHold, notApproved, inPayouts, paid }) => ({
    ...{ currency, available, onHold },
    holds: (holds.get(currency) ?? []).map(({ availableOn, amount }) => ({ availableOn, amount })),
    waitingForApproval: notApproved,
    deductedLater: deductedLater.get(currency) ?? 0n,
    beingProcessed: inPayouts,
    paid,
  }));
}

async function payments(reader: Reader, range: StatementRange): Promise<StatementPayment[]> {
  return (await statementPayouts(reader, range)).map(({ status, reference, ...payout }) =>
    status === 'paid'
      ? { ...payout, stage: 'paid', reference }
      : { ...payout, stage: 'being_processed', reference: null },
  );
}

async function commissions(
  reader: Reader,
  range: StatementRange,
  standings: Standings,
): Promise<StatementLine[]> {
  const lines: StatementLine[] = [];
  for (const commission of await statementCommissions(reader, range)) {
    const stage = stageOf(commission, standings);
    if (stage === null) continue;
    const { earnedOn, amount, currency, number } = commission;
    const heldUntil = stage === 'on_hold' ? (standings.items.get(number)?.availableOn ?? null) : null;
    const description = descriptionOf(commission);
    lines.push({ earnedOn, description, amount, currency, stage, heldUntil });
  }
  return lines;
}

const STANDING_STAGES = {
  available: 'available',
  on_hold: 'on_hold',
  not_approved: 'waiting_for_approval',
} as const satisfies Record<string, Stage>;

/** Null for what is owed to nobody, and for a deduction that is not approved. */
function stageOf({ number, status, payoutStatus }: StatementCommission, standings: Standings): Stage | null {
  if (payoutStatus !== null) return payoutStatus === 'paid' ? 'paid' : 'being_processed';
  if (status === 'settled') return 'paid_elsewhere';
  if (status === 'rejected') return 'declined';
  if (standings.laterDebits.has(number)) return 'deducted_later';
  const standing = standings.items.get(number)?.standing ?? null;
  return standing === null ? null : STANDING_STAGES[standing];
}

const KIND_WORDS: Readonly<Record<CommissionKind, string>> = {
  sale: 'sale',
  bonus: 'bonus',
  adjustment: 'adjustment',
  clawback: 'deduction',
};

/** What a line is for, in words that the affiliate knows; ids that payrun made itself mean nothing to him. */
function descriptionOf(commission: StatementCommission): string {
  const { id, kind, origin, orderId, description } = commission;
  const corrected = correctedName(commission);
  if (origin === 'correction') return `correction of ${corrected ?? 'an earlier line'}`;
  if (description !== null) {
    return orderId === null || description.includes(orderId) ? description : `${description} (${orderId})`;
  }
  if (orderId !== null) return `${KIND_WORDS[kind]} ${orderId}`;
  if (corrected !== null) return `${KIND_WORDS[kind]} for ${corrected}`;
  return origin === 'source' ? `${KIND_WORDS[kind]} ${id}` : KIND_WORDS[kind];
}

function correctedName(commission: StatementCommission): string | null {
  const { correctedId, correctedOrderId, correctedOrigin, correctedDescription } = commission;
  if (correctedOrderId !== null) return correctedOrderId;
  return correctedOrigin === 'source' ? correctedId : correctedDescription;
}

export type StatementFormat = 'text' | 'csv' | 'html';

const ENDINGS: Readonly<Record<StatementFormat, string>> = { text: 'txt', csv: 'csv', html: 'html' };

/** A file's text in pieces, and, once they are read, the cells that a spreadsheet might have run. */
export interface StatementText {
  readonly pieces: AsyncIterable<string>;
  readonly guarded: () => Exported['guarded'];
}

/** The statement as a format that is not for the screen. */
export function statementFile(statement: Statement, format: 'csv' | 'html'): StatementText {
  const cells = new GuardedCells();
  const onGuarded = (cell: GuardedCell): void => {
    cells.add(cell);
  };
  return {
    pieces: format === 'csv' ? statementCsv(statement, { eol: '\n', onGuarded }) : statementHtml(statement),
    guarded: () => cells.told,
  };
}

/** A statement as a file. `sha256` in hexadecimal digits. */
export interface StatementFile {
  readonly path: string;
  /** Lines of the balances, payments and commissions. */
  readonly rows: number;
  readonly sha256: string;
}

/**
 * Writes a statement to a file, whole or not at all; in a folder it gets a name of its own.
 * @param place a file, or a folder; `overwrite` replaces a file that is there
 * @throws ConflictError when the file is there already; NotFoundError when the folder is not there;
 * InterruptedError when a signal ended it
 */
export async function saveStatement(
  statement: Statement,
  format: StatementFormat,
  pieces: AsyncIterable<string>,
  place: { readonly out: string; readonly overwrite: boolean },
): Promise<StatementFile> {
  const target = await outputPath(place.out, `${nameOf(statement)}.${ENDINGS[format]}`);
  const { path, sha256 } = await interruptible(
    (signal) => writeFileAtomically(target, pieces, { overwrite: place.overwrite, signal }),
    new InterruptedError('Interrupted; no file was written.'),
  );
  return { path, rows: statementRows(statement).length, sha256 };
}

/** `statement-aff_1`, `statement-aff_1-2026-10`. Of an id only what every file system takes. */
function nameOf({ affiliateId, from, to }: Statement): string {
  const who = affiliateId.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 80);
  return ['statement', who, rangeName(from, to)].filter((part) => part !== null).join('-');
}
