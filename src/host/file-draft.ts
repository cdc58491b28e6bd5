/**
 * Files that take their names together, at a moment that the caller chooses: written and on the disk before,
 * so that at that moment little can fail; and given back should what was to happen with it fail after all.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import {
  checkTarget,
  guarded,
  removeAbandoned,
  syncFile,
  syncFolder,
  take,
  WRITE_BYTES,
  type AtomicFileOptions,
  type WrittenFile,
} from './atomic-file.js';

const isThere = (place: string): Promise<boolean> =>
  stat(place).then(
    (found) => found.isFile(),
    () => false,
  );

/** One file that has no name yet. */
interface Draft {
  readonly temporary: string;
  readonly file: FileHandle;
  readonly hash: ReturnType<typeof createHash>;
  bytes: number;
  gathered: Uint8Array[];
  size: number;
}

/** What is known of a draft before it has a name; `sha256` in hexadecimal digits. */
export type DraftTold = Omit<WrittenFile, 'path'>;

/** A second name for a file; where there can be none, another one. */
async function keep(place: string, kept: string): Promise<void> {
  try {
    await link(place, kept);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await rename(place, kept);
  }
}

async function putBack(kept: string, place: string): Promise<void> {
  await rename(kept, place).catch(() => undefined);
  // Two names of one file, as they are where the new one did not take its place, are left by a rename.
  await unlink(kept).catch(() => undefined);
}

/** The names of so many files of one target: several become `x-1.csv`, `x-2.csv` and so on. */
export function fileNames(target: string, count: number): string[] {
  const { dir, name, ext } = path.parse(target);
  if (count < 2) return Array.from({ length: count }, () => target);
  return Array.from({ length: count }, (_, place) => path.join(dir, `${name}-${place + 1}${ext}`));
}

/** A name that was taken, until it is settled: what it replaced is kept beside it; null for nothing. */
interface Taken {
  readonly place: string;
  readonly kept: string | null;
}

/** The drafts of one target: the first of them is file 1. */
export class FileDrafts {
  readonly #drafts: Draft[] = [];
  #taken: Taken[] = [];

  private constructor(
    private readonly target: string,
    private readonly place: string,
    private readonly options: AtomicFileOptions,
  ) {}

  /**
   * @param target where a single file goes; several become `x-1.csv`, `x-2.csv` and so on
   * @throws as `writeFileAtomically`, early
   */
  static async begin(target: string, options: AtomicFileOptions): Promise<FileDrafts> {
    const place = await checkTarget(target, { ...options, overwrite: true });
    await removeAbandoned(place);
    return new FileDrafts(target, place, options);
  }

  /** Goes on with a file. Strings are gathered before they are written. */
  async write(file: number, content: string | Uint8Array): Promise<void> {
    this.options.signal?.throwIfAborted();
    while (this.#drafts.length < file) this.#drafts.push(await this.#begin());
    const draft = this.#drafts[file - 1];
    if (draft === undefined) throw new Error(`There is no file ${file}.`);
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    draft.gathered.push(bytes);
    draft.size += bytes.length;
    if (draft.size >= WRITE_BYTES) await this.#flush(draft);
  }

  async #begin(): Promise<Draft> {
    const suffix = randomBytes(6).toString('hex');
    const temporary = path.join(path.dirname(this.place), `.${path.basename(this.place)}.${suffix}.tmp`);
    const file = await guarded(this.target, () => open(temporary, 'wx', this.options.mode ?? 0o600));
    return { temporary, file, hash: createHash('sha256'), bytes: 0, gathered: [], size: 0 };
  }

  async #flush(draft: Draft): Promise<void> {
    const bytes = Buffer.concat(draft.gathered);
    draft.gathered = [];
    draft.size = 0;
    draft.hash.update(bytes);
    draft.bytes += bytes.length;
    await guarded(this.target, () => draft.file.writeFile(bytes));
  }

  /** Puts everything on the disk. @returns what each file is known by, in their order */
  async finish(): Promise<DraftTold[]> {
    const told: DraftTold[] = [];
    for (const draft of this.#drafts) {
      await this.#flush(draft);
      await guarded(this.target, () => draft.file.close());
      await guarded(this.target, () => syncFile(draft.temporary));
      told.push({ bytes: draft.bytes, sha256: draft.hash.digest('hex') });
    }
    return told;
  }

  /** The names that the files will have; of several that are asked for by a link, beside what it leads to. */
  names(): string[] {
    return fileNames(this.#drafts.length > 1 ? this.#beside : this.target, this.#drafts.length);
  }

  get #beside(): string {
    return this.place === path.resolve(this.target) ? this.target : this.place;
  }

  /** Refuses what could not take its name. @throws as `writeFileAtomically` */
  async check(): Promise<void> {
    for (const name of this.names()) await checkTarget(name, this.options);
  }

  /**
   * Gives every file its name. What is replaced is kept beside it until `settle` or `discard`, so that `undo`
   * can put it back.
   * @throws as `writeFileAtomically`; then those named before stay, unless they are undone
   */
  async take(): Promise<void> {
    this.options.signal?.throwIfAborted();
    await this.check();
    for (const [file, name] of this.names().entries()) {
      const temporary = this.#drafts[file]?.temporary ?? '';
      const place = await checkTarget(name, this.options);
      const kept = this.options.overwrite && (await isThere(place)) ? `${temporary}-kept` : null;
      if (kept !== null) await guarded(name, () => keep(place, kept));
      try {
        await guarded(name, () => take(temporary, place, name, this.options));
      } catch (error) {
        if (kept !== null) await putBack(kept, place);
        throw error;
      }
      this.#taken.push({ place, kept });
    }
    await syncFolder(path.dirname(this.place));
  }

  /** The names are taken for good: what was replaced is gone. */
  async settle(): Promise<void> {
    const taken = this.#taken;
    this.#taken = [];
    for (const { kept } of taken) if (kept !== null) await unlink(kept).catch(() => undefined);
  }

  /** Everything is again as it was before `take`, of what was not settled. */
  async undo(): Promise<void> {
    const taken = this.#taken.reverse();
    this.#taken = [];
    for (const { place, kept } of taken) {
      if (kept === null) await unlink(place).catch(() => undefined);
      else await putBack(kept, place);
    }
    if (taken.length > 0) await syncFolder(path.dirname(this.place));
  }

  /**
   * Files that stand beside as if they belonged to these: of an earlier time, when there were more of them,
   * or one in the place of several.
   */
  async leftOver(): Promise<string[]> {
    const { dir, name, ext } = path.parse(this.#beside);
    const isSplit = this.#drafts.length > 1;
    const found: string[] = [];
    if (isSplit && (await isThere(this.target))) found.push(this.target);
    for (let place = isSplit ? this.#drafts.length + 1 : 1; ; place += 1) {
      const part = path.join(dir, `${name}-${place}${ext}`);
      if (!(await isThere(part))) return found;
      found.push(part);
    }
  }

  /** Removes what took no name, and what was kept of what was replaced. */
  async discard(): Promise<void> {
    await this.settle();
    for (const { temporary, file } of this.#drafts) {
      await file.close().catch(() => undefined);
      await unlink(temporary).catch(() => undefined);
    }
  }
}
