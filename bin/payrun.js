#!/usr/bin/env node
// Starts the built program. The version alone is answered here, without loading anything else.
import { existsSync, readFileSync } from 'node:fs';

const program = new URL('../dist/cli/main.js', import.meta.url);

if (process.argv.length === 3 && ['--version', '-V'].includes(process.argv[2])) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.on('error', (error) => {
    // A reader that has left wants nothing more; a full disk has lost the answer.
    if (error.code === 'EPIPE') return;
    process.stderr.write(`payrun: The version could not be written (${error.code}).\n`);
    process.exitCode = 1;
  });
  process.stdout.write(`${version}\n`);
} else if (existsSync(program)) {
  const { runProcess } = await import(program.href);
  await runProcess();
} else {
  process.stderr.write(
    'payrun: The program is not built yet.\n  Run npm run build in the folder of payrun.\n',
  );
  process.exitCode = 1;
}
