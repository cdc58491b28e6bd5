import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { openConnection } from '../../src/store/sqlite.js';
import { leaveWriterNote, whoWrites } from '../../src/store/writer-note.js';
import { SampleLedger } from './sample-ledger.js';

const KIM = { command: 'generate', actor: 'kim' };

let sample: SampleLedger;

beforeEach(async () => {
  sample = await SampleLedger.create();
});

afterEach(async () => {
  await sample.remove();
});

test('whoever finds a ledger busy has no more files open after many attempts than after one', async () => {
  await sample.ledger.close();
  const holder = openConnection(sample.path, 'write');
  holder.pragma('locking_mode = EXCLUSIVE');
  holder.pragma('journal_mode = DELETE');
  const openAfter = (attempts: number): number => {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      expect(() => openConnection(sample.path, 'query')).toThrow();
    }
    return readdirSync('/proc/self/fd').length;
  };
  // SQLite keeps the file of the first one for later ones while this process holds a lock on it.
  const afterOne = openAfter(1);
  expect(openAfter(4)).toBe(afterOne);
  holder.close();
});

describe('the note of who writes', () => {
  test('names him while his process lives', () => {
    leaveWriterNote(sample.path, KIM);
    expect(whoWrites(sample.path)).toEqual({ ...KIM, since: expect.any(String), pid: process.pid });
  });

  test('is not believed where a later process was given his number', async () => {
    leaveWriterNote(sample.path, KIM);
    const note = `${sample.path}-writer`;
    const said = JSON.parse(await readFile(note, 'utf8')) as Record<string, unknown>;
    await writeFile(note, JSON.stringify({ ...said, processStart: '1' }));
    expect(whoWrites(sample.path)).toBeUndefined();
  });
});
