import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';
import { Person } from './person.js';

const PROGRAM = fileURLToPath(new URL('../../bin/payrun.js', import.meta.url));
const WITNESS = new URL('../crash/witness.mjs', import.meta.url).href;

/** A second, and some more for a machine that is busy with other tests. */
const SOON_MS = 3000;

/** Another program that holds the ledger's write lock until it is killed. */
const HOLDER = `
  const [major, minor] = process.versions.node.split('.').map(Number);
  const current = major > 22 || (major === 22 && minor >= 14);
  const Database = require(current ? 'better-sqlite3' : 'better-sqlite3-node20');
  new Database(process.env.LEDGER).exec('BEGIN IMMEDIATE');
  console.log('held');
  setInterval(() => undefined, 1000);
`;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the signal to the end. */
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes more rows than a pipe holds; done when the program has begun to read them. */
const taken = (pipe: Writable): Promise<void> =>
  new Promise((resolve) => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `new_${i},aff_1,2026-10-01,5.00\n`);
    pipe.write(`id,affiliate_id,earned_at,amount\n${rows.join('')}`, () => {
      resolve();
    });
  });

const interrupted = (message: string, hint: string | null = null): Json => ({
  schemaVersion: 1,
  error: { code: 'interrupted', message, hint, details: [] },
});

describe('a signal in the middle', () => {
  let sandbox: Sandbox;
  let before: Buffer;
  const commissions = Array.from(
    { length: 20_000 },
    (_, i) => `c_${i},aff_${i % 50},2026-10-02,1.25,approved`,
  );

  beforeAll(async () => {
    sandbox = await makeProgramme({
      affiliates: `id,name\n${Array.from({ length: 50 }, (_, i) => `aff_${i},Affiliate ${i}`).join('\n')}\n`,
      commissions: `id,affiliate_id,earned_at,amount,status\n${commissions.join('\n')}\n`,
    });
    await sandbox.succeed(['generate', '--all', '--as-of', '2026-11-02', '--yes']);
    before = await readFile(sandbox.ledger);
  });

  afterAll(async () => {
    await sandbox.remove();
  });

  function start(args: readonly string[]): ChildProcess {
    const env = sandbox.environment();
    return spawn(process.execPath, [PROGRAM, ...args], {
      cwd: sandbox.folder,
      env: { ...env, NODE_OPTIONS: `${env['NODE_OPTIONS'] ?? ''} --import=${WITNESS}` },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
  }

  /** Sends the signal when it is time, and waits for the end. */
  async function end(child: ChildProcess, signal: NodeJS.Signals, time: Promise<unknown>): Promise<Ended> {
    const texts = [child.stdout, child.stderr].map((stream) => text(stream as Readable));
    const closed = once(child, 'close');
    await time;
    const sent = performance.now();
    child.kill(signal);
    await closed;
    const ms = performance.now() - sent;
    const [stdout = '', stderr = ''] = await Promise.all(texts);
    return { code: child.exitCode, signal: child.signalCode, ms, stdout, stderr };
  }

  /** When the program has noted these moments. */
  async function noted(child: ChildProcess, moments: RegExp): Promise<void> {
    let notes = '';
    await new Promise<void>((resolve) => {
      (child.stdio[3] as NodeJS.ReadableStream).on('data', (chunk: Buffer) => {
        notes += String(chunk);
        if (moments.test(notes)) resolve();
      });
    });
  }

  /** The ledger is, byte for byte, what it was. */
  async function expectUntouched(): Promise<void> {
    expect((await readFile(sandbox.ledger)).equals(before)).toBe(true);
  }

  test('an import from a pipe that trickles ends at once with 130 and one document, and imports nothing', async () => {
    const child = start(['import', 'commissions', '-', '--json']);
    const { code, ms, stdout, stderr } = await end(child, 'SIGINT', taken(child.stdin as Writable));

    expect({ code, stderr, document: JSON.parse(stdout) }).toEqual({
      code: 130,
      stderr: '',
      document: interrupted('Interrupted; nothing was changed.'),
    });
    expect(ms).toBeLessThan(SOON_MS);
    await expectUntouched();
  });

  test('an import from a named pipe, on which the system waits, ends within a second all the same', async () => {
    execFileSync('mkfifo', [sandbox.path('pipe')]);
    const child = start(['import', 'commissions', 'pipe', '--json']);
    const pipe = createWriteStream(sandbox.path('pipe'));
    const { code, signal, ms, stdout } = await end(child, 'SIGTERM', taken(pipe));
    pipe.on('error', () => undefined).destroy();

    // The document is out at once; a read that the system does not give back is ended by the signal.
    expect(JSON.parse(stdout)).toEqual(interrupted('Interrupted; nothing was changed.'));
    expect([130, 'SIGTERM']).toContain(code ?? signal);
    expect(ms).toBeLessThan(SOON_MS);
    await expectUntouched();
  });

  test('a write that waits for the ledger ends at once with 130, and was not begun', async () => {
    const holder = spawn(process.execPath, ['-e', HOLDER], {
      env: { ...process.env, LEDGER: sandbox.ledger },
    });
    try {
      await once(holder.stdout, 'data');
      const child = start(['adjust', 'aff_1', '5', 'USD', '--reason', 'x', '--yes', '--json']);
      const { code, ms, stdout } = await end(child, 'SIGINT', noted(child, /waiting\n.*waiting/s));

      expect(code).toBe(130);
      expect(JSON.parse(stdout)).toEqual(
        interrupted(
          'Interrupted while waiting for the ledger, which another process was writing to.',
          'What was waiting was not begun: running the same command again is safe.',
        ),
      );
      expect(ms).toBeLessThan(SOON_MS);
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'close');
    }
    await expectUntouched();
  });

  test('an export leaves neither the file nor the beginning of it', async () => {
    const begun = async (): Promise<void> => {
      while (!(await readdir(sandbox.folder)).some((name) => name.startsWith('.lines.csv.'))) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const child = start(['export', 'lines', '--out', 'lines.csv']);
    const { code, ms, stdout, stderr } = await end(child, 'SIGTERM', begun());

    expect({ code, stdout, stderr }).toEqual({
      code: 130,
      stdout: '',
      stderr: 'payrun: Interrupted; no file was written.\n',
    });
    expect(ms).toBeLessThan(SOON_MS);
    expect((await readdir(sandbox.folder)).filter((name) => name.includes('lines'))).toEqual([]);
  });

  test('a transaction is cut off by the system, so that a long statement keeps nobody waiting', async () => {
    await sandbox.write(
      'more.csv',
      `id,affiliate_id,earned_at,amount,status\n${commissions.map((row) => `x${row}`).join('\n')}\n`,
    );
    const child = start(['import', 'commissions', 'more.csv']);
    const { code, signal, ms } = await end(child, 'SIGINT', noted(child, /begun/));

    // A shell shows 130 for it.
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGINT' });
    expect(ms).toBeLessThan(SOON_MS);
    await sandbox.succeed(['verify', '--check', 'audit_chain']);
    await expectUntouched();
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)(
    '%s at a question leaves the terminal as it was',
    async (signal) => {
      const person = new Person(sandbox, ['generate'], { inShell: true });
      await person.sees('Which commissions');
      await new Promise((resolve) => setTimeout(resolve, 150));
      person.signal(signal);
      await person.sees('Interrupted; nothing was changed.');
      await person.sees('code 130');
      await person.ends();

      expect(person.screen).toMatch(/ icanon /);
      expect(person.screen).toMatch(/ echo /);
      expect(person.raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(person.raw.lastIndexOf('\u001b[?25l'));
    },
  );
});
