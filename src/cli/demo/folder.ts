/** The folder that a demo makes: known again by its marker, so that nobody else's folder is ever replaced. */
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConflictError } from '../../core/errors.js';

/** Where the demo puts its files, in the current folder. */
export const DEMO_FOLDER = 'payrun-demo';

/** What the demo makes in it. */
export const DEMO_FILES = {
  ledger: path.join(DEMO_FOLDER, 'ledger.db'),
  affiliates: path.join(DEMO_FOLDER, 'affiliates.csv'),
  commissions: path.join(DEMO_FOLDER, 'commissions.csv'),
  payouts: path.join(DEMO_FOLDER, 'payouts.csv'),
  lines: path.join(DEMO_FOLDER, 'lines.csv'),
} as const;

const MARKER = path.join(DEMO_FOLDER, '.payrun-demo');
const MARKER_TEXT = 'This folder was made by `payrun demo`, which replaces its files when it runs again.\n';

const SAMPLES = new URL('../../../data/demo/', import.meta.url);

/** The sample files as they are shipped. */
export async function readSamples(): Promise<{ readonly affiliates: string; readonly commissions: string }> {
  const [affiliates, commissions] = await Promise.all(
    ['affiliates.csv', 'commissions.csv'].map((name) => readFile(new URL(name, SAMPLES), 'utf8')),
  );
  return { affiliates: affiliates ?? '', commissions: commissions ?? '' };
}

/**
 * Makes the folder, without what an earlier demo left in it. Other files in it are not the demo's and stay.
 * @throws ConflictError when something of that name is there that no demo made
 */
export async function makeDemoFolder(): Promise<void> {
  const there = await kindOf(DEMO_FOLDER);
  const ours = there === 'nothing' || (there === 'folder' && (await isOurs()));
  if (!ours) {
    throw new ConflictError(`${DEMO_FOLDER} is there already, and no demo made it.`, {
      hint: 'Move it away, or run the demo in another folder.',
    });
  }
  const { ledger } = DEMO_FILES;
  const left = [...Object.values(DEMO_FILES), `${ledger}-wal`, `${ledger}-shm`];
  for (const file of left) {
    if ((await kindOf(file)) === 'folder') {
      throw new ConflictError(`${file} is a folder, where the demo makes a file.`, { hint: 'Move it away.' });
    }
  }
  await mkdir(DEMO_FOLDER, { recursive: true });
  await writeFile(MARKER, MARKER_TEXT);
  await Promise.all(left.map((file) => rm(file, { force: true })));
}

/** An empty folder is what an interrupted demo may leave. */
async function isOurs(): Promise<boolean> {
  const names = await readdir(DEMO_FOLDER);
  return names.length === 0 || names.includes(path.basename(MARKER));
}

async function kindOf(place: string): Promise<'nothing' | 'folder' | 'other'> {
  try {
    return (await lstat(place)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing';
    throw error;
  }
}
