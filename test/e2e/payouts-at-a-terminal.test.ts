/** Changing payouts with a person: picked in a list, shown, asked, and the command at the end. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';
import { DOWN, ENTER, Person } from './person.js';

const KEYS = 'Enter done';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await makeProgramme({
    affiliates: 'id,name\naff_1,Ada Lovelace\naff_2,Bo\n',
    commissions:
      'id,affiliate_id,earned_at,amount,currency,status\nc1,aff_1,2026-10-05,1234.50,USD,approved\n' +
      'c2,aff_1,2026-10-05,20.00,EUR,approved\nc3,aff_2,2026-10-05,7.50,USD,approved\n',
  });
  await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
});

afterEach(async () => {
  await sandbox.remove();
});

async function statuses(): Promise<string[]> {
  const { json } = await sandbox.succeed(['payouts', 'list', '--json']);
  return json.payouts.map((payout: Json) => payout.status);
}

test('a payment asks which, when and with what reference, shows them, and ends with its command', async () => {
  await sandbox.succeed(['payouts', 'process', 'INV-2026-000002']);
  const person = new Person(sandbox, ['payouts', 'pay']);
  await person.sees('Which payouts are to be paid?');
  await person.sees('INV-2026-000002  USD 1,234.50  Ada Lovelace (aff_1)  processing');
  await person.answers(KEYS, 'a');
  await person.answers('3 of 3 chosen: EUR 20.00, USD 1,242.00', ENTER);
  await person.answers('Paid on which day? (2026-11-22)', 'soon' + ENTER);
  await person.answers('is not a day', '\u007f'.repeat(4) + '2026-11-22' + ENTER);
  await person.answers('Reference of the payment?', 'statement 211' + ENTER);
  await person.answers('Mark 3 payouts (EUR 20.00, USD 1,242.00) as paid on 2026-11-22?', 'y' + ENTER);
  await person.sees('3 payouts paid: EUR 20.00, USD 1,242.00.');
  await person.sees('The same without questions:');
  await person.sees(
    'payrun payouts pay INV-2026-000001 INV-2026-000002 INV-2026-000003 --date 2026-11-22 --reference ' +
      "'statement 211' --yes",
  );
  expect(await person.ends()).toBe(0);
  expect(await statuses()).toEqual(['paid', 'paid', 'paid']);
});

test('Enter alone at the question changes nothing, and --yes asks nothing', async () => {
  const person = new Person(sandbox, ['payouts', 'approve', '--run', 'R-1']);
  await person.answers('Approve 3 payouts (EUR 20.00, USD 1,242.00)?', ENTER);
  await person.sees('Nothing was approved.');
  await person.sees('To do it after all:');
  await person.sees('payrun payouts approve --run R-1 --yes');
  expect(await person.ends()).toBe(0);
  expect(await statuses()).toEqual(['open', 'open', 'open']);

  const sure = new Person(sandbox, ['payouts', 'approve', '--run', 'R-1', '--yes']);
  await sure.sees('3 payouts approved');
  expect(await sure.ends()).toBe(0);
  expect(sure.screen).not.toContain('without questions');
});

test('only what fits is offered, and where nothing does that is said', async () => {
  await sandbox.write('affiliates.csv', 'id,name,status\naff_2,Bo,blocked\n');
  await sandbox.succeed(['import', 'affiliates', 'affiliates.csv']);
  const person = new Person(sandbox, ['payouts', 'process']);
  await person.sees('0 of 2 chosen');
  await person.answers(KEYS, DOWN + ' ' + ENTER);
  await person.answers('(USD 1,234.50) as handed over for payment?', 'y' + ENTER);
  await person.sees('1 payout processing: USD 1,234.50.');
  expect(await person.ends()).toBe(0);
  expect(await statuses()).toEqual(['open', 'processing', 'open']);

  const nothing = new Person(sandbox, ['payouts', 'return']);
  await nothing.sees('No payout can be marked as returned now.');
  expect(await nothing.ends()).toBe(0);
});

test('what goes elsewhere by now is approved again, with what was changed shown before', async () => {
  await sandbox.succeed(['payouts', 'approve', 'INV-2026-000003']);
  await sandbox.succeed(['affiliates', 'edit', 'aff_2', '--payout-account', 'DE89370400440532013000'], {
    env: { PAYRUN_ACTOR: 'lee' },
  });
  const listed = await sandbox.succeed(['payouts', 'list', '--details-changed', '--json']);
  expect(listed.json.payouts.map((payout: Json) => [payout.invoiceNumber, payout.detailsChanged])).toEqual([
    ['INV-2026-000003', true],
  ]);
  const person = new Person(sandbox, ['payouts', 'approve']);
  await person.sees('approved, details changed');
  await person.answers(KEYS, DOWN + DOWN + ' ' + ENTER);
  await person.sees('The payment details of Bo (aff_2) were changed by lee on 2026-11-22:');
  await person.sees('Payout account  empty -> DE89…3000');
  await person.answers('Approve 1 payout (USD 7.50)?', 'y' + ENTER);
  await person.sees('1 payout approved: USD 7.50.');
  await person.sees('payrun payouts approve INV-2026-000003 --yes');
  expect(await person.ends()).toBe(0);
  const { json } = await sandbox.succeed(['payouts', 'show', 'INV-2026-000003', '--json']);
  const { detailsChanged, history } = json.payout;
  expect([detailsChanged, history.map((step: Json) => [step.status, step.reason])]).toEqual([
    false,
    [
      ['open', null],
      ['approved', null],
      ['approved', 'payment details approved'],
    ],
  ]);
});

test('a redo shows the old and the new amount before it asks', async () => {
  await sandbox.write(
    'again.csv',
    'id,affiliate_id,earned_at,amount,currency,status\nc1,aff_1,2026-10-05,1034.50,USD,approved\n',
  );
  await sandbox.succeed(['import', 'commissions', 'again.csv']);
  const person = new Person(sandbox, ['payouts', 'redo']);
  await person.sees('open, corrected');
  await person.answers(KEYS, DOWN + ' ' + ENTER);
  await person.sees('INV-2026-000002  Ada Lovelace  1,234.50  1,034.50     -200.00  USD');
  await person.answers('Redo 1 payout (USD 1,234.50, then USD 1,034.50)?', 'y' + ENTER);
  await person.sees('1 payout redone: USD 1,234.50. Now USD 1,034.50.');
  await person.sees('payrun payouts redo INV-2026-000002 --reason redone --yes');
  expect(await person.ends()).toBe(0);
  expect(await statuses()).toEqual(['open', 'void', 'open', 'open']);
});

test('what failed is picked and asked why, and a list is no wider than the screen', async () => {
  await sandbox.succeed(['payouts', 'process', '--run', 'R-1']);
  const person = new Person(sandbox, ['payouts', 'fail']);
  await person.answers(KEYS, ' ' + ENTER);
  await person.answers('Why?', 'account closed' + ENTER);
  await person.answers('Mark 1 payout (EUR 20.00) as failed?', 'y' + ENTER);
  await person.sees('1 payout failed: EUR 20.00.');
  await person.sees("payrun payouts fail INV-2026-000001 --reason 'account closed' --yes");
  expect(await person.ends()).toBe(0);

  const list = new Person(sandbox, ['payouts', 'show', 'INV-2026-000001']);
  expect(await list.ends()).toBe(0);
  expect(list.screen).toContain('account closed');
  expect(Math.max(...list.screen.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
