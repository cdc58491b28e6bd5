/** Exports: a record of each, and what an export that wants only news leaves out. */
import type { CalendarDate } from '../core/calendar.js';
import type { CurrencyCode } from '../core/currencies.js';
import type { ExportedFile, ExportRecord } from '../core/export.js';
import { exportId } from '../core/export.js';
import { runId } from '../core/run.js';
import type { Reader, Writer } from './ledger.js';

/** The kinds of facts, each counted in the order in which they are recorded. */
export type FactKind = 'commissions' | 'changes' | 'steps';

/** The last fact of each kind that an export had seen. */
export type Marks = Readonly<Record<FactKind, bigint>>;

/** What earlier exports of a format had: the facts up to their marks, within what they were asked for. */
export interface EarlierExport extends Marks {
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly run: bigint | null;
  readonly currency: CurrencyCode | null;
}

const FIRST_DAY = '0000-01-01';
const LAST_DAY = '9999-12-31';

const MARKS = `
  SELECT coalesce((SELECT max(number) FROM commissions), 0) AS commissions,
    coalesce((SELECT max(number) FROM commission_changes), 0) AS changes,
    coalesce((SELECT max(number) FROM payout_history), 0) AS steps`;

/** Marks only grow: of what was asked for in the same way every night, the last one had it all. */
const EARLIER = `
  SELECT from_on AS "from", to_on AS "to", run, currency, max(commissions_to) AS commissions,
    max(changes_to) AS changes, max(steps_to) AS steps
  FROM exports WHERE format = :format AND template IS :template AND counts = 1
  GROUP BY from_on, to_on, run, currency ORDER BY min(number)`;

const COUNT = `
  SELECT count(*) AS count, max(number) AS last FROM exports
  WHERE format = :format AND template IS :template AND counts = 1`;

const MADE_ON = 'SELECT exported_on AS "on" FROM exports WHERE number = :number';

const INSERT = `
  INSERT INTO exports (number, format, template, from_on, to_on, run, currency, new_only, counts, commissions_to,
    changes_to, steps_to, files, exported_at, exported_on, exported_by, os_user)
  VALUES (:number, :format, :template, :from, :to, :run, :currency, :newOnly, :counts, :commissions, :changes, :steps,
    :files, :at, :on, :by, :osUser)`;

const LIST = `
  SELECT number, format, from_on AS "from", to_on AS "to", run, currency, new_only AS newOnly, counts, files,
    exported_at AS exportedAt, exported_on AS exportedOn, exported_by AS exportedBy
  FROM exports ORDER BY number`;

/** How far the facts go that this snapshot holds. */
export async function readMarks(reader: Reader): Promise<Marks> {
  return (await reader.get<Marks>(MARKS)) ?? { commissions: 0n, changes: 0n, steps: 0n };
}

/** The exports of a format so far that count. */
export interface EarlierExports {
  readonly count: number;
  /** The last of them; null where there is none. */
  readonly last: { readonly id: string; readonly on: CalendarDate } | null;
  /** What they had; those that asked for the same are one. */
  readonly had: readonly EarlierExport[];
}

/**
 * The exports of a format so far, without those that were only looked at.
 * @param template the digest of the template that they filled; null for every other format
 */
export async function earlierExports(
  reader: Reader,
  format: string,
  template: string | null = null,
): Promise<EarlierExports> {
  const asked = { format, template };
  const { count = 0n, last = null } =
    (await reader.get<{ count: bigint; last: bigint | null }>(COUNT, asked)) ?? {};
  if (last === null) return { count: 0, last: null, had: [] };
  const made = await reader.get<{ on: CalendarDate }>(MADE_ON, { number: last });
  const had = await reader.all<EarlierExport>(EARLIER, asked);
  return { count: Number(count), last: { id: exportId(last), on: made?.on ?? '' }, had };
}

/** SQL of what a fact is, for `notExported`. */
export interface FactColumns {
  readonly posted: string;
  readonly currency: string;
  readonly run: string;
  /** One of the kinds, as SQL. */
  readonly fact: string;
  readonly number: string;
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** SQL that goes on in a WHERE: that none of these exports had the fact. Empty where there are none. */
export function notExported(
  earlier: readonly EarlierExport[],
  { posted, currency, run, fact, number }: FactColumns,
): string {
  if (earlier.length === 0) return '';
  const rows = earlier.map((one) =>
    [
      text(one.from ?? FIRST_DAY),
      text(one.to ?? LAST_DAY),
      one.run === null ? 'NULL' : String(one.run),
      one.currency === null ? 'NULL' : text(one.currency),
      String(one.commissions),
      String(one.changes),
      String(one.steps),
    ].join(', '),
  );
  return `AND NOT EXISTS (
    SELECT 1 FROM (
      SELECT column1 AS first, column2 AS last, column3 AS run, column4 AS currency, column5 AS commissions,
        column6 AS changes, column7 AS steps
      FROM (VALUES ${rows.map((row) => `(${row})`).join(', ')})) AS earlier
    WHERE ${posted} BETWEEN earlier.first AND earlier.last
      AND (earlier.currency IS NULL OR earlier.currency = ${currency})
      AND (earlier.run IS NULL OR earlier.run = ${run})
      AND ${number} <= CASE ${fact} WHEN 'commissions' THEN earlier.commissions WHEN 'changes' THEN earlier.changes
        ELSE earlier.steps END)`;
}

/** The same for one fact that is at hand. */
export function isExported(
  earlier: readonly EarlierExport[],
  one: {
    readonly posted: CalendarDate;
    readonly currency: CurrencyCode;
    readonly run: bigint | null;
    readonly fact: FactKind;
    readonly number: bigint;
  },
): boolean {
  return earlier.some(
    ({ from, to, run, currency, ...marks }) =>
      (from ?? FIRST_DAY) <= one.posted &&
      one.posted <= (to ?? LAST_DAY) &&
      (currency === null || currency === one.currency) &&
      (run === null || run === one.run) &&
      one.number <= marks[one.fact],
  );
}

/** What is recorded of an export. */
export interface NewExport {
  readonly format: string;
  /** The digest of the template that was filled, in hexadecimal; null for every other format. */
  readonly template: string | null;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly run: bigint | null;
  readonly currency: CurrencyCode | null;
  readonly newOnly: boolean;
  /** Whether exports of news leave out what it had. */
  readonly counts: boolean;
  readonly marks: Marks;
  readonly files: readonly ExportedFile[];
  readonly at: string;
  readonly on: CalendarDate;
  readonly by: string;
  readonly osUser: string;
}

/** Records an export. @returns its id, such as `E-000001` */
export async function insertExport(writer: Writer, made: NewExport): Promise<string> {
  const { format, template, from, to, run, currency, newOnly, counts, marks, files, ...rest } = made;
  const last = await writer.get<{ last: bigint | null }>('SELECT max(number) AS last FROM exports');
  const number = (last?.last ?? 0n) + 1n;
  const { commissions, changes, steps } = marks;
  await writer.run(INSERT, {
    ...{ number, format, template, from, to, run, currency, newOnly: newOnly ? 1n : 0n },
    ...{ counts: counts ? 1n : 0n, commissions, changes, steps, files: JSON.stringify(files), ...rest },
  });
  return exportId(number);
}

type ExportRow = Omit<ExportRecord, 'id' | 'runId' | 'newOnly' | 'counts' | 'files'> & {
  readonly number: bigint;
  readonly run: bigint | null;
  readonly newOnly: bigint;
  readonly counts: bigint;
  readonly files: string;
};

/** Every export, oldest first. */
export async function listExports(reader: Reader): Promise<ExportRecord[]> {
  const rows = await reader.all<ExportRow>(LIST);
  return rows.map(({ number, run, newOnly, counts, files, ...row }) => ({
    ...row,
    id: exportId(number),
    runId: run === null ? null : runId(run),
    newOnly: newOnly === 1n,
    counts: counts === 1n,
    files: JSON.parse(files) as ExportedFile[],
  }));
}
