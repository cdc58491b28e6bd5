/** `payrun affiliates edit X`: change what is known of an affiliate. */
import type { GivenFields } from '../../../app/affiliate-fields.js';
import type { AffiliateEdited } from '../../../app/edit-affiliates.js';
import type { Work } from '../../../app/work.js';
import {
  affiliateName,
  changeLines,
  fieldOptions,
  fieldOptionWords,
  givenFields,
  noteMaskedAccount,
} from '../../affiliate-fields.js';
import { defineCommand, type CommandContext, type CommandInput } from '../../command.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

/** What is to be done, and whether somebody was asked for it. */
interface Edit {
  readonly who: string;
  readonly given: GivenFields;
  readonly isAsked: boolean;
  readonly isConfirmed: boolean;
}

async function editOf(context: CommandContext, input: CommandInput, work: Work): Promise<Edit> {
  const { terminal } = context;
  const said = input.optionalArgument('affiliate');
  const given = givenFields(input);
  const isGiven = Object.keys(given).length > 0;
  if (said !== undefined && isGiven) return { who: said, given, isAsked: false, isConfirmed: true };
  if (said === undefined) {
    requireDecision(terminal, 'an id, e-mail or name', 'Which affiliate to edit has not been said.');
  }
  if (!isGiven) {
    requireDecision(terminal, 'an option such as --email EMAIL', 'What to change has not been said.');
  }
  const { showForEdit } = await import('../../../app/edit-affiliates.js');
  const { askAffiliate } = await import('../../ask-affiliate.js');
  const affiliate = await showForEdit(work, said ?? (await askAffiliate(terminal, work)));
  const who = affiliate.id;
  if (isGiven) {
    const { confirm } = await import('../../prompts.js');
    const isConfirmed = await confirm(terminal, { message: `Change ${affiliateName(affiliate)}?` });
    return { who, given, isAsked: true, isConfirmed };
  }
  const { askEdits } = await import('../../affiliate-questions.js');
  const edits = await askEdits(terminal, work, affiliate);
  return { who, given: edits?.given ?? {}, isAsked: true, isConfirmed: edits?.isConfirmed ?? false };
}

export const affiliatesEdit = defineCommand({
  path: ['affiliates', 'edit'],
  summary: 'Change what is known of an affiliate',
  description:
    'Only what is given changes; an empty value ("") clears. On a terminal without options it is asked. ' +
    'An import leaves it so, until the source itself says something else of that column.',
  arguments: [{ name: 'affiliate', description: 'id, e-mail or name' }],
  options: [
    ...fieldOptions(true),
    { flags: '--reason <text>', description: 'why; it stands in the history of the affiliate' },
  ],
  examples: [
    {
      command:
        'payrun affiliates edit aff_1 --payout-method sepa --payout-account "DE89 3704 0044 0532 0130 00"',
      what: 'where the money goes from now on',
    },
    { command: 'payrun affiliates edit aff_1 --minimum 0', what: 'no minimum applies' },
    {
      command: 'payrun affiliates edit aff_1 --minimum ""',
      what: 'the minimum of the programme applies again',
    },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      const reason = input.text('reason') ?? null;
      const { who, given, isAsked, isConfirmed } = await editOf(context, input, work);
      const { editAffiliate } = await import('../../../app/edit-affiliates.js');
      if (isConfirmed) await show(context, await editAffiliate(work, who, given, reason));
      else terminal.note('Nothing was changed.');
      if (isAsked && Object.keys(given).length > 0) {
        const { echoCommand } = await import('../../echo.js');
        const why = reason === null ? [] : ['--reason', reason];
        const words = [who, ...fieldOptionWords(given), ...why];
        echoCommand(context, affiliatesEdit, words, { declined: !isConfirmed });
        noteMaskedAccount(terminal, given);
      }
      return undefined;
    }),
});

async function show(context: CommandContext, edited: AffiliateEdited): Promise<void> {
  const { terminal } = context;
  const { affiliate, changes } = edited;
  if (terminal.json) {
    const { affiliateDetailsJson } = await import('../../render/affiliates.js');
    const changed = changes.length > 0 ? 1 : 0;
    terminal.printJson({ affiliate: affiliateDetailsJson(affiliate), changed });
    return;
  }
  if (changes.length === 0) {
    terminal.print(`${affiliateName(affiliate)}: nothing was changed, for it is so already.`);
    return;
  }
  const { counted } = await import('../../render/money.js');
  terminal.print(`${affiliateName(affiliate)}: ${counted(changes.length, 'field')} changed.`);
  terminal.print(changeLines(changes));
  await noteConsequences(context, edited);
}

async function noteConsequences(
  { terminal, globals }: CommandContext,
  { affiliate, changes, payment }: AffiliateEdited,
): Promise<void> {
  const { id, minimum, minimumCurrency, currency } = affiliate;
  const hasMoved = changes.some(({ field }) => field === 'currency');
  if (hasMoved && minimum !== null && minimumCurrency !== null && minimumCurrency !== currency) {
    terminal.note(
      `The own minimum stays in ${minimumCurrency}; --minimum sets one in ${currency ?? 'another'}.`,
    );
  }
  if (payment !== null && payment.doubt !== null) {
    const { PAYEE_DOUBTS } = await import('../../render/payee-doubts.js');
    terminal.warn(`${PAYEE_DOUBTS[payment.doubt]}.`);
  }
  if (payment !== null && payment.pending.length > 0) {
    const { moneyUnderWay } = await import('../../render/payee-change.js');
    terminal.note(moneyUnderWay(payment, globals));
  }
  const { equivalentCommand } = await import('../../echo.js');
  const next = equivalentCommand({ path: ['affiliates', 'show'] }, [id], globals);
  terminal.note(`See the affiliate:\n  ${next}`);
}
