/**
 * Runs the built program as a process, in a temporary folder with a ledger, a home and a clock of its own. It
 * builds nothing: `npm run build` comes before these tests.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callResident } from './resident.js';

const PROGRAM = fileURLToPath(new URL('../../bin/payrun.js', import.meta.url));
const FIXED_CLOCK = new URL('./fixed-clock.mjs', import.meta.url).href;

/** What a call left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the one JSON document that it is; throws when it is none. */
  readonly json: Json;
}

/** A JSON document as tests look into it. */
export type Json = any;

export interface CallOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Piped into the program; without it stdin is empty. */
  readonly stdin?: string;
  /** The instant that the program takes for now; that of the sandbox if not given. */
  readonly now?: string;
}

/** A folder of its own, the ledger `ledger.db` in it, and the program run there. */
export class Sandbox {
  private constructor(
    readonly folder: string,
    private readonly now: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param options `now` is the clock of every call, by default 22 November 2026, nine o'clock UTC */
  static async make(options: { now?: string; env?: Record<string, string> } = {}): Promise<Sandbox> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'payrun-e2e-')));
    await mkdir(join(folder, 'home'));
    return new Sandbox(folder, options.now ?? '2026-11-22T09:00:00.000Z', options.env ?? {});
  }

  get ledger(): string {
    return this.path('ledger.db');
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.path(name), content);
    return this.path(name);
  }

  async read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8');
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The environment of every call: nothing of the developer's own but the way to Node. */
  environment(options: CallOptions = {}): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.path('home'),
      TZ: 'America/Los_Angeles',
      PAYRUN_LEDGER: this.ledger,
      PAYRUN_ACTOR: 'kim',
      NODE_OPTIONS: `--import=${FIXED_CLOCK}`,
      FIXED_NOW: options.now ?? this.now,
      ...this.env,
      ...options.env,
    };
  }

  /** Runs one command line and waits for its end. */
  async payrun(args: readonly string[], options: CallOptions = {}): Promise<Outcome> {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: this.folder,
      env: this.environment(options),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A program that ends without reading its input closes the pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const stdout = Buffer.concat(out).toString('utf8');
    return {
      code,
      stdout,
      stderr: Buffer.concat(err).toString('utf8'),
      get json(): Json {
        return JSON.parse(stdout);
      },
    };
  }

  /**
   * Runs a command line that must succeed: what a test arranges. It runs in a program that is there already;
   * what a test is about runs as a process of its own, by `payrun`.
   * @throws Error with what it said when it does not succeed
   */
  async succeed(args: readonly string[], options: CallOptions = {}): Promise<Outcome> {
    const env = this.environment(options);
    const answer = await callResident({ args, cwd: this.folder, env, stdin: options.stdin ?? '' });
    const outcome: Outcome =
      answer === undefined
        ? await this.payrun(args, options)
        : {
            ...answer,
            get json(): Json {
              return JSON.parse(answer.stdout);
            },
          };
    if (outcome.code !== 0) {
      throw new Error(
        `payrun ${args.join(' ')} ended with ${String(outcome.code)}:\n${outcome.stdout}${outcome.stderr}`,
      );
    }
    return outcome;
  }
}

export interface Programme {
  readonly now?: string;
  /** Affiliates as a CSV file. */
  readonly affiliates?: string;
  /** Commissions as a CSV file. */
  readonly commissions?: string;
  /** Options of `init` besides currency and time zone. */
  readonly init?: readonly string[];
}

/** A sandbox whose ledger (USD, Europe/Berlin) holds these affiliates and commissions. */
export async function makeProgramme(programme: Programme = {}): Promise<Sandbox> {
  const sandbox = await Sandbox.make(programme.now === undefined ? {} : { now: programme.now });
  await sandbox.succeed([
    'init',
    '--currency',
    'USD',
    '--timezone',
    'Europe/Berlin',
    ...(programme.init ?? []),
  ]);
  if (programme.affiliates !== undefined) {
    await sandbox.succeed([
      'import',
      'affiliates',
      await sandbox.write('affiliates.csv', programme.affiliates),
    ]);
  }
  if (programme.commissions !== undefined) {
    await sandbox.succeed([
      'import',
      'commissions',
      await sandbox.write('commissions.csv', programme.commissions),
    ]);
  }
  return sandbox;
}
