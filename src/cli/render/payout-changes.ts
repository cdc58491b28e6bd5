/** What became of payouts, for people and for programs. */
import type { Changed } from '../../app/change-payouts.js';
import type { Redone, Replacement } from '../../app/redo-payouts.js';
import { PAST, TRANSITIONS, type DetailsChange, type Payout, type PayoutVerb } from '../../core/payout.js';
import { affiliateName, changeLines } from '../affiliate-fields.js';
import { safeText } from '../safe-text.js';
import { printTable, type Cell } from '../table.js';
import type { Terminal } from '../terminal.js';
import { amountCell, counted, sumsByCurrency } from './money.js';
import { payoutJson, printPayouts } from './payouts.js';

/** The answer of every verb as JSON tells it: the payouts as they are now, and how many of them changed. */
export function changedJson(payouts: readonly Payout[], changed: number): Record<string, unknown> {
  return { payouts: payouts.map(payoutJson), changed };
}

function alreadyText(verb: PayoutVerb, count: number): string {
  if (count === 0) return '';
  const status = verb === 'redo' ? 'redone' : TRANSITIONS[verb].to;
  return ` ${counted(count, 'payout')} ${count === 1 ? 'was' : 'were'} ${status} already.`;
}

/**
 * What was done, in one line: how many, how much, and how many were there already.
 * @param now a sentence on what stands in the place of those that changed
 */
function headline(verb: PayoutVerb, changed: readonly Payout[], all: readonly Payout[], now = ''): string {
  const done = verb === 'void' || verb === 'redo' ? PAST[verb] : TRANSITIONS[verb].to;
  const answer =
    changed.length === 0
      ? `Nothing to ${verb}.`
      : `${counted(changed.length, 'payout')} ${done}: ${sumsByCurrency(changed)}.`;
  return answer + now + alreadyText(verb, all.length - changed.length);
}

/**
 * Prints what was done, then the payouts.
 * @param rows whether the payouts are listed, too: they are not where somebody has just seen them
 */
export async function printChanged(
  terminal: Terminal,
  verb: Exclude<PayoutVerb, 'redo'>,
  { changed, payouts }: Changed,
  rows: boolean,
): Promise<void> {
  terminal.print(terminal.bold(headline(verb, changed, payouts)));
  if (verb === 'void') {
    for (const { invoiceNumber, creditNoteNumber } of payouts) {
      terminal.print(`  ${invoiceNumber}  credit note ${creditNoteNumber ?? ''}`);
    }
  } else if (rows) {
    terminal.print('\n');
    await printPayouts(terminal, payouts);
  }
}

/** Prints what was changed of payment details that an approval says yes to, by affiliate. */
export function printDetailsChanges(terminal: Terminal, changes: readonly DetailsChange[]): void {
  for (const text of detailsChangesText(changes)) terminal.print(`\n${text}`);
}

/** What was changed of payment details, a paragraph for each affiliate. */
function detailsChangesText(changes: readonly DetailsChange[]): string[] {
  const byAffiliate = new Map<string, DetailsChange[]>();
  for (const change of changes) {
    byAffiliate.set(change.affiliateId, [...(byAffiliate.get(change.affiliateId) ?? []), change]);
  }
  return [...byAffiliate].map(([id, his]) => {
    const name = affiliateName({ id, name: his[0]?.affiliateName ?? '' });
    const who = [...new Set(his.map(({ by, on }) => `by ${safeText(by)} on ${on}`))].join(' and ');
    return `The payment details of ${name} were changed ${who}:\n${changeLines(his)}`;
  });
}

function difference(terminal: Terminal, { old, new: made }: Replacement): Cell {
  const minor = made.amount - old.amount;
  const amount = amountCell(terminal, minor, old.currency);
  return minor > 0n ? `+${amount}` : amount;
}

/** Old and new side by side. A preview has taken no numbers, so it shows none. */
export async function printReplacements(
  terminal: Terminal,
  replacements: readonly Replacement[],
  preview: boolean,
): Promise<void> {
  await printTable(terminal, {
    columns: [
      { title: 'Invoice', fixed: true },
      ...(preview ? [] : [{ title: 'Replaced by', fixed: true }]),
      { title: 'Name' },
      { title: 'Amount', money: true },
      { title: 'Now', money: true },
      { title: 'Difference', money: true },
      { title: 'Currency', fixed: true },
    ],
    rows: replacements.map((replacement) => [
      replacement.old.invoiceNumber,
      ...(preview ? [] : [replacement.new.invoiceNumber]),
      replacement.old.affiliateName,
      amountCell(terminal, replacement.old.amount, replacement.old.currency),
      amountCell(terminal, replacement.new.amount, replacement.new.currency),
      difference(terminal, replacement),
      replacement.old.currency,
    ]),
  });
}

/** A redo is no yes to payment details that were changed meanwhile. */
export function redoneDetailsText(changed: readonly Replacement[]): string {
  const changes = new Map(
    changed.flatMap(({ detailsChanges }) =>
      detailsChanges.map((one) => [`${one.affiliateId} ${one.field}`, one] as const),
    ),
  );
  const what = changed.length === 1 ? 'what replaces it' : `what replaces ${changed.length} of them`;
  return [
    `Payment files leave out ${what} until somebody approves the new payment details.`,
    ...detailsChangesText([...changes.values()]),
  ].join('\n');
}

/** What was redone, then each with what stands in its place; those redone before, in lines of their own. */
export async function printRedone(terminal: Terminal, { payouts, replacements }: Redone): Promise<void> {
  const olds = replacements.map(({ old }) => old);
  const news = replacements.map((replacement) => replacement.new);
  const now = news.length === 0 ? '' : ` Now ${sumsByCurrency(news)}.`;
  terminal.print(terminal.bold(headline('redo', olds, payouts, now)));
  if (olds.length > 0) {
    terminal.print('\n');
    await printReplacements(terminal, replacements, false);
  }
  const redone = new Set(olds.map(({ invoiceNumber }) => invoiceNumber));
  for (const { invoiceNumber, replacedBy } of payouts) {
    if (!redone.has(invoiceNumber)) terminal.print(`  ${invoiceNumber}  replaced by ${replacedBy ?? ''}`);
  }
}
