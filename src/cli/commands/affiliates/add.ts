/** `payrun affiliates add ID`: somebody whom no file has named yet. */
import type { AffiliateAdded } from '../../../app/edit-affiliates.js';
import {
  affiliateName,
  fieldOptions,
  fieldOptionWords,
  givenFields,
  noteMaskedAccount,
} from '../../affiliate-fields.js';
import { defineCommand, type CommandContext } from '../../command.js';
import { requireDecision } from '../../terminal.js';
import { withWork } from '../../work.js';

export const affiliatesAdd = defineCommand({
  path: ['affiliates', 'add'],
  summary: 'Add an affiliate by hand',
  description:
    'On a terminal what is missing is asked. A file that names him later fills in what it gives and leaves the rest.',
  arguments: [{ name: 'id', description: 'his id in the tracking system' }],
  options: fieldOptions(false),
  examples: [
    {
      command:
        'payrun affiliates add aff_9 --name "Ada Lovelace" --email ada@example.com ' +
        '--payout-method paypal --payout-account ada@example.com',
      what: 'add one who is paid by PayPal',
    },
  ],
  writes: true,
  handler: (context, input) =>
    withWork(context, async (work) => {
      const { terminal } = context;
      let id = input.optionalArgument('id');
      let given = givenFields(input);
      const isAsked = id === undefined || given.name === undefined;
      if (id === undefined) requireDecision(terminal, 'ID --name NAME', 'Whom to add has not been said.');
      if (given.name === undefined) requireDecision(terminal, '--name NAME', 'An affiliate needs a name.');
      if (isAsked) {
        const { askNewAffiliate } = await import('../../affiliate-questions.js');
        ({ id, given } = await askNewAffiliate(terminal, work, { id, given }));
      }
      const { addAffiliate } = await import('../../../app/edit-affiliates.js');
      await show(context, await addAffiliate(work, id ?? '', given));
      if (isAsked) {
        const { echoCommand } = await import('../../echo.js');
        echoCommand(context, affiliatesAdd, [id ?? '', ...fieldOptionWords(given)]);
        noteMaskedAccount(terminal, given);
      }
      return undefined;
    }),
});

async function show(context: CommandContext, { affiliate, doubt }: AffiliateAdded): Promise<void> {
  const { terminal, globals } = context;
  if (terminal.json) {
    const { affiliateDetailsJson } = await import('../../render/affiliates.js');
    terminal.printJson({ affiliate: affiliateDetailsJson(affiliate), changed: 1 });
    return;
  }
  terminal.print(`${affiliateName(affiliate)} was added, ${affiliate.status}.`);
  const { equivalentCommand } = await import('../../echo.js');
  if (doubt !== null) {
    const { PAYEE_DOUBTS } = await import('../../render/payee-doubts.js');
    const edit = equivalentCommand({ path: ['affiliates', 'edit'] }, [affiliate.id], globals);
    terminal.warn(`${PAYEE_DOUBTS[doubt]}. Before a payment, mend it:\n  ${edit}`);
  }
  const next = equivalentCommand({ path: ['affiliates', 'show'] }, [affiliate.id], globals);
  terminal.note(`What he has, and when he gets paid:\n  ${next}`);
}
