import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isLocked, ProcessLock } from '../../src/store/process-lock.js';

/** Another process that holds the lock until it is killed. */
const HOLDER = `
  const [major, minor] = process.versions.node.split('.').map(Number);
  const current = major > 22 || (major === 22 && minor >= 14);
  const Database = require(current ? 'better-sqlite3' : 'better-sqlite3-node20');
  new Database(process.env.LOCK).exec('BEGIN EXCLUSIVE');
  console.log('held');
  setInterval(() => undefined, 1000);
`;

describe('a lock that dies with its holder', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'payrun-lock-'));
    path = join(folder, 'lock');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('is free where nobody ever took it', () => {
    expect(isLocked(path)).toBe(false);
  });

  test('is held by one at a time, and free again when he lets go', () => {
    const lock = ProcessLock.take(path, 0);

    expect(isLocked(path)).toBe(true);
    expect(ProcessLock.take(path, 1)).toBeNull();
    lock?.release();
    expect(isLocked(path)).toBe(false);
    ProcessLock.take(path, 0)?.release();
  });

  test('is free again when its holder is killed, also for who may only read the file', async () => {
    ProcessLock.take(path, 0)?.release();
    await chmod(path, 0o400);
    const holder = spawn(process.execPath, ['-e', HOLDER], { env: { ...process.env, LOCK: path } });
    await once(holder.stdout, 'data');

    expect(isLocked(path)).toBe(true);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(isLocked(path)).toBe(false);
  });
});
