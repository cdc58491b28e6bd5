/** Rows that an import refuses, gathered in a TEMP table so that a million of them need no memory. */
import type { Rejection } from '../core/import.js';
import type { Reader, SqlValue, Writer } from './ledger.js';

const CREATE = `
  CREATE TEMP TABLE refused (
    position INTEGER PRIMARY KEY, line INTEGER NOT NULL, "column" TEXT, value TEXT NOT NULL, code TEXT NOT NULL,
    message TEXT NOT NULL, cells TEXT)`;

const INSERT = `
  INSERT INTO temp.refused (line, "column", value, code, message, cells) VALUES (?, ?, ?, ?, ?, ?)`;

/** A refused row; the cells as given are kept where they are to be written back. */
export interface RefusedRow {
  readonly rejection: Rejection;
  readonly cells: readonly string[] | null;
}

export async function createRefusals(staging: Writer): Promise<void> {
  await staging.run('DROP TABLE IF EXISTS temp.refused');
  await staging.run(CREATE);
  await staging.run('CREATE INDEX temp.refused_by_line ON refused (line)');
}

export async function insertRefusals(writer: Writer, rows: readonly RefusedRow[]): Promise<void> {
  const values = rows.map(({ rejection, cells }): SqlValue[] => [
    BigInt(rejection.line),
    rejection.column,
    rejection.value,
    rejection.code,
    rejection.message,
    cells === null ? null : JSON.stringify(cells),
  ]);
  await writer.runMany(INSERT, values);
}

/**
 * Refuses staged rows by a query over TEMP table `staged`, which has `position`, `line`, `cells` and
 * `refused`.
 * @param select selects `position`, `column`, `value`, `code` and `message` of what is wrong
 */
export async function refuseStaged(
  writer: Writer,
  select: string,
  parameters: Readonly<Record<string, SqlValue>> = {},
): Promise<void> {
  const refused = await writer.run(
    `INSERT INTO temp.refused (line, "column", value, code, message, cells)
     SELECT staged.line, wrong."column", wrong.value, wrong.code, wrong.message, staged.cells
     FROM (${select}) AS wrong CROSS JOIN temp.staged AS staged ON staged.position = wrong.position
     WHERE staged.refused = 0 ORDER BY staged.position`,
    parameters,
  );
  if (refused > 0) {
    await writer.run(
      `UPDATE temp.staged SET refused = 1
       WHERE line IN (SELECT line FROM temp.refused) AND refused = 0`,
    );
  }
}

/**
 * Ids twice in one file. Where the rows are equal the first one may stay; where they differ nobody knows
 * which is meant, so all are refused.
 */
const DUPLICATE_IDS = `
  SELECT staged.position, 'id' AS "column", staged.id AS value, 'duplicate_id' AS code,
    'The id ' || staged.id || ' is on line ' || iif(staged.line = twice.first, twice.last, twice.first)
      || ' too. Keep one of the two rows.' AS message
  FROM (
    SELECT again.id, min(again.line) AS first, max(again.line) AS last, min(again.said) <> max(again.said) AS differ
    FROM (SELECT id FROM temp.staged GROUP BY id HAVING count(*) > 1) AS found
    CROSS JOIN temp.staged AS again ON again.id = found.id
    GROUP BY again.id) AS twice
  CROSS JOIN temp.staged AS staged ON staged.id = twice.id
  WHERE twice.differ OR staged.line > twice.first`;

export async function refuseDuplicateIds(writer: Writer): Promise<void> {
  await refuseStaged(writer, DUPLICATE_IDS);
}

export async function countRefusals(reader: Reader): Promise<number> {
  const row = await reader.get<{ count: bigint }>('SELECT count(DISTINCT line) AS count FROM temp.refused');
  return Number(row?.count ?? 0n);
}

/** The first refusals by line, or all of them where the limit is null. */
export async function listRefusals(reader: Reader, limit: number | null): Promise<Rejection[]> {
  const rows = await reader.all<Omit<Rejection, 'line'> & { line: bigint }>(
    'SELECT line, "column", value, code, message FROM temp.refused ORDER BY line, position LIMIT :limit',
    { limit: BigInt(limit ?? -1) },
  );
  return rows.map((row) => ({ ...row, line: Number(row.line) }));
}

interface RefusedRecord {
  readonly position: bigint;
  readonly line: bigint;
  readonly column: string | null;
  readonly value: string;
  readonly code: Rejection['code'];
  readonly message: string;
  readonly cells: string | null;
}

/** The refused rows by line, in pages. */
export async function* eachRefusal(reader: Reader): AsyncGenerator<RefusedRow[]> {
  const pages = reader.each<RefusedRecord>(
    `SELECT position, line, "column", value, code, message, cells FROM temp.refused
     WHERE (line, position) > (:afterLine, :afterPosition) ORDER BY line, position LIMIT :pageRows`,
    {},
    {
      start: { afterLine: -1n, afterPosition: -1n },
      after: (last) => ({ afterLine: last.line, afterPosition: last.position }),
    },
  );
  for await (const page of pages) {
    yield page.map(({ line, column, value, code, message, cells }) => ({
      rejection: { line: Number(line), column, value, code, message },
      cells: cells === null ? null : (JSON.parse(cells) as string[]),
    }));
  }
}
