/** Importing affiliates: all rows or none. What an operator stopped stays stopped (SPEC section 8). */
import { isCountry } from '../core/countries.js';
import type { CurrencyCode } from '../core/currencies.js';
import { currenciesLike } from '../core/currencies.js';
import { AFFILIATE_COLUMNS, readAffiliate, type AffiliateColumn } from '../imports/affiliates-csv.js';
import {
  beginStaging,
  checkStaged,
  eachStagedPayee,
  endStaging,
  listKeptStatuses,
  mergeStaged,
  stageAffiliates,
  type KeptStatus,
  type StagedAffiliate,
} from '../store/affiliate-import.js';
import { lastAffiliateChange } from '../store/affiliate-changes.js';
import type { Reader, Writer } from '../store/ledger.js';
import { heldByImport, type HeldPayout } from '../store/payouts.js';
import { changeStamp } from './affiliate-fields.js';
import { Book } from './book.js';
import {
  IMPORT_STEPS,
  refuseBadFile,
  refuseMovedSettings,
  stageFile,
  writeRejected,
  type FileFormat,
  type Imported,
  type ImportInput,
  type StagedFile,
} from './import-file.js';
import { payeeDoubt, type PayeeDoubt } from './payee-doubt.js';
import { write, type Done, type Work } from './work.js';

/** How many affiliates of a file share something, and the first of them. */
interface Sharing {
  readonly count: number;
  readonly affiliateIds: readonly string[];
}

/** So many of them are named. */
const NAMED = 10;

export interface AffiliatesImported extends Imported {
  /** Those whom an operator stopped and whose file says otherwise. */
  readonly keptStatuses: readonly KeptStatus[];
  /** Those of the file who could not be paid as things stand. */
  readonly doubtfulPayees: readonly (Sharing & { readonly doubt: PayeeDoubt })[];
  /** Those of the file whose country is none; payment files leave their addresses out. */
  readonly unknownCountries: readonly (Sharing & { readonly country: string })[];
  /** The payouts that wait, since the file changed payment details, until somebody approves the new ones. */
  readonly held: readonly HeldPayout[];
}

/**
 * Imports a canonical file of affiliates. Payment details are never a reason to refuse a row.
 * @throws InvalidDataError when a row is bad (with `skipInvalid`: when the file cannot be read on);
 * NotFoundError when the file is not there; ConflictError when settings changed while it was read; what
 * writing the refused rows throws. Nothing is imported then.
 */
export async function importAffiliates(work: Work, input: ImportInput): Promise<AffiliatesImported> {
  const book = await work.ledger.read((reader) => Book.read(reader, work.now));
  const format = formatOf(book.currency);
  let file: StagedFile<AffiliateColumn> | undefined;
  const stage = async (staging: Writer): Promise<void> => {
    await beginStaging(staging);
    file = await stageFile(staging, input, format, work);
    await endStaging(staging);
  };
  const { path, skipInvalid } = input;
  return write(
    work,
    { command: 'import affiliates', request: { path, skipInvalid } },
    async (writer) => {
      if (file === undefined) throw new Error('The file was not staged.');
      refuseMovedSettings(book, await Book.read(writer, work.now), ['currency']);
      return merge(writer, work, { input, file, book });
    },
    { stage, dryRun: input.dryRun },
  );
}

/** A minimum is in the currency of its row, else in the ledger's. */
function formatOf(ledgerCurrency: CurrencyCode): FileFormat<AffiliateColumn, StagedAffiliate> {
  return {
    columns: AFFILIATE_COLUMNS,
    readRow: (record, header, cells) => {
      const reading = readAffiliate(record, header, { ledgerCurrency });
      if (!reading.ok) return reading;
      const { row } = reading;
      const minimum = row.minimumPayout;
      const minimumCurrency = minimum === null ? null : (row.currency ?? ledgerCurrency);
      return { ok: true, row: { ...row, minimum, minimumCurrency, cells } };
    },
    stage: stageAffiliates,
  };
}

interface Merging {
  readonly input: ImportInput;
  readonly file: StagedFile<AffiliateColumn>;
  readonly book: Book;
}

async function merge(
  writer: Writer,
  work: Work,
  { input, file, book }: Merging,
): Promise<Done<AffiliatesImported>> {
  const merging = {
    has: file.header.has,
    currency: book.currency,
    sameDecimals: currenciesLike(book.currency),
    stamp: changeStamp(work, book),
  };
  work.progress(2, IMPORT_STEPS, 'checking against the ledger');
  const rejected = await checkStaged(writer, merging);
  await refuseBadFile(writer, input, file);
  work.progress(3, IMPORT_STEPS, 'writing to the ledger');
  const lastChange = await lastAffiliateChange(writer);
  const counts = { ...(await mergeStaged(writer, merging)), rejected };
  work.progress(4, IMPORT_STEPS, 'looking at payment details');
  const result: AffiliatesImported = {
    counts,
    rows: file.rows,
    keptStatuses: await listKeptStatuses(writer),
    ...(await oddities(writer)),
    held: await heldByImport(writer, lastChange),
    unknownColumns: file.header.unknown,
    digest: file.digest,
    ...(await writeRejected(writer, work, input, file)),
  };
  return { result, changed: counts.new + counts.changed > 0, recorded: { counts, rows: file.rows } };
}

/** Affiliates that share something, in the order of the file, by what they share. */
class Groups<Key extends string> {
  readonly #groups = new Map<Key, { count: number; affiliateIds: string[] }>();

  add(key: Key, id: string): void {
    const group = this.#groups.get(key) ?? { count: 0, affiliateIds: [] };
    group.count += 1;
    if (group.count <= NAMED) group.affiliateIds.push(id);
    this.#groups.set(key, group);
  }

  sorted(): (readonly [Key, Sharing])[] {
    return [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** What is missing or odd with the affiliates of the file, as they are now. Asked after the merge. */
async function oddities(
  reader: Reader,
): Promise<Pick<AffiliatesImported, 'doubtfulPayees' | 'unknownCountries'>> {
  const doubts = new Groups<PayeeDoubt>();
  const countries = new Groups<string>();
  for await (const page of eachStagedPayee(reader)) {
    for (const payee of page) {
      const doubt = payeeDoubt(payee);
      if (doubt !== null) doubts.add(doubt, payee.id);
      if (payee.country !== null && !isCountry(payee.country)) countries.add(payee.country, payee.id);
    }
  }
  return {
    doubtfulPayees: doubts.sorted().map(([doubt, those]) => ({ doubt, ...those })),
    unknownCountries: countries.sorted().map(([country, those]) => ({ country, ...those })),
  };
}
