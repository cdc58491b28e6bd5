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
import type { BookZone } from '../core/time-zone.js';
import { fileFailure } from '../host/file-failure.js';
import { fileDigest } from '../host/input-file.js';
import { interruptible } from '../host/interruption.js';
import {
  compareWithBackup,
  readHead,
  type AuditHead,
  type Comparison,
  type KnownPayout,
  type LostPayout,
} from '../store/backup.js';
import type { Ledger } from '../store/ledger.js';
import { findLedger, openLedger, refuseNewer, type LedgerFile } from '../store/open.js';
import {
  finishDraft,
  nameToKeep,
  placeLedger,
  remainsOf,
  replaceLedger,
  replaceUnreadable,
} from '../store/replace.js';
import { entryOf, type AuditEntry } from './audit.js';
import { copyLedger, findings } from './backup.js';
import { Book } from './book.js';
import { verify } from './verify.js';
import { audit, type Actor, type Progress, type Work } from './work.js';

export type { Comparison, LostPayout } from '../store/backup.js';

export interface RestoreInput {
  /** The backup. */
  readonly from: string;
  /** Where the ledger lies, or shall lie. */
  readonly to: string;
  /** Restore also where something is lost, or where that cannot be known. */
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
  /** What is left of the ledger in place where only its log is. */
  readonly remains: readonly string[];
  /** Of the backup's books. */
  readonly zone: BookZone;
}

/** Whoever decides whether a ledger is replaced. */
export interface Decider {
  /** Is told what would be lost, before it is refused or asked. */
  readonly shown: (plan: RestorePlan) => Promise<void>;
  /** Is asked before a ledger is replaced. */
  readonly consent: (plan: RestorePlan) => Promise<boolean>;
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
  /** The old ledger and what lay beside it, or what was left of its log; empty where there was nothing. */
  readonly kept: readonly string[];
  /** Null where there was no ledger; `unknown` where it could not be read. */
  readonly comparison: Comparison | 'unknown' | null;
  /** Of the backup's books. */
  readonly zone: BookZone;
}

/** What is found where the ledger shall lie. */
type InPlace =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly remains: readonly string[] }
  | { readonly kind: 'ledger'; readonly file: LedgerFile; readonly comparison: Comparison };

/**
 * Restores a backup, which is verified first. A ledger in place is replaced at one stroke, and kept.
 * @returns null where consent was refused
 * @throws NotFoundError when there is no such file; IntegrityError when it is no ledger, or not sound;
 * ConflictError when a newer payrun made it, or when the audit log in place has entries that it lacks, or
 * cannot be read, and `force` is not given; BusyError when others have that ledger open; and what `decider`
 * throws
 */
export async function restore(
  restorer: Restorer,
  input: RestoreInput,
  decider: Decider,
): Promise<Restored | null> {
  const backup = await findBackup(input);
  const sha256 = await fileDigest(backup.path);
  if (sha256 === null) throw new NotFoundError(`The backup ${backup.path} cannot be read.`);
  const place = await placeOf(input.to);
  const draft = `${place}.restore-${process.pid}`;
  try {
    await makeDraft(restorer, backup, draft);
    return await restoreDraft(restorer, { ...input, from: backup.path, to: place, draft, sha256 }, decider);
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

async function restoreDraft(restorer: Restorer, input: Drafted, decider: Decider): Promise<Restored | null> {
  const { from, to, sha256, draft } = input;
  const ledger = await openLedger(draft, { waitMs: 0, copiesOlder: false });
  try {
    await refuseUnsound({ ...restorer, ledger }, input);
    const { head, zone } = await ledger.read(async (reader) => ({
      head: await readHead(reader),
      zone: (await Book.read(reader, restorer.now)).zone,
    }));
    const inPlace = await lookAt(input);
    const done = { path: to, from, sha256, head, zone };
    if (inPlace.kind === 'nothing') return await place(restorer, input, ledger, done);
    const comparison = inPlace.kind === 'ledger' ? inPlace.comparison : null;
    if (comparison?.standing === 'same' && (await isSound(restorer, inPlace))) {
      return { ...done, changed: false, kept: [], comparison };
    }
    const remains = inPlace.kind === 'unreadable' ? inPlace.remains : [];
    const plan = { path: to, from, head, comparison, remains, zone };
    await decider.shown(plan);
    if (!input.force) refuseLoss(plan);
    if (!(await decider.consent(plan))) return null;
    if (remains.length > 0) return await place(restorer, input, ledger, done);
    return await replace(restorer, input, ledger, { ...done, comparison });
  } finally {
    await ledger.close();
  }
}

async function refuseUnsound(work: Work, { from, draft }: Drafted): Promise<void> {
  const verified = await verify(work, []);
  if (verified.ok) return;
  const found = findings(verified);
  // A page that cannot be read is found by every check that comes upon it.
  const isDamaged = found.some(({ message }) => message.includes(draft));
  const what = isDamaged ? 'damaged: some of it cannot be read' : 'not sound';
  throw new IntegrityError(`The backup ${from} is ${what}; nothing was restored.`, {
    hint: 'Take an older backup.',
    details: found.filter(({ message }) => !message.includes(draft)),
  });
}

async function lookAt({ to, draft, waitSeconds }: Drafted): Promise<InPlace> {
  if ((await stat(to).catch(() => null)) === null) {
    const remains = remainsOf(to);
    return remains.length === 0 ? { kind: 'nothing' } : { kind: 'unreadable', remains };
  }
  try {
    const file = await findLedger(to, { waitMs: waitSeconds * 1000 });
    if (!file.writable) throw readOnly(to);
    return { kind: 'ledger', file, comparison: await compareWithBackup(file, draft) };
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    return { kind: 'unreadable', remains: [] };
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

/** What a file brought in is brought in again by the same file, as the nightly import does. */
const IMPORTS: ReadonlySet<string> = new Set(['import affiliates', 'import commissions']);

/** Whether something is lost that only a person can do again. */
function losesDecisions({ lost }: Comparison): boolean {
  return lost.payouts.length > 0 || lost.entries.some(({ command }) => !IMPORTS.has(command));
}

/**
 * Whatever people did since the backup has to be done again by somebody: a block that is lost pays whom it
 * stopped.
 * @throws ConflictError with everything that is lost
 */
function refuseLoss({ path: to, comparison, remains, zone }: RestorePlan): void {
  const forced = 'The old ledger is kept whatever you do.';
  if (comparison === null) {
    const [first = to] = remains;
    const what =
      remains.length === 0
        ? `${to} cannot be read`
        : `The ledger ${to} is gone, but a part of it is left in ${first}`;
    throw new ConflictError(`${what}, so nobody knows what the backup lacks. Nothing was restored.`, {
      hint: `Look for payouts in your exports and at the bank. If you are sure, give --force. ${forced}`,
      details: remains.map((file) => ({ kind: 'remains', file })),
    });
  }
  const details = [
    ...comparison.lost.payouts.map((payout) => ({ kind: 'payout', ...lostPayoutDetail(payout) })),
    ...lostEntries(comparison, zone).map((entry) => ({ kind: 'entry', ...lostEntryDetail(entry) })),
  ];
  if (comparison.standing === 'diverged') {
    throw new ConflictError(
      `${to} holds what the backup does not, and the backup what it does not. Nothing was restored.`,
      {
        hint: `They are of two programmes, or have gone two ways. If you are sure, give --force. ${forced}`,
        details,
      },
    );
  }
  if (!losesDecisions(comparison)) return;
  throw new ConflictError(sentenceOf(comparison), {
    hint: `Take a newer backup. If you will see to all of it yourself, give --force. ${forced}`,
    details,
  });
}

function sentenceOf({ lost: { payouts, entries } }: Comparison): string {
  const counted = (count: number, one: string, many: string): string =>
    count === 1 ? `1 ${one}` : `${count} ${many}`;
  if (payouts.length > 0) {
    return (
      `The ledger has ${counted(payouts.length, 'payout', 'payouts')} that the backup lacks or knows ` +
      'otherwise: restoring would pay them again and issue their numbers twice. Nothing was restored.'
    );
  }
  return (
    `Since the backup ${counted(entries.length, 'command has', 'commands have')} changed the ledger: ` +
    'restoring would undo what was decided, a block too. Nothing was restored.'
  );
}

/** The lost rows of the audit log, with their times in a zone. */
export function lostEntries({ lost }: Comparison, zone: BookZone): AuditEntry[] {
  return lost.entries.map((row) => entryOf(zone, row));
}

/** What was asked for, as data; a text that somebody damaged stays a text. */
function requestOf(request: string): unknown {
  try {
    return JSON.parse(request) as unknown;
  } catch {
    return request;
  }
}

/** A lost row of the audit log as JSON tells it. */
export function lostEntryDetail({
  number,
  at,
  actor,
  command,
  request,
}: AuditEntry): Record<string, unknown> {
  return { number: Number(number), at, actor, command, request: requestOf(request) };
}

/** A lost payout as JSON tells it, with its amount as a decimal. */
export function lostPayoutDetail(payout: LostPayout): Record<string, unknown> {
  const { invoiceNumber, inBackup } = payout;
  const known = ({ affiliateId, amount, currency, status }: KnownPayout): Record<string, string> => ({
    ...{ affiliateId, amount: formatAmount(amount, currency), currency, status },
  });
  return { invoiceNumber, ...known(payout), inBackup: inBackup === null ? null : known(inBackup) };
}

type Told = Pick<Restored, 'path' | 'from' | 'sha256' | 'head' | 'zone'>;

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
  const keptAs = nameToKeep(to, restorer.now);
  const hasRemains = remainsOf(to).length > 0;
  await leaveWord(restorer, ledger, told, { keptAs: hasRemains ? keptAs : null, replaced: null });
  finishDraft(draft);
  const kept = placeLedger({ path: to, draft, keptAs });
  return { ...told, changed: true, kept, comparison: hasRemains ? 'unknown' : null };
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
  const replacement = { path: to, draft, keptAs };
  if (comparison === null) {
    const kept = await replaceUnreadable(replacement, waiting);
    return { ...told, changed: true, kept, comparison: 'unknown' };
  }
  await replaceLedger(replacement, comparison.head, waiting);
  return { ...told, changed: true, kept: [keptAs], comparison };
}
