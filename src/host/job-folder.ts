/**
 * The folders of background jobs, beside the ledger. Making one needs no lock of the ledger, so that a job is
 * taken on while the ledger is busy. Files are written whole or not at all, because others read them at any
 * moment; and synchronously, so that progress is told between two statements.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ConflictError, IntegrityError } from '../core/errors.js';
import {
  jobId,
  type JobCancel,
  type JobEnd,
  type JobFileNote,
  type JobProgress,
  type JobRecord,
  type JobWorker,
} from '../core/job.js';
import { fileFailure } from './file-failure.js';

/** The documents in the folder of a job. */
interface JobDocuments {
  /** What it is asked to do. A folder without it is no job. */
  readonly 'job.json': JobRecord;
  readonly 'worker.json': JobWorker;
  readonly 'progress.json': JobProgress;
  /** Its standard output. */
  readonly 'answer.json': Readonly<Record<string, unknown>>;
  /** The files that it is about to put in their places. */
  readonly 'file.json': JobFileNote;
  readonly 'ended.json': JobEnd;
  /** Who wants it to end. */
  readonly 'cancel.json': JobCancel;
}

/** What lies in the folder of a job. */
type JobFile =
  | keyof JobDocuments
  /** Its standard error, of all attempts. */
  | 'log'
  /** What was piped in. */
  | 'input'
  /** Held by the process that works on it. */
  | 'lock'
  /** Held by who starts that process, until it holds its own. */
  | 'starter';

const FOLDER_MODE = 0o700;
const JOB_FOLDER = /^J-(\d{6,12})$/;

/** Runs a step and explains what the file system says against it. */
function guarded<T>(doing: string, target: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw fileFailure(error, doing, target);
  }
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What the file system says that is not there is null; what may not be looked at is said. */
function ifThere<T>(target: string, look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw fileFailure(error, 'Cannot read', target);
  }
}

/** The files of a folder are for those whom the folder is for. */
const fileModeIn = (folder: string): number => statSync(folder).mode & 0o666;

/** Opens a file in a folder, whatever the umask of the account takes from its mode. */
function openIn(folder: string, place: string, flags: 'a' | 'w'): number {
  const mode = fileModeIn(folder);
  const file = openSync(place, flags, mode);
  try {
    if ((fstatSync(file).mode & 0o666) !== mode) fchmodSync(file, mode);
  } catch {
    // It belongs to another account, which has seen to it.
  }
  return file;
}

/**
 * Makes a folder that is there for those who may use the ledger, which may belong to a group. What lies in it
 * belongs to that group, too.
 */
function shareAs(ledger: string, folder: string): void {
  const { mode, gid } = statSync(ledger);
  try {
    if (statSync(folder).gid !== gid) chownSync(folder, -1, gid);
  } catch {
    // Only its owner and root may, and only to their own groups.
  }
  const isOfGroup = statSync(folder).gid === gid;
  const all = FOLDER_MODE | (mode & 0o777) | ((mode & 0o444) >> 2) | 0o2000;
  const wanted = isOfGroup && (mode & 0o070) !== 0 ? all : all & ~0o2070;
  try {
    if ((statSync(folder).mode & 0o7777) !== wanted) chmodSync(folder, wanted);
  } catch {
    // It belongs to another account.
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is looked into before anybody could be told that it was damaged. */
function isRecord(value: Partial<JobRecord>): boolean {
  const { id, command, words, once, createdAt } = value;
  const isDated = typeof createdAt === 'string' && !Number.isNaN(Date.parse(createdAt));
  return (
    [typeof id, typeof command].every((type) => type === 'string') &&
    isDated &&
    Array.isArray(words) &&
    isObject(once)
  );
}

/** The folder of one job. */
export class JobFolder {
  constructor(readonly path: string) {}

  file(name: JobFile): string {
    return path.join(this.path, name);
  }

  /** @throws PayrunError `unexpected` when the folder is for others alone */
  has(name: JobFile): boolean {
    const target = this.file(name);
    return ifThere(target, () => statSync(target)) !== null;
  }

  /** The text of a file; null where it is not there. */
  text(name: JobFile): string | null {
    const target = this.file(name);
    return ifThere(target, () => readFileSync(target, 'utf8'));
  }

  /** What a document says; null where it is not there. @throws IntegrityError when it was damaged */
  json<Name extends keyof JobDocuments>(name: Name): JobDocuments[Name] | null {
    const text = this.text(name);
    if (text === null) return null;
    try {
      const value: unknown = JSON.parse(text);
      if (!isObject(value) || (name === 'job.json' && !isRecord(value))) throw new TypeError('other content');
      return value as JobDocuments[Name];
    } catch (cause) {
      throw new IntegrityError(`${this.file(name)} is not what payrun wrote.`, {
        hint: 'It was edited or the disk is damaged. Remove the folder if the job is of no interest.',
        cause,
      });
    }
  }

  /** Writes a file under another name and renames it, so that nobody ever reads half of it. */
  write<Name extends keyof JobDocuments>(name: Name, value: JobDocuments[Name]): void {
    const target = this.file(name);
    const draft = `${target}.new`;
    guarded('Cannot write', target, () => {
      const file = openIn(this.path, draft, 'w');
      try {
        writeFileSync(file, `${JSON.stringify(value)}\n`);
        // What progress is worth is gone with the process; the rest must outlast the machine.
        if (name !== 'progress.json') fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, target);
    });
  }

  /** Takes in what is piped to the command; only when all of it came, in the place of what was there. */
  async spool(pieces: AsyncIterable<Buffer>): Promise<void> {
    const target = this.file('input');
    const draft = `${target}.new`;
    const file = guarded('Cannot write', target, () => openIn(this.path, draft, 'w'));
    try {
      for await (const piece of pieces) {
        guarded('Cannot write', target, () => {
          appendFileSync(file, piece);
        });
      }
    } finally {
      closeSync(file);
    }
    guarded('Cannot write', target, () => {
      renameSync(draft, target);
    });
  }

  /** Makes the files that others open too, before they are opened by whoever makes them with another mode. */
  prepare(): void {
    for (const name of ['lock', 'starter', 'log'] as const) {
      closeSync(openIn(this.path, this.file(name), 'a'));
    }
  }

  openInput(): NodeJS.ReadableStream {
    return createReadStream(this.file('input'));
  }

  /** Where the answer goes; `keep` gives it its name. What a full disk has cut short gets none. */
  openAnswer(): { readonly output: Writable; readonly keep: () => Promise<void> } {
    const target = this.file('answer.json');
    const draft = `${target}.new`;
    const mode = fileModeIn(this.path);
    const output = createWriteStream(draft, { mode });
    const keep = async (): Promise<void> => {
      try {
        await finished(output.end());
        chmodSync(draft, mode);
        renameSync(draft, target);
      } catch {
        rmSync(draft, { force: true });
      }
    };
    return { output, keep };
  }

  forget(...names: readonly JobFile[]): void {
    for (const name of names) rmSync(this.file(name), { force: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The job that a key file leads to; null where it was damaged. */
function idIn(text: string): string | null {
  try {
    const { id } = JSON.parse(text) as Partial<JobRecord>;
    return typeof id === 'string' && JOB_FOLDER.test(id) ? id : null;
  } catch {
    return null;
  }
}

/** All jobs of one ledger. They move with it: nothing in them says where it lies. */
export class JobsFolder {
  readonly path: string;

  private constructor(private readonly ledger: string) {
    this.path = `${ledger}.jobs`;
  }

  /** The folder beside a ledger that is there; links to it are followed. */
  static beside(ledger: string): JobsFolder {
    return new JobsFolder(guarded('Cannot read', ledger, () => realpathSync(ledger)));
  }

  /** The ids of the jobs that are there, the first one first. */
  ids(): string[] {
    return this.#numbers()
      .map(jobId)
      .filter((id) => this.#at(id).has('job.json'));
  }

  /** The folder of a job; null where there is none. */
  find(id: string): JobFolder | null {
    const folder = this.#at(id);
    return folder.has('job.json') ? folder : null;
  }

  /**
   * Makes the folder of the next job. Whoever else makes one at the same time gets another number, and no
   * number is given again, also where the folder of its job was removed.
   * @param known the highest number that is known elsewhere
   */
  make(known = 0): { readonly id: string; readonly folder: JobFolder } {
    return guarded('Cannot write', this.path, () => {
      this.#makeFolder(this.path);
      const highest = Math.max(known, this.#last(), this.#numbers().at(-1) ?? 0);
      for (let number = highest + 1; ; number += 1) {
        const folder = this.#at(jobId(number));
        try {
          mkdirSync(folder.path, { mode: FOLDER_MODE });
        } catch (error) {
          if (isCode(error, 'EEXIST')) continue;
          throw error;
        }
        shareAs(this.ledger, folder.path);
        folder.prepare();
        this.#noteLast(number);
        return { id: jobId(number), folder };
      }
    });
  }

  /**
   * The job that was made under a key; null where there is none, or it was removed. A key file that leads to
   * the job of another key was left by one that was removed.
   */
  underKey(key: string): JobRecord | null {
    const place = this.#keyFile(key);
    const text = ifThere(place, () => readFileSync(place, 'utf8'));
    if (text === null) return null;
    const id = idIn(text);
    const record = id === null ? null : (this.find(id)?.json('job.json') ?? null);
    if (record?.once.key === key) return record;
    rmSync(place, { force: true });
    return null;
  }

  /**
   * Makes a job the one of its key. The name is taken by a link, which fails when it is there.
   * @returns false where another job has the key already
   */
  claim(key: string, folder: JobFolder): boolean {
    const place = this.#keyFile(key);
    return guarded('Cannot write', place, () => {
      this.#makeFolder(path.dirname(place));
      try {
        linkSync(folder.file('job.json'), place);
      } catch (error) {
        if (isCode(error, 'EEXIST')) return false;
        if (!isCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error;
        return this.#claimByCopy(folder, place);
      }
      return true;
    });
  }

  /** Gives a key free again: its job could not be started, or has failed and another call wants it. */
  release(key: string): void {
    rmSync(this.#keyFile(key), { force: true });
  }

  /** File systems without hard links: the exclusive copy refuses an existing file as well. */
  #claimByCopy(folder: JobFolder, place: string): boolean {
    try {
      copyFileSync(folder.file('job.json'), place, constants.COPYFILE_EXCL);
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  #at(id: string): JobFolder {
    return new JobFolder(path.join(this.path, id));
  }

  /** Makes a folder that is not there, for those who may use the ledger. */
  #makeFolder(folder: string): void {
    try {
      mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
      const sentence = `${folder} is a file, and the background jobs of this ledger need a folder of that name.`;
      throw new ConflictError(sentence, { hint: 'Move the file away.', cause: error });
    }
    shareAs(this.ledger, folder);
  }

  /** The highest number that was given; 0 where none is noted. */
  #last(): number {
    const place = path.join(this.path, 'last');
    const text = ifThere(place, () => readFileSync(place, 'utf8')) ?? '';
    return /^[1-9]\d{0,11}\n$/.test(text) ? Number(text) : 0;
  }

  #noteLast(number: number): void {
    if (number <= this.#last()) return;
    const place = path.join(this.path, 'last');
    const draft = `${place}.new-${process.pid}`;
    const file = openIn(this.path, draft, 'w');
    try {
      writeFileSync(file, `${number}\n`);
    } finally {
      closeSync(file);
    }
    renameSync(draft, place);
  }

  #numbers(): number[] {
    const names = ifThere(this.path, () => readdirSync(this.path)) ?? [];
    return names
      .flatMap((name) => {
        const digits = JOB_FOLDER.exec(name)?.[1];
        return digits === undefined ? [] : [Number(digits)];
      })
      .sort((one, other) => one - other);
  }

  #keyFile(key: string): string {
    return path.join(this.path, 'keys', createHash('sha256').update(key).digest('hex'));
  }
}
