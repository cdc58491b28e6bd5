/**
 * The folders of background jobs, beside the ledger. Making one needs no lock of the ledger, so that a job is
 * taken on while the ledger is busy. Files are written whole or not at all, because others read them at any
 * moment; and synchronously, so that progress is told between two statements.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { IntegrityError } from '../core/errors.js';
import { jobId, type JobEnd, type JobProgress, type JobRecord, type JobWorker } from '../core/job.js';
import { fileFailure } from './file-failure.js';

/** The documents in the folder of a job. */
interface JobDocuments {
  /** What it is asked to do. A folder without it is no job. */
  readonly 'job.json': JobRecord;
  readonly 'worker.json': JobWorker;
  readonly 'progress.json': JobProgress;
  /** Its standard output. */
  readonly 'answer.json': Readonly<Record<string, unknown>>;
  readonly 'ended.json': JobEnd;
  /** Who wants it to end. */
  readonly 'cancel.json': { readonly at: string; readonly by: string };
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
const FILE_MODE = 0o600;
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

/** The folder of one job. */
export class JobFolder {
  constructor(readonly path: string) {}

  file(name: JobFile): string {
    return path.join(this.path, name);
  }

  has(name: JobFile): boolean {
    return existsSync(this.file(name));
  }

  /** The text of a file; null where it is not there. */
  text(name: JobFile): string | null {
    try {
      return readFileSync(this.file(name), 'utf8');
    } catch (error) {
      if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw fileFailure(error, 'Cannot read', this.file(name));
    }
  }

  /** What a document says; null where it is not there. @throws IntegrityError when it is no JSON */
  json<Name extends keyof JobDocuments>(name: Name): JobDocuments[Name] | null {
    const text = this.text(name);
    if (text === null) return null;
    try {
      return JSON.parse(text) as JobDocuments[Name];
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
      const file = openSync(draft, 'w', FILE_MODE);
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

  /** Takes in what was piped to the command that made the job. */
  async spool(pieces: AsyncIterable<Buffer>): Promise<void> {
    const target = this.file('input');
    const file = guarded('Cannot write', target, () => openSync(target, 'wx', FILE_MODE));
    try {
      for await (const piece of pieces) {
        guarded('Cannot write', target, () => {
          appendFileSync(file, piece);
        });
      }
    } finally {
      closeSync(file);
    }
  }

  openInput(): NodeJS.ReadableStream {
    return createReadStream(this.file('input'));
  }

  /** Where the answer goes; `keep` gives it its name. What a full disk has cut short gets none. */
  openAnswer(): { readonly output: Writable; readonly keep: () => Promise<void> } {
    const target = this.file('answer.json');
    const draft = `${target}.new`;
    const output = createWriteStream(draft, { mode: FILE_MODE });
    const keep = async (): Promise<void> => {
      try {
        await finished(output.end());
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

/** All jobs of one ledger. They move with it: nothing in them says where it lies. */
export class JobsFolder {
  private constructor(readonly path: string) {}

  /** The folder beside a ledger that is there; links to it are followed. */
  static beside(ledger: string): JobsFolder {
    return new JobsFolder(`${guarded('Cannot read', ledger, () => realpathSync(ledger))}.jobs`);
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

  /** Makes the folder of the next job. Whoever else makes one at the same time gets another number. */
  make(): { readonly id: string; readonly folder: JobFolder } {
    return guarded('Cannot write', this.path, () => {
      mkdirSync(this.path, { recursive: true, mode: FOLDER_MODE });
      for (let number = (this.#numbers().at(-1) ?? 0) + 1; ; number += 1) {
        const folder = this.#at(jobId(number));
        try {
          mkdirSync(folder.path, { mode: FOLDER_MODE });
          return { id: jobId(number), folder };
        } catch (error) {
          if (!isCode(error, 'EEXIST')) throw error;
        }
      }
    });
  }

  /** The job that was made under a key; null where there is none, or it was removed. */
  underKey(key: string): JobRecord | null {
    const place = this.#keyFile(key);
    try {
      const record = JSON.parse(readFileSync(place, 'utf8')) as JobRecord;
      if (this.find(record.id) !== null) return record;
      rmSync(place, { force: true });
    } catch (error) {
      if (!isCode(error, 'ENOENT', 'ENOTDIR')) throw fileFailure(error, 'Cannot read', place);
    }
    return null;
  }

  /**
   * Makes a job the one of its key. The name is taken by a link, which fails when it is there.
   * @returns false where another job has the key already
   */
  claim(key: string, folder: JobFolder): boolean {
    const place = this.#keyFile(key);
    return guarded('Cannot write', place, () => {
      mkdirSync(path.dirname(place), { recursive: true, mode: FOLDER_MODE });
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

  /** Gives a key free again, after the job that had it could not be started. */
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

  #numbers(): number[] {
    if (!existsSync(this.path)) return [];
    const names = guarded('Cannot read', this.path, () => readdirSync(this.path));
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
