/** The file itself: its pages, its schema, and that every reference leads somewhere. */
import type { Reader } from '../ledger.js';
import { migrations } from '../migrations/index.js';
import { withConnection } from '../sqlite.js';
import type { Check, Problem } from './check.js';

const SQLITE_INTEGRITY: Check = {
  name: 'sqlite_integrity',
  rule: "The file is sound by SQLite's own check: pages, indexes, and the constraints of every row.",
  run: async (reader) => {
    const rows = await reader.all<{ integrity_check: string }>('PRAGMA integrity_check');
    const pages = await reader.get<{ page_count: bigint }>('PRAGMA page_count');
    const problems = rows
      .filter((row) => row.integrity_check !== 'ok')
      .map((row) => ({ subject: 'file', message: row.integrity_check }));
    return { checked: Number(pages?.page_count ?? 0n), problems };
  },
};

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** What SQLite makes by itself has no text, or a name of its own such as that of its statistics. */
const SCHEMA = `
  SELECT type, name, sql FROM sqlite_schema
  WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`;

let made: readonly SchemaObject[] | undefined;

/** The schema of a ledger that was just made. */
function schemaAsMade(): readonly SchemaObject[] {
  made ??= withConnection(':memory:', 'create', (connection) => {
    for (const { statements } of migrations) for (const one of statements) connection.exec(one);
    return connection.prepare(SCHEMA).all() as SchemaObject[];
  });
  return made;
}

/** Blanks between words say nothing. */
const condensed = (sql: string): string => sql.replace(/\s+/g, ' ').trim();

const SCHEMA_AS_MADE: Check = {
  name: 'schema_as_made',
  rule: 'Tables, indexes and triggers are those that payrun makes, none more and none less: also the triggers that keep history from being changed.',
  run: async (reader) => {
    const due = new Map(schemaAsMade().map((one) => [one.name, one]));
    const found = new Map((await reader.all<SchemaObject>(SCHEMA)).map((one) => [one.name, one]));
    const problems: Problem[] = [];
    const complain = ({ type, name }: SchemaObject, what: string): void => {
      problems.push({ subject: name, message: `the ${type} ${name} ${what}` });
    };
    for (const one of due.values()) {
      const other = found.get(one.name);
      if (other === undefined) complain(one, 'is missing');
      else if (condensed(other.sql) !== condensed(one.sql)) complain(one, 'is not as payrun makes it');
    }
    for (const one of found.values()) if (!due.has(one.name)) complain(one, 'was not made by payrun');
    return { checked: due.size, problems };
  },
};

interface BrokenReference {
  readonly table: string;
  readonly parent: string;
  readonly fkid: bigint;
}

const BROKEN = 'SELECT DISTINCT "table", parent, fkid FROM pragma_foreign_key_check';

/** The columns of a reference; it may have several. */
const REFERENCE = `
  SELECT "from", "to" FROM pragma_foreign_key_list(:table) WHERE id = :fkid ORDER BY seq`;

const KEY = 'SELECT name FROM pragma_table_info(:table) WHERE pk > 0 ORDER BY pk';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The rows of one broken reference, named by their keys: not every table has row numbers. */
async function brokenRows(reader: Reader, { table, parent, fkid }: BrokenReference): Promise<Problem[]> {
  const reference = await reader.all<{ from: string; to: string }>(REFERENCE, { table, fkid });
  const key = (await reader.all<{ name: string }>(KEY, { table })).map(({ name }) => name);
  const names = [...new Set([...key, ...reference.map(({ from }) => from)])];
  const isGiven = reference.map(({ from }) => `child.${quoted(from)} IS NOT NULL`);
  const leads = reference.map(({ from, to }) => `parent.${quoted(to)} = child.${quoted(from)}`);
  const rows = await reader.all<Record<string, string | bigint | null>>(
    `SELECT ${names.map((name) => `child.${quoted(name)}`).join(', ')} FROM ${quoted(table)} AS child
     WHERE ${isGiven.join(' AND ')} AND NOT EXISTS (
       SELECT 1 FROM ${quoted(parent)} AS parent WHERE ${leads.join(' AND ')})`,
  );
  return rows.map((row) => {
    const which = names.map((name) => `${name} ${String(row[name])}`).join(', ');
    return { subject: table, message: `the row of ${table} with ${which} refers to no row of ${parent}` };
  });
}

const FOREIGN_KEYS: Check = {
  name: 'foreign_keys',
  rule: 'Every reference between tables leads somewhere.',
  run: async (reader) => {
    const tables = await reader.get<{ count: bigint }>(
      "SELECT count(*) AS count FROM sqlite_schema WHERE type = 'table'",
    );
    const problems: Problem[] = [];
    for (const broken of await reader.all<BrokenReference>(BROKEN)) {
      problems.push(...(await brokenRows(reader, broken)));
    }
    return { checked: Number(tables?.count ?? 0n), problems };
  },
};

export const FILE_CHECKS: readonly Check[] = [SQLITE_INTEGRITY, SCHEMA_AS_MADE, FOREIGN_KEYS];
