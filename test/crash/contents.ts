/** What a ledger holds, as one digest, and whether it is sound. */
import { createHash } from 'node:crypto';
import { openLedger } from '../../src/app/ledger-file.js';
import { verify } from '../../src/app/verify.js';
import { withConnection } from '../../src/store/sqlite.js';

/** The SHA-256 over every row of every table and the layout. */
export function digestOf(path: string): string {
  return withConnection(path, 'query', (connection) => {
    const hash = createHash('sha256').update(String(connection.pragma('user_version', { simple: true })));
    const tables = connection
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .pluck()
      .all() as string[];
    for (const table of tables) {
      const columns = connection.pragma(`table_info(${table})`) as unknown[];
      const order = columns.map((_, index) => String(index + 1)).join(', ');
      hash.update(`${table}\n`);
      for (const row of connection.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).raw().iterate()) {
        hash.update((row as unknown[]).map(String).join('\u001f'));
      }
    }
    return hash.digest('hex');
  });
}

/** What every check finds wrong, SQLite's own among them; nothing where the ledger is sound. */
export async function problemsOf(path: string): Promise<string[]> {
  const ledger = await openLedger(path, 10);
  try {
    const now = new Date('2026-11-22T09:00:00.000Z');
    const work = { ledger, now, actor: 'kim', osUser: 'kim', progress: () => undefined };
    const { checks } = await verify(work, []);
    return checks.flatMap(({ name, problems }) => problems.map(({ message }) => `${name}: ${message}`));
  } finally {
    await ledger.close();
  }
}
