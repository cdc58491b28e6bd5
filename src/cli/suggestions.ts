/** What completion offers and no command can list by itself: settings, their values, payment batches. */
import type { Work } from '../app/work.js';
import type { GlobalOptions, OfferKind } from './command.js';
import { ledgerPath } from './work.js';

/** What was typed, the last word unfinished, and the environment. */
export interface Typed {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Suggestion {
  readonly value: string;
  readonly description: string;
}

const LOADERS: Readonly<Record<OfferKind, (typed: Typed) => Promise<Suggestion[]>>> = {
  setting: settings,
  'setting-beginning': async () => [...(await beginnings()), ...(await settings())],
  'setting-value': ({ words }) => valuesOf(words.at(-2) ?? ''),
  batch: batches,
};

/** Never throws: who presses Tab wants no error, and then there is nothing to offer. */
export async function suggestions(kind: OfferKind, typed: Typed): Promise<readonly Suggestion[]> {
  try {
    return await LOADERS[kind](typed);
  } catch {
    return [];
  }
}

async function settings(): Promise<Suggestion[]> {
  const { isSetting, settingDefinitions } = await import('../core/settings.js');
  return settingDefinitions()
    .filter(({ key }) => isSetting(key))
    .map(({ key, description }) => ({ value: key, description }));
}

/** `accounts`, `export.datev`: with what several settings begin. */
async function beginnings(): Promise<Suggestion[]> {
  const found = (await settings()).map(({ value }) =>
    /^(?:export\.[^.]+|accounts|company)(?=\.)/.exec(value),
  );
  const words = new Set(found.flatMap((match) => match ?? []));
  return [...words].map((value) => ({ value, description: '' }));
}

async function valuesOf(key: string): Promise<Suggestion[]> {
  const { findSetting } = await import('../core/settings.js');
  const { choices = [] } = findSetting(key).parse;
  return choices.map((value) => ({ value, description: '' }));
}

/** The last one first. The ledger is only looked at: no Tab waits for it, and none brings it forward. */
async function batches({ words, env }: Typed): Promise<Suggestion[]> {
  const { openLedgerAsItIs } = await import('../app/ledger-file.js');
  const { listPayments } = await import('../app/payments.js');
  const ledger = await openLedgerAsItIs(ledgerPath({ globals: typedLedger(words), env }));
  if (ledger === null) return [];
  try {
    const listed = await listPayments({ ledger } satisfies Pick<Work, 'ledger'>, null);
    return listed
      .map(({ id, status, method }) => ({ value: id, description: `${status}, ${method}` }))
      .reverse();
  } finally {
    await ledger.close();
  }
}

/** `--ledger PATH` among the words. */
function typedLedger(words: readonly string[]): Pick<GlobalOptions, 'ledgerPath'> {
  const place = words.indexOf('--ledger');
  const ledger = place === -1 ? undefined : words[place + 1];
  return ledger === undefined || ledger === '' ? {} : { ledgerPath: ledger };
}
