/** Asks a person for what is to be known of an affiliate; a value is checked as soon as it is typed. */
import { fieldCheck, newAffiliate, type FieldCheck, type GivenFields } from '../app/affiliate-fields.js';
import { isTakenId } from '../app/edit-affiliates.js';
import type { Work } from '../app/work.js';
import {
  AFFILIATE_FIELDS,
  AFFILIATE_STATUSES,
  maskedAccount,
  PAYOUT_METHODS,
  shownField,
  type AffiliateDetails,
  type AffiliateField,
} from '../core/affiliate.js';
import { affiliateName, changeLines, FIELD_WORDS } from './affiliate-fields.js';
import { confirm, input, select, type Choice } from './prompts.js';
import { counted } from './render/money.js';
import { shortened } from './table.js';
import type { Terminal } from './terminal.js';

/** The cursor before a choice, and one column to spare. */
const CURSOR_COLUMNS = 3;

/** What empties a field in an edit, where Enter alone keeps it. */
const EMPTIES = '-';

type Draft = Partial<Record<AffiliateField, string>>;

/** Somebody who is to be added, as far as he is known. */
export interface NewAnswers {
  readonly id: string;
  readonly given: GivenFields;
}

/** What is asked of somebody new, in this order; the rest only where what it belongs to was given. */
const ASKED = AFFILIATE_FIELDS.filter((field) => field !== 'name' && field !== 'status');

function isWorthAsking(field: AffiliateField, draft: Draft): boolean {
  const method = draft.payout_method;
  if (field === 'payout_account' || field === 'payout_name') {
    return method !== undefined && method !== 'manual';
  }
  if (field === 'payout_bic') return method === 'sepa';
  const isRestOfAddress = ['address_line2', 'city', 'region', 'postal_code'].includes(field);
  return !isRestOfAddress || draft.address_line1 !== undefined;
}

const NO_METHOD: Choice<string> = { name: 'none yet', value: '' };

const methodChoices: readonly Choice<string>[] = PAYOUT_METHODS.map((method) => ({
  name: method,
  value: method,
}));

const leavesAccount = (field: AffiliateField): { leaves?: (answer: string) => string } =>
  field === 'payout_account'
    ? { leaves: (answer) => (answer.length > 1 ? maskedAccount(answer) : answer) }
    : {};

/**
 * Asks for the id and the name where they are missing, then for everything else that is: Enter skips.
 * @throws UsageError when something was given and is wrong
 */
export async function askNewAffiliate(
  terminal: Terminal,
  work: Work,
  known: { readonly id: string | undefined; readonly given: GivenFields },
): Promise<NewAnswers> {
  const check = await fieldCheck(
    work,
    newAffiliate(known.id ?? 'new', known.given.name ?? 'new'),
    known.given,
  );
  const id = known.id ?? (await askId(terminal, work, check));
  const draft: Draft = { ...known.given };
  const problemOf = (field: AffiliateField) => (answer: string) =>
    check(newAffiliate(id, 'new'), { ...draft, [field]: answer });
  draft.name ??= await input(terminal, { message: 'Name', check: problemOf('name') });
  for (const field of ASKED) {
    if (draft[field] !== undefined || !isWorthAsking(field, draft)) continue;
    const { title, description } = FIELD_WORDS[field];
    const about = description.toLowerCase() === title.toLowerCase() ? '' : `${description}; `;
    const answer =
      field === 'payout_method'
        ? await select(terminal, { message: title, choices: [NO_METHOD, ...methodChoices] })
        : await input(terminal, {
            message: `${title} (${about}Enter skips)`,
            check: (typed) => (typed === '' ? undefined : problemOf(field)(typed)),
            ...leavesAccount(field),
          });
    if (answer !== '') draft[field] = answer;
  }
  return { id, given: draft };
}

async function askId(terminal: Terminal, work: Work, check: FieldCheck): Promise<string> {
  return input(terminal, {
    message: 'Id (as the tracking system has it)',
    check: async (typed) =>
      check(newAffiliate(typed, 'new'), {}) ??
      ((await isTakenId(work, typed)) ? `There is an affiliate ${typed} already.` : undefined),
  });
}

/**
 * Asks which fields to change and to what, until that is all, and for consent.
 * @returns what is to be changed; null where nothing is
 */
export async function askEdits(
  terminal: Terminal,
  work: Work,
  affiliate: AffiliateDetails,
): Promise<{ given: GivenFields; isConfirmed: boolean } | null> {
  const check = await fieldCheck(work, affiliate, {});
  let draft: Draft = {};
  let last: AffiliateField = 'name';
  for (;;) {
    const field = await askField(terminal, affiliate, draft, last);
    if (field === null) break;
    const answer = await askValue(terminal, affiliate, field, (typed) =>
      check(affiliate, { ...draft, [field]: typed }),
    );
    draft = withField(draft, field, answer);
    last = field;
  }
  const fields = AFFILIATE_FIELDS.filter((field) => draft[field] !== undefined);
  if (fields.length === 0) return null;
  terminal.note(changeLines(fields.map((field) => draftChange(affiliate, field, draft))));
  const message = `Change ${counted(fields.length, 'field')} of ${affiliateName(affiliate)}?`;
  return { given: draft, isConfirmed: await confirm(terminal, { message }) };
}

/** @param answer null to keep what is there */
function withField(draft: Draft, field: AffiliateField, answer: string | null): Draft {
  const others = Object.entries(draft).filter(([name]) => name !== field);
  return Object.fromEntries(answer === null ? others : [...others, [field, answer]]);
}

/** A field as it is and as it was typed, to be shown. */
function draftChange(
  affiliate: AffiliateDetails,
  field: AffiliateField,
  draft: Draft,
): { field: AffiliateField; valueBefore: string | null; valueAfter: string | null } {
  const typed = draft[field] ?? '';
  const after = field === 'payout_account' && typed !== '' ? maskedAccount(typed) : typed;
  return { field, valueBefore: shownField(affiliate, field), valueAfter: after === '' ? null : after };
}

/** @returns null where that is all */
async function askField(
  terminal: Terminal,
  affiliate: AffiliateDetails,
  draft: Draft,
  last: AffiliateField,
): Promise<AffiliateField | null> {
  const titles = AFFILIATE_FIELDS.map((field) => FIELD_WORDS[field].title.length);
  const width = Math.max(...titles);
  const fields = AFFILIATE_FIELDS.map((field): Choice<AffiliateField | null> => {
    const value =
      draft[field] === undefined
        ? (shownField(affiliate, field) ?? '')
        : `${draftChange(affiliate, field, draft).valueAfter ?? 'empty'} (new)`;
    const line = `${FIELD_WORDS[field].title.padEnd(width)}  ${value}`.trimEnd();
    return { name: shortened(line, terminal.errorWidth - CURSOR_COLUMNS), value: field };
  });
  const count = Object.keys(draft).length;
  const end: Choice<AffiliateField | null> = {
    name: count === 0 ? 'Nothing, leave it as it is' : `That is all: ${counted(count, 'field')}`,
    value: null,
  };
  return select(terminal, {
    message: `What to change of ${affiliateName(affiliate)}?`,
    choices: [end, ...fields],
    initial: count === 0 ? last : null,
  });
}

/** @returns the new value, empty to clear; null to keep what is there */
async function askValue(
  terminal: Terminal,
  affiliate: AffiliateDetails,
  field: AffiliateField,
  check: (typed: string) => string | undefined,
): Promise<string | null> {
  const { title } = FIELD_WORDS[field];
  const now = shownField(affiliate, field);
  if (field === 'status' || field === 'payout_method') {
    const choices: readonly Choice<string>[] =
      field === 'payout_method'
        ? [...methodChoices, NO_METHOD]
        : AFFILIATE_STATUSES.map((status) => ({ name: status, value: status }));
    const answer = await select(terminal, { message: title, choices, initial: now ?? '' });
    return answer === (now ?? '') ? null : answer;
  }
  const canEmpty = field !== 'name' && now !== null;
  const empties = field === 'minimum_payout' ? `${EMPTIES} takes the programme’s` : `${EMPTIES} empties it`;
  const hint = ['Enter keeps it', ...(canEmpty ? [empties] : [])].join(', ');
  const isKept = (typed: string): boolean => typed === '' || (canEmpty && typed === EMPTIES);
  const answer = await input(terminal, {
    message: `${title}, now ${now ?? 'empty'} (${hint}):`,
    check: (typed) => (isKept(typed) ? undefined : check(typed)),
    ...leavesAccount(field),
  });
  if (answer === '') return null;
  return canEmpty && answer === EMPTIES ? '' : answer;
}
