/** Putting a backup in the place of a ledger, without paying anybody twice for it. */
import { constants } from 'node:fs';
import { access, lstat, mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  ConflictError,
  IntegrityError,
  InterruptedError,
  NotFoundError,
  UsageError,
} from '../core/errors.js';
import { formatAmount } from '../core/money.js';
import { fileFailure } from '../host/file-failure.js';
import { fileDigest } from '../host/input-file.js';
import { interruptible } from '../host/interruption.js';
import {
  compareWithBackup,
  readHead,
  type AuditHead,
  type Comparison,
  type LostPayout,
} from '../store/backup.js';
import type { Ledger } from '../store/ledger.js';
import { findLedger, openLedger, refuseNewer, type LedgerFile } from '../store/open.js';
import { finishDraft, nameToKeep, placeLedger, replaceLedger, replaceUnreadable } from '../store/replace.js';
import { copyLedger, findings } from './backup.js';
import { verify } from './verify.js';
import { audit, type Actor, type Progress, type Work } from './work.js';

export type { Comparison, LostPayout } from '../store/backup.js';

export interface RestoreInput {
  /** The backup. */
  readonly from: string;
  /** Where the ledger lies, or shall lie. */
  readonly to: string;
  /** Restore also what loses payouts, or what cannot be compared. */
  readonly force: boolean;
  /** How long to wait until nobody has the ledger open. */
  readonly waitSeconds: number;
}

export type Restorer = Actor & { readonly progress: Progress };

/** What is known before the ledger in place is replaced. */
export interface RestorePlan {
  readonly path: string;
  readonly from: string;
  /** What the audit log of the backup ends with. */
  readonly head: AuditHead | null;
  /** How the ledger in place stands to the backup; null where it cannot be read. */
  readonly comparison: Comparison | null;
}

export interface Restored {
  /** Absolute. */
  readonly path: string;
  /** Absolute. */
  readonly from: string;
  /** Of the backup, in hexadecimal digits. */
  readonly sha256: string;
  /** What the audit log of the backup ends with; a row that tells of the restore comes after it. */
  readonly head: AuditHead | null;
  /** False where the ledger is the same as the backup. */
  readonly changed: boolean;
  /** Where the old ledger is, or what was left of its log; null where there was none. */
  readonly keptAs: string | null;
  /** Null where there was no ledger; `unknown` where it could not be read. */
  readonly comparison: Comparison | 'unknown' | null;
}

/** What is found where the ledger shall lie. */
type InPlace =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'ledger'; readonly file: LedgerFile; readonly comparison: Comparison };

/**
 * Restores a backup, which is verified first. A ledger in place is replaced at one stroke, and kept.
 * @param consent is asked before a ledger is replaced
 * @returns null where consent was refused
 * @throws NotFoundError when there is no such file; IntegrityError when it is no ledger, or not sound;
 * ConflictError when a newer payrun made it, or when the ledger in place has payouts that it lacks and
 * `force` is not given; BusyError when others have that ledger open; and what `consent` throws
 */
export async function restore(
  restorer: Restorer,
  input: RestoreInput,
  consent: (plan: RestorePlan) => Promise<boolean>,
): Promise<Restored | null> {
  const backup = await findBackup(input);
  const sha256 = await fileDigest(backup.path);
  if (sha256 === null) throw new NotFoundError(`The backup ${backup.path} cannot be read.`);
  const place = await placeOf(input.to);
  const draft = `${place}.restore-${process.pid}`;
  try {
    await makeDraft(restorer, backup, draft);
    return await restoreDraft(restorer, { ...input, from: backup.path, to: place, draft, sha256 }, consent);
  } catch (error) {
    throw toldOf(error, draft, backup.path);
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(draft + suffix, { force: true });
  }
}

/** A damaged backup may show only in the copy, whose name says nothing to anybody. */
function toldOf(error: unknown, draft: string, from: string): unknown {
  if (!(error instanceof IntegrityError) || !error.message.includes(draft)) return error;
  return new IntegrityError(error.message.replaceAll(draft, from), {
    hint: 'Take an older backup.',
    cause: error,
  });
}

const interrupted = (): InterruptedError => new InterruptedError('Interrupted; nothing was restored.');

const NO_BACKUP = 'Name a file that `payrun backup` wrote.';

async function findBackup({ from, waitSeconds }: RestoreInput): Promise<LedgerFile> {
  const found = await stat(from).catch((error: unknown) => {
    throw fileFailure(error, 'Cannot read', from);
  });
  if (found.isDirectory()) {
    throw new UsageError(`${from} is a folder.`, { hint: 'Name a backup file in it.' });
  }
  await access(from, constants.R_OK).catch((error: unknown) => {
    throw fileFailure(error, 'Cannot read', from);
  });
  try {
    const backup = await findLedger(from, { waitMs: waitSeconds * 1000 });
    refuseNewer(backup);
    return backup;
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new IntegrityError(error.message, { hint: NO_BACKUP, cause: error });
  }
}

/** Where the ledger lies, links followed; its folder is made as for a new one. */
async function placeOf(to: string): Promise<string> {
  const full = path.resolve(to);
  await mkdir(path.dirname(full), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new UsageError(`The folder ${path.dirname(full)} cannot be made.`, {
      hint: 'Name another place with --ledger PATH.',
      cause: error,
    });
  });
  const found = await lstat(full).catch(() => null);
  if (found === null) return path.join(await realpath(path.dirname(full)), path.basename(full));
  const place = await realpath(full).catch(() => null);
  if (place === null || !(await stat(place)).isFile()) {
    throw new UsageError(`${full} is no file, so no ledger can be put in its place.`, {
      hint: 'Name the ledger file itself with --ledger PATH.',
    });
  }
  return place;
}

async function makeDraft({ progress }: Restorer, backup: LedgerFile, draft: string): Promise<void> {
  await rm(draft, { force: true });
  try {
    await (await open(draft, 'wx', 0o600)).close();
  } catch (error) {
    throw fileFailure(error, 'Cannot write', draft);
  }
  await copyLedger(backup.file, draft, progress, interrupted());
}

interface Drafted extends RestoreInput {
  readonly draft: string;
  readonly sha256: string;
}

async function restoreDraft(
  restorer: Restorer,
  input: Drafted,
  consent: (plan: RestorePlan) => Promise<boolean>,
): Promise<Restored | null> {
  const { from, to, sha256, draft } = input;
  const ledger = await openLedger(draft, { waitMs: 0, copiesOlder: false });
  try {
    await refuseUnsound({ ...restorer, ledger }, from);
    const head = await ledger.read((reader) => readHead(reader));
    const inPlace = await lookAt(input);
    const done = { path: to, from, sha256, head };
    if (inPlace.kind === 'nothing') return await place(restorer, input, ledger, done);
    const comparison = inPlace.kind === 'ledger' ? inPlace.comparison : null;
    if (comparison?.standing === 'same' && (await isSound(restorer, inPlace))) {
      return { ...done, changed: false, keptAs: null, comparison };
    }
    if (!input.force) refuseLoss(to, comparison);
    if (!(await consent({ path: to, from, head, comparison }))) return null;
    return await replace(restorer, input, ledger, { ...done, comparison });
  } finally {
    await ledger.close();
  }
}

async function refuseUnsound(work: Work, from: string): Promise<void> {
  const verified = await verify(work, []);
  if (verified.ok) return;
  throw new IntegrityError(`The backup ${from} is not sound; nothing was restored.`, {
    hint: 'Take an older backup.',
    details: findings(verified),
  });
}

async function lookAt({ to, draft, waitSeconds }: Drafted): Promise<InPlace> {
  if ((await stat(to).catch(() => null)) === null) return { kind: 'nothing' };
  try {
    const file = await findLedger(to, { waitMs: waitSeconds * 1000 });
    if (!file.writable) throw readOnly(to);
    return { kind: 'ledger', file, comparison: await compareWithBackup(file, draft) };
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    return { kind: 'unreadable' };
  }
}

const readOnly = (to: string): ConflictError =>
  new ConflictError(`The ledger ${to} is read-only.`, {
    hint: 'Make the file and its folder writable for you, or restore to another place with --ledger PATH.',
  });

/** The ledger in place may have the same rows in its log and be damaged all the same. */
async function isSound(restorer: Restorer, inPlace: InPlace): Promise<boolean> {
  if (inPlace.kind !== 'ledger' || inPlace.file.layout !== 'current') return false;
  const ledger = await openLedger(inPlace.file.path, { waitMs: 0 });
  try {
    return (await verify({ ...restorer, ledger }, [])).ok;
  } finally {
    await ledger.close();
  }
}

/** @throws ConflictError naming every payout that would be paid again */
function refuseLoss(to: string, comparison: Comparison | null): void {
  const forced = 'The old ledger is kept whatever you do.';
  if (comparison === null) {
    throw new ConflictError(`${to} cannot be read, so nobody knows which payouts the backup lacks.`, {
      hint: `Look for them in your exports and at the bank. If you are sure, give --force. ${forced}`,
    });
  }
  const { payouts } = comparison.lost;
  if (payouts.length > 0) {
    const have = payouts.length === 1 ? '1 payout' : `${payouts.length} payouts`;
    throw new ConflictError(
      `The ledger has ${have} that the backup lacks or knows in another status: restoring would pay them ` +
        'again and issue their numbers twice. Nothing was restored.',
      {
        hint: `Take a newer backup. If you will see to these payouts yourself, give --force. ${forced}`,
        details: payouts.map(lostDetail),
      },
    );
  }
  if (comparison.standing === 'diverged') {
    throw new ConflictError(`${to} holds what the backup does not, and the backup what it does not.`, {
      hint: `They are of two programmes, or have gone two ways. If you are sure, give --force. ${forced}`,
    });
  }
}

/** A payout as it is listed, with its amount as a decimal. */
export function lostDetail(payout: LostPayout): Readonly<Record<string, string | null>> {
  const { invoiceNumber, affiliateId, currency, status, statusInBackup } = payout;
  const amount = formatAmount(payout.amount, currency);
  const there = statusInBackup === null ? 'not in the backup' : `${statusInBackup} in the backup`;
  const message = `${invoiceNumber}: ${affiliateId}, ${currency} ${amount}, ${status}; ${there}`;
  return { invoiceNumber, affiliateId, amount, currency, status, statusInBackup, message };
}

type Told = Pick<Restored, 'path' | 'from' | 'sha256' | 'head'>;

/** Leaves word in the audit log of the backup, which is the ledger in a moment. */
async function leaveWord(
  restorer: Restorer,
  ledger: Ledger,
  told: Told,
  old: { readonly keptAs: string | null; readonly replaced: AuditHead | null },
): Promise<void> {
  const { from, sha256, head } = told;
  const request = { from, sha256, head, ...old };
  await ledger.write((writer) => audit(writer, restorer, { command: 'restore', request }, request));
  await ledger.close();
}

async function place(restorer: Restorer, input: Drafted, ledger: Ledger, told: Told): Promise<Restored> {
  const { to, draft } = input;
  await leaveWord(restorer, ledger, told, { keptAs: null, replaced: null });
  finishDraft(draft);
  const keptAs = nameToKeep(to, restorer.now);
  const moved = placeLedger({ path: to, draft, keptAs });
  return { ...told, changed: true, keptAs: moved ? keptAs : null, comparison: null };
}

async function replace(
  restorer: Restorer,
  input: Drafted,
  ledger: Ledger,
  told: Told & { readonly comparison: Comparison | null },
): Promise<Restored> {
  const { to, draft, waitSeconds } = input;
  const { comparison } = told;
  const keptAs = nameToKeep(to, restorer.now);
  await leaveWord(restorer, ledger, told, { keptAs, replaced: comparison?.head ?? null });
  finishDraft(draft);
  const waiting = {
    waitMs: waitSeconds * 1000,
    holder: { command: 'restore', actor: restorer.actor },
    interruptible: <T>(wait: (signal: AbortSignal) => Promise<T>) => interruptible(wait, interrupted()),
  };
  if (comparison === null) await replaceUnreadable({ path: to, draft, keptAs }, waiting);
  else await replaceLedger({ path: to, draft, keptAs }, comparison.head, waiting);
  return { ...told, changed: true, keptAs, comparison: comparison ?? 'unknown' };
}
