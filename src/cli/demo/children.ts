/** Runs payrun's own command lines as processes, as a person would type them. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InterruptedError, PayrunError } from '../../core/errors.js';
import { equivalentCommand } from '../echo.js';

const PROGRAM = fileURLToPath(new URL('../../../bin/payrun.js', import.meta.url));

export interface ChildOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether nothing of what it prints is shown. */
  readonly silent: boolean;
}

/** The command line as it is shown: `payrun import affiliates payrun-demo/affiliates.csv`. */
export function shownCommand(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  return equivalentCommand({ path: [first] }, rest);
}

/**
 * Runs one command line to its end, on this terminal.
 * @throws PayrunError `unexpected` when it does not succeed, with what it said if that was not shown;
 * InterruptedError when Ctrl-C ended it
 */
export async function runChild(words: readonly string[], options: ChildOptions): Promise<void> {
  const said: Buffer[] = [];
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
    (resolve, reject) => {
      const child = spawn(process.execPath, [PROGRAM, ...words], {
        stdio: options.silent ? ['ignore', 'ignore', 'pipe'] : 'inherit',
        env: options.env,
      });
      child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
      child.on('error', reject);
      child.on('close', (exitCode, endedBy) => {
        resolve({ code: exitCode, signal: endedBy });
      });
    },
  );
  if (code === 0) return;
  if (code === 130 || signal === 'SIGINT') throw new InterruptedError('The demo was interrupted.');
  const end = signal === null ? `exit code ${String(code)}` : signal;
  const why = Buffer.concat(said).toString('utf8').trim();
  throw new PayrunError('unexpected', `The demo stopped: ${shownCommand(words)} ended with ${end}.`, {
    hint: why === '' ? 'What it said stands above.' : why,
  });
}
