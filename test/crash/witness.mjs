/**
 * Loaded into the program by the crash tests (`NODE_OPTIONS=--import=...`): it notes on descriptor 3 where the
 * program has come to, a line a moment, and kills it without a word at the moment `KILL_AT`.
 */
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
const current = major > 22 || (major === 22 && minor >= 14);
const Database = createRequire(import.meta.url)(current ? 'better-sqlite3' : 'better-sqlite3-node20');

function note(moment) {
  fs.writeSync(3, `${moment}\n`);
  if (moment === process.env.KILL_AT) process.kill(process.pid, 'SIGKILL');
}

/** The connections with a transaction that writes. */
const writing = new WeakSet();
const { exec, close } = Database.prototype;

Database.prototype.exec = function (sql) {
  const ends = writing.has(this) && (sql === 'COMMIT' || sql === 'ROLLBACK');
  if (ends && sql === 'COMMIT') note('committing');
  let result;
  try {
    result = exec.call(this, sql);
  } catch (error) {
    if (error.code === 'SQLITE_BUSY') note('kept waiting');
    throw error;
  }
  if (sql === 'BEGIN IMMEDIATE') {
    writing.add(this);
    note('begun');
  }
  if (ends) {
    writing.delete(this);
    note(sql === 'COMMIT' ? 'committed' : 'rolled back');
  }
  return result;
};

/** The last connection that closes copies the log into the file. */
Database.prototype.close = function () {
  const wrote = !this.readonly && this.open;
  if (wrote) note('closing');
  const result = close.call(this);
  if (wrote) note('closed');
  return result;
};

/** A copy of an older ledger takes its name at once. */
const { renameSync } = fs;
fs.renameSync = (...paths) => {
  note('naming');
  renameSync(...paths);
  note('named');
};

/**
 * A file that is exported takes its name by a link, or in place of another one by a rename. What it replaces is
 * kept under a second name before: that is no naming yet.
 */
for (const name of ['link', 'rename']) {
  const original = fs.promises[name];
  fs.promises[name] = async (from, to) => {
    const isKeeping = String(to).endsWith('-kept');
    if (!isKeeping) note('naming');
    await original(from, to);
    if (!isKeeping) note('named');
  };
}
syncBuiltinESMExports();
