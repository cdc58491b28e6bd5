/** The audit log: reading it, and proving that nobody changed it. */
import { addDays, type CalendarDate } from '../core/calendar.js';
import { IntegrityError, NotFoundError, PayrunError, UsageError } from '../core/errors.js';
import { BookZone } from '../core/time-zone.js';
import {
  auditHead,
  eachAuditRow,
  eachAuditRowBackwards,
  findAuditRow,
  findByHash,
  type AuditFilter,
  type AuditHead,
  type AuditRow,
} from '../store/audit.js';
import { walkChain, type ChainProblem } from '../store/audit-chain.js';
import type { Reader } from '../store/ledger.js';
import { Book } from './book.js';
import type { Work } from './work.js';

export type { AuditHead };

/** A time as the books tell it. */
interface LocalTime {
  /** The day and minute in the book zone, such as "2026-11-22 10:00". */
  readonly localTime: string;
  /** The name of the book zone. */
  readonly timezone: string;
}

/** One write command as it was recorded. */
export type AuditEntry = AuditRow & LocalTime;

/** The last entry of the log. */
export type LocalHead = AuditHead & LocalTime;

/** Which entries, as asked for; what is absent does not matter. Days of the book zone, both included. */
export interface AuditQuery {
  readonly actor?: string;
  /** The words of a command, or the first of them. */
  readonly command?: string;
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
  /** Only the last so many. */
  readonly limit?: number;
}

/** A row with the time that it has in the book zone; a time that somebody damaged stays as it is. */
export const entryOf = <Row extends AuditHead>(zone: BookZone, row: Row): Row & LocalTime => {
  const epochMs = Date.parse(row.at);
  const localTime = Number.isNaN(epochMs) ? row.at : zone.minuteOf(epochMs);
  return { ...row, localTime, timezone: zone.name };
};

/** The name of the book zone, in which the times of a list are told. */
export async function auditTimezone(work: Work): Promise<string> {
  return work.ledger.read(async (reader) => (await zoneOf(reader, work)).name);
}

/** A ledger whose time zone was damaged has a log that can be read and proved all the same. */
async function zoneOf(reader: Reader, { now }: Work): Promise<BookZone> {
  try {
    return (await Book.read(reader, now)).zone;
  } catch (error) {
    if (error instanceof PayrunError) return new BookZone('UTC');
    throw error;
  }
}

/** The rows that may fit: days are of the book zone, which is at most a day away from UTC. */
function filterOf({ actor, command, from, to }: AuditQuery): AuditFilter {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(command === undefined ? {} : { command: command.trim().replace(/\s+/g, ' ') }),
    ...(from === undefined ? {} : { since: addDays(from, -1) }),
    ...(to === undefined ? {} : { until: addDays(to, 2) }),
  };
}

function fits({ localTime }: AuditEntry, { from, to }: AuditQuery): boolean {
  const day = localTime.slice(0, 10);
  return (from === undefined || day >= from) && (to === undefined || day <= to);
}

/** Hands over the entries that fit in the order in which they were written, in pages of one snapshot. */
export async function withAudit(
  work: Work,
  query: AuditQuery,
  use: (page: readonly AuditEntry[]) => Promise<void>,
): Promise<void> {
  await work.ledger.read(async (reader) => {
    const zone = await zoneOf(reader, work);
    const fitting = (page: readonly AuditRow[]): AuditEntry[] =>
      page.map((row) => entryOf(zone, row)).filter((entry) => fits(entry, query));
    const { limit } = query;
    if (limit !== undefined) {
      await use(await lastOnes(reader, filterOf(query), { limit, fitting }));
      return;
    }
    for await (const page of eachAuditRow(reader, filterOf(query))) await use(fitting(page));
  });
}

interface LastOnes {
  readonly limit: number;
  readonly fitting: (page: readonly AuditRow[]) => AuditEntry[];
}

async function lastOnes(
  reader: Reader,
  filter: AuditFilter,
  { limit, fitting }: LastOnes,
): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const page of eachAuditRowBackwards(reader, filter)) {
    found.push(...fitting(page));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit).reverse();
}

/** @throws UsageError when the text is no number of an entry; NotFoundError when there is none */
export async function showAudit(work: Work, text: string): Promise<AuditEntry> {
  if (!/^[0-9]{1,15}$/.test(text.trim())) {
    throw new UsageError(`"${text.slice(0, 60)}" is not the number of an entry.`, {
      hint: 'Numbers are in the first column of `payrun audit list`.',
    });
  }
  return work.ledger.read(async (reader) => {
    const row = await findAuditRow(reader, BigInt(text.trim()));
    if (row === undefined) {
      throw new NotFoundError(`The audit log has no entry ${text.trim()}.`, {
        hint: 'See `payrun audit list`.',
      });
    }
    return entryOf(await zoneOf(reader, work), row);
  });
}

/** The last entry: its hash stands for everything up to it. @throws IntegrityError when the log is empty */
export async function showAuditHead(work: Work): Promise<LocalHead> {
  return work.ledger.read(async (reader) => {
    const head = await auditHead(reader);
    if (head !== undefined) return entryOf(await zoneOf(reader, work), head);
    throw new IntegrityError('The audit log is empty, which that of no ledger is.', {
      hint: 'Run `payrun verify`, and go back to the last good backup.',
    });
  });
}

/** What the proof of the log found. */
export interface AuditVerified {
  readonly ok: boolean;
  readonly checked: number;
  /** The last entry; null where the log is empty. */
  readonly head: LocalHead | null;
  /** The entry that has the hash that was expected, and how many came after it; null where none was asked. */
  readonly expected: (AuditHead & { readonly since: number }) | null;
  readonly problems: readonly ChainProblem[];
}

/** So many digits are enough that no two rows begin with them. */
const LEAST_DIGITS = 12;

/** @throws UsageError when it is no hash, nor the beginning of one */
function hashDigits(text: string): string {
  const digits = text.trim().toLowerCase();
  if (/^[0-9a-f]{12,64}$/.test(digits)) return digits;
  throw new UsageError(`"${text.slice(0, 80)}" is not a hash of the audit log.`, {
    hint: `Give the 64 digits (0-9, a-f) that \`payrun audit head\` printed, or at least the first ${LEAST_DIGITS}.`,
  });
}

/**
 * Works every hash out again, on one snapshot.
 * @param expect a hash that was noted earlier, or its first twelve digits and more: the log must hold it
 * @throws UsageError when that is no hash, or fits more than one row
 */
export async function verifyAudit(work: Work, expect: string | null): Promise<AuditVerified> {
  const digits = expect === null ? null : hashDigits(expect);
  return work.ledger.read(async (reader) => {
    const last = await auditHead(reader);
    const zone = await zoneOf(reader, work);
    const head = last === undefined ? null : entryOf(zone, last);
    const { checked, problems: found } = await walkChain(reader);
    const problems = [...found];
    if (head === null) problems.push({ subject: 'audit', message: 'the log is empty: every row is missing' });
    const expected = digits === null ? null : await expectedRow(reader, digits);
    if (expected === undefined) {
      problems.push({
        subject: 'audit',
        message: 'no row has this hash: rows were changed or removed since it was noted',
      });
    }
    const since = (row: AuditHead): number => Number((head?.number ?? row.number) - row.number);
    return {
      ok: problems.length === 0,
      checked,
      head,
      expected: expected ? { ...headOf(expected), since: since(expected) } : null,
      problems,
    };
  });
}

const headOf = ({ number, at, hash }: AuditHead): AuditHead => ({ number, at, hash });

async function expectedRow(reader: Reader, digits: string): Promise<AuditRow | undefined> {
  const [row, ...others] = await findByHash(reader, digits);
  if (others.length === 0) return row;
  throw new UsageError(`More than one row has a hash that begins with ${digits}.`, {
    hint: 'Give more of its digits.',
  });
}

/** What the proof ends with when something is wrong. */
export function auditNotSound({ problems }: AuditVerified): IntegrityError {
  const [first] = problems;
  const what =
    first !== undefined && problems.length === 1 ? first.message : `it has ${problems.length} problems`;
  return new IntegrityError(`The audit log is not as it was written: ${what}.`, {
    hint:
      'Keep a copy of the file as it is, and compare it with the last good backup. ' +
      'A backup that was restored has lost the rows that were written after it.',
  });
}
