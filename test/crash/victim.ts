/** The program as a process that is killed: when, and what it had come to by then. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../e2e/payrun.js';

const PROGRAM = fileURLToPath(new URL('../../bin/payrun.js', import.meta.url));
const WITNESS = new URL('./witness.mjs', import.meta.url).href;

/** What the program notes while it runs; see `witness.mjs`. */
export type Moment =
  | 'start'
  | 'begun'
  | 'committing'
  | 'committed'
  | 'rolled back'
  | 'kept waiting'
  | 'closing'
  | 'closed'
  | 'naming'
  | 'named';

/** When to kill: so many milliseconds after a moment, from outside, or exactly at one, from inside. */
export type Kill = { readonly after: Moment; readonly ms: number } | { readonly at: Moment };

export interface Death {
  /** Null when it was killed. */
  readonly code: number | null;
  /** What it came to, with the milliseconds since the start. */
  readonly moments: readonly { readonly moment: Moment; readonly ms: number }[];
  readonly ms: number;
  readonly said: string;
}

/** Runs one command line and kills it; it may be done before. */
export async function kill(sandbox: Sandbox, args: readonly string[], when?: Kill): Promise<Death> {
  const env = sandbox.environment();
  const start = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: sandbox.folder,
    env: {
      ...env,
      NODE_OPTIONS: `${env['NODE_OPTIONS'] ?? ''} --import=${WITNESS}`,
      ...(when !== undefined && 'at' in when ? { KILL_AT: when.at } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const moments: { moment: Moment; ms: number }[] = [];
  const reached = (moment: Moment): void => {
    moments.push({ moment, ms: performance.now() - start });
    if (when === undefined || 'at' in when || when.after !== moment) return;
    setTimeout(() => child.kill('SIGKILL'), when.ms);
  };
  let said = '';
  const [, out, err, notes] = child.stdio as NodeJS.ReadableStream[];
  for (const stream of [out, err]) stream?.on('data', (chunk: Buffer) => (said += String(chunk)));
  notes?.on('data', (chunk: Buffer) => {
    for (const line of String(chunk).split('\n')) if (line !== '') reached(line as Moment);
  });
  reached('start');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, moments, ms: performance.now() - start, said };
}

/** When it first came to this moment, in milliseconds since the start; its end where it never did. */
export function when(death: Death, moment: Moment): number {
  return death.moments.find((one) => one.moment === moment)?.ms ?? death.ms;
}
