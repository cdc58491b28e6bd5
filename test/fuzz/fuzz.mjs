/**
 * `npm run fuzz`: the properties of this folder over more cases than the suite has, and other ones each time.
 * `FUZZ_RUNS` says how many of each property, `FUZZ_SEED` which, `FUZZ_SECONDS` how long each may take; a
 * finding prints its seed and the smallest input. `npm run fuzz -- importers` takes one file only.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const seed = process.env.FUZZ_SEED ?? String(Math.floor(performance.timeOrigin) % 2_147_483_647);
const env = { FUZZ_RUNS: '2000', FUZZ_SECONDS: '600', ...process.env, FUZZ_SEED: seed };
const files = process.argv.slice(2).map((name) => `test/fuzz/${name}`);

console.log(`FUZZ_SEED=${seed} FUZZ_RUNS=${env.FUZZ_RUNS} FUZZ_SECONDS=${env.FUZZ_SECONDS}`);
const jest = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  ...(files.length === 0 ? ['test/fuzz'] : files),
];
spawn(process.execPath, jest, { cwd: root, env, stdio: 'inherit' }).on('close', (code) => {
  process.exitCode = code ?? 1;
});
