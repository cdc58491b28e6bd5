/** Long results are read in the pager of the user. */
import { InterruptedError } from '../core/errors.js';
import { Interruption, TERMINATIONS } from '../host/interruption.js';
import type { ProcessIo } from './terminal.js';

/** A plain command takes the place of its shell, so that a signal reaches the pager itself. */
function alone(command: string): string {
  return process.platform !== 'win32' && /^[^=;&|<>()]+$/.test(command) ? `exec ${command}` : command;
}

/**
 * Shows a text in the pager; false when there is none to start.
 * @throws InterruptedError when a signal ended it
 */
export async function runPager(command: string, text: string, env: ProcessIo['env']): Promise<boolean> {
  const { spawn } = await import('node:child_process');
  // F leaves at once when it fits after all, R shows our colours, X keeps the text on the screen afterwards.
  const pagerEnv = { ...env, LESS: env['LESS'] ?? 'FRX', LESSSECURE: env['LESSSECURE'] ?? '1' };
  // Ctrl-C belongs to the pager while it shows; nothing is written to the ledger at that moment.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  // Whoever ends payrun ends the pager as well, which puts the terminal back as it was.
  const error = new InterruptedError('Interrupted while the pager showed the result.');
  const interruption = new Interruption(error, TERMINATIONS);
  try {
    const shown = await new Promise<boolean>((resolve) => {
      const pager = spawn(alone(command), {
        shell: true,
        stdio: ['pipe', 'inherit', 'inherit'],
        env: pagerEnv,
      });
      interruption.signal.addEventListener('abort', () => pager.kill());
      pager.on('error', () => {
        resolve(false);
      });
      pager.on('close', (code) => {
        // 126 and 127 are the shell's "cannot run" and "not found".
        resolve(code !== 126 && code !== 127);
      });
      pager.stdin.on('error', ignore);
      pager.stdin.end(text);
    });
    interruption.signal.throwIfAborted();
    return shown;
  } finally {
    interruption.end();
    process.removeListener('SIGINT', ignore);
  }
}
