/**
 * `npm run bench [ROWS [AFFILIATES [ROUNDS]]]`: import, generate, export and start-up of the built program, each as a ratio
 * of a baseline measured in the same run. Machines are noisy: read the ratios, not the seconds.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeAffiliates, writeCommissions } from './rows.mjs';

const [rows = 1_000_000, affiliates = 10_000, rounds = 3] = process.argv.slice(2).map(Number);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const payrun = here('../../bin/payrun.js');
const folder = mkdtempSync(join(tmpdir(), 'payrun-bench-'));
const at = (name) => join(folder, name);

/** Runs a process to its end: seconds and, where the system tells, the most memory it held in MiB. */
function measure(command, args) {
  const memory = spawnSync('/usr/bin/time', ['-f', '%M', 'true']).status === 0;
  const all = memory ? ['/usr/bin/time', '-f', '%M', command, ...args] : [command, ...args];
  const startedAt = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(all[0], all.slice(1), { encoding: 'utf8', maxBuffer: 1 << 30 });
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return { seconds, mebibytes: memory ? Math.round(Number(stderr.trim().split('\n').at(-1)) / 1024) : null };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Measures both in turns, so that a slow minute of the machine hits both alike. */
function compare(title, baseline, subject, target) {
  const runs = Array.from({ length: rounds }, () => [baseline(), subject()]);
  const base = median(runs.map(([one]) => one.seconds));
  const own = median(runs.map(([, one]) => one.seconds));
  const memory = Math.max(...runs.map(([, one]) => one.mebibytes ?? 0));
  const ratio = own / base;
  console.log(
    `${title.padEnd(28)} ${own.toFixed(2).padStart(7)} s  baseline ${base.toFixed(2).padStart(7)} s  ratio ${ratio.toFixed(2).padStart(5)}` +
      `  (target ${target})${memory > 0 ? `  ${memory} MiB` : ''}`,
  );
}

function copyOf(source, name) {
  for (const suffix of ['', '-wal', '-shm']) rmSync(at(name) + suffix, { force: true });
  copyFileSync(at(source), at(name));
  return at(name);
}

const cli = (ledger, ...args) => measure(process.execPath, [payrun, ...args, '--ledger', ledger, '--quiet']);

try {
  console.log(
    `${rows} commissions of ${affiliates} affiliates, ${rounds} rounds, Node ${process.versions.node}`,
  );
  await writeAffiliates(at('affiliates.csv'), affiliates);
  await writeCommissions(at('commissions.csv'), rows, affiliates);
  cli(at('empty.db'), 'init', '--currency', 'USD', '--timezone', 'UTC');
  cli(at('empty.db'), 'import', 'affiliates', at('affiliates.csv'));

  const startUp = Array.from({ length: 10 }, () => [
    measure(process.execPath, ['-e', '0']).seconds,
    measure(process.execPath, [payrun, '--version']).seconds,
  ]);
  const node = median(startUp.map(([one]) => one));
  const version = median(startUp.map(([, one]) => one));
  console.log(
    `${'payrun --version'.padEnd(28)} ${version.toFixed(3).padStart(7)} s  baseline ${node.toFixed(3).padStart(7)} s  ` +
      `ratio ${(version / node).toFixed(2).padStart(5)}  (target 2.5)`,
  );

  const importCommissions = () =>
    cli(copyOf('empty.db', 'full.db'), 'import', 'commissions', at('commissions.csv'));
  if (spawnSync('sqlite3', ['--version']).status === 0) {
    const baseline = () =>
      measure(process.execPath, [
        here('import-baseline.mjs'),
        'sqlite3',
        copyOf('empty.db', 'base.db'),
        at('commissions.csv'),
      ]);
    compare('import commissions', baseline, importCommissions, 4);
  } else {
    importCommissions();
    console.log('import commissions: skipped, there is no sqlite3 on this machine to compare with');
  }
  const again = cli(at('full.db'), 'import', 'commissions', at('commissions.csv'));
  console.log(
    `${'the same import again'.padEnd(28)} ${again.seconds.toFixed(2).padStart(7)} s  ${again.mebibytes ?? '?'} MiB`,
  );

  compare(
    'generate --all',
    () => measure(process.execPath, [here('generate-baseline.mjs'), copyOf('full.db', 'base.db')]),
    () =>
      cli(
        copyOf('full.db', 'run.db'),
        'generate',
        '--period',
        '2026-10',
        '--as-of',
        '2026-11-02',
        '--all',
        '--yes',
      ),
    1.5,
  );
  const nothing = cli(at('run.db'), 'generate', '--period', '2026-10', '--all', '--yes');
  console.log(`${'generate with nothing to do'.padEnd(28)} ${nothing.seconds.toFixed(2).padStart(7)} s`);
  if (spawnSync('sqlite3', ['--version']).status === 0) {
    const sql = `SELECT earned_on, affiliate_id, currency, sum(amount) FROM commissions
      WHERE earned_on BETWEEN '2026-10-01' AND '2026-10-31' AND status IN ('pending', 'approved')
      GROUP BY earned_on, affiliate_id, currency`;
    const journal = () => {
      rmSync(at('journal.csv'), { force: true });
      return cli(at('run.db'), 'export', 'journal', '--period', '2026-10', '--out', at('journal.csv'));
    };
    compare(
      'export journal of a month',
      () => measure('sqlite3', ['-csv', at('run.db'), '.output /dev/null', sql]),
      journal,
      'none',
    );
  }
  console.log(`ledger: ${Math.round(statSync(at('run.db')).size / 2 ** 20)} MiB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
