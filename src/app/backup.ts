/** Backing a ledger up while it is in use, into a file that has been verified. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  ConflictError,
  IntegrityError,
  InterruptedError,
  NotFoundError,
  UsageError,
} from '../core/errors.js';
import { makeFileAtomically } from '../host/atomic-file.js';
import { fileDigest } from '../host/input-file.js';
import { interruptible } from '../host/interruption.js';
import { outputPath } from '../host/output-path.js';
import { countCommissions, holdsHead, readHead, type AuditHead } from '../store/backup.js';
import type { Ledger } from '../store/ledger.js';
import type { BookZone } from '../core/time-zone.js';
import { findLedger, openLedger } from '../store/open.js';
import { remainsOf, replaceBackup } from '../store/replace.js';
import { Book } from './book.js';
import { verify, type Verified } from './verify.js';
import type { Progress, Work } from './work.js';

export type { AuditHead } from '../store/backup.js';

/** Progress is told in hundredths of the file. */
const STROKES = 100;

export interface BackupInput {
  /** A file, or a folder that is there. */
  readonly out: string;
  /** Replace an older backup of this ledger; write one of a ledger that is not sound to a new file. */
  readonly force: boolean;
}

export interface BackedUp {
  readonly path: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
  /** How many commissions are in it. */
  readonly rows: number;
  readonly head: AuditHead | null;
  readonly verified: Verified;
  /** Of the books. */
  readonly zone: BookZone;
}

/**
 * Writes a backup of the ledger as it is at one moment, while others write to it: one file, verified, whole
 * or not at all. Nothing is changed in the ledger.
 * @throws ConflictError when the file is there and must not be replaced, NotFoundError when its folder is not
 * there, IntegrityError when the ledger is not sound, InterruptedError while it is copied, PayrunError
 * `unexpected` when the disk fails
 */
export async function backUp(work: Work, input: BackupInput): Promise<BackedUp> {
  const { zone } = await work.ledger.read((reader) => Book.read(reader, work.now));
  const target = await outputPath(input.out, nameInFolder(work, zone));
  // What the older backup ends with; undefined where no database is replaced.
  let older: AuditHead | null | undefined;
  const isThere = await refuseTarget(work, target, input.force);
  const made = await makeFileAtomically(
    target,
    async (temporary) => {
      if (older === undefined) await refuseRemains(target);
      await copyLedger(
        work.ledger,
        temporary,
        work.progress,
        new InterruptedError('Interrupted; no backup was written.'),
      );
      const copied = await proved(work, temporary);
      if (!copied.verified.ok && (isThere || !input.force)) throw notBackedUp(copied.verified, isThere);
      return copied;
    },
    {
      overwrite: input.force,
      refuseDatabase: async (place) => {
        older = await refuseOtherLedger(work, place);
      },
      replaceDatabase: (place, rename) => replaceBackup(place, older ?? null, rename),
    },
  );
  await refuseOtherHead(target, made.head);
  const sha256 = await fileDigest(target);
  if (sha256 === null) throw new NotFoundError(`The backup ${target} was removed as soon as it was there.`);
  return { path: target, bytes: (await stat(target)).size, sha256, ...made, zone };
}

/** What was verified had another name: whoever opens this one must find the same. */
async function refuseOtherHead(target: string, head: AuditHead | null): Promise<void> {
  const { file } = await findLedger(target, { waitMs: 0 });
  const found = await file.read((reader) => readHead(reader));
  if (found?.hash === head?.hash) return;
  throw new IntegrityError(`${target} does not hold what was written to it.`, {
    hint: 'Somebody else wrote to it as soon as it was there. Name another file.',
  });
}

/** `payrun-backup-<ledger>-<time in the book zone>.db`. */
function nameInFolder(work: Work, zone: BookZone): string {
  const at = zone.wallClockOf(work.now.getTime()).replace('T', '-').replaceAll(':', '');
  return `payrun-backup-${path.parse(work.ledger.path).name}-${at}.db`;
}

/** @returns whether a file is there, which will be replaced */
async function refuseTarget(work: Work, target: string, force: boolean): Promise<boolean> {
  if (target === '-') {
    throw new UsageError('A backup cannot go to standard output.', { hint: 'Name a file or a folder.' });
  }
  const found = await stat(target).catch(() => null);
  if (found === null) return false;
  const ledger = await stat(work.ledger.path);
  if (found.ino === ledger.ino && found.dev === ledger.dev) {
    throw new ConflictError(`${target} is the ledger itself.`, { hint: 'Name another file or a folder.' });
  }
  if (found.isFile() && !force) {
    throw new ConflictError(`${target} is there already; no backup was written.`, {
      hint: 'Name another file or a folder. --force replaces an older backup of this ledger.',
    });
  }
  return true;
}

/** A log that is left beside the name would be taken for the one of the backup. */
async function refuseRemains(target: string): Promise<void> {
  const [remains] = remainsOf(await realpath(target).catch(() => path.resolve(target)));
  if (remains === undefined) return;
  throw new ConflictError(`${remains} was left by a database that was removed; no backup was written.`, {
    hint: 'It may hold the last of what was written to that one. Move it away, or name another file.',
  });
}

/**
 * Replaces what this ledger was, and nothing that it does not hold itself.
 * @returns what the audit log of the older backup ends with
 */
async function refuseOtherLedger(work: Work, place: string): Promise<AuditHead | null> {
  const hint = 'Name another file or a folder; payrun removes no database that holds something else.';
  let head: AuditHead | null;
  try {
    const { file } = await findLedger(place, { waitMs: 0 });
    head = await file.read((reader) => readHead(reader));
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new ConflictError(`${place} is no backup that can be read; nothing was written.`, { hint });
  }
  if (await work.ledger.read((reader) => holdsHead(reader, head))) return head;
  throw new ConflictError(`${place} holds what this ledger does not; nothing was written.`, {
    hint: `It is of another ledger, or of a time that this one was taken back from. ${hint}`,
  });
}

/**
 * Copies a ledger into an empty file; a signal ends it.
 * @param interrupted what is said then
 */
export async function copyLedger(
  ledger: Pick<Ledger, 'copyInto'>,
  target: string,
  progress: Progress,
  interrupted: InterruptedError,
): Promise<void> {
  await interruptible(
    (signal) =>
      ledger.copyInto(target, (done, of) => {
        signal.throwIfAborted();
        progress(Math.floor((done * STROKES) / of), STROKES, 'copying');
      }),
    interrupted,
  );
}

/** What a copy holds, and whether every check holds on it. */
async function proved(work: Work, copy: string): Promise<Pick<BackedUp, 'rows' | 'head' | 'verified'>> {
  const ledger = await openLedger(copy, { waitMs: 0 });
  try {
    const verified = await verify({ ...work, ledger }, []);
    return await ledger.read(async (reader) => ({
      rows: await countCommissions(reader),
      head: await readHead(reader),
      verified,
    }));
  } finally {
    await ledger.close();
  }
}

/** One finding for each check that complains. */
export function findings({ checks }: Verified): { readonly check: string; readonly message: string }[] {
  return checks
    .filter(({ ok }) => !ok)
    .map(({ name, problems }) => {
      const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
      return { check: name, message: `${name}: ${problems[0]?.message ?? 'it does not hold'}${more}` };
    });
}

function notBackedUp(verified: Verified, isThere: boolean): IntegrityError {
  const evidence = isThere
    ? 'A damaged ledger replaces no backup: name a new file, and --force writes it there as evidence.'
    : 'With --force it is written all the same, as evidence.';
  return new IntegrityError('The ledger is not sound; no backup was written.', {
    hint: `Keep the backups that you have, and see \`payrun verify\`. ${evidence}`,
    details: findings(verified),
  });
}
