import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CTRL_C, DOWN, ENTER, Person } from './person.js';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';

const KEYS = 'up/down move, space choose, a all or none, i invert, Enter done';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await makeProgramme({
    affiliates: 'id,name\naff_1,Ada\naff_2,Bo\naff_3,Cy\n',
    commissions:
      'id,affiliate_id,earned_at,amount,currency,status\nc1,aff_1,2026-10-05,1234.50,USD,approved\n' +
      'c2,aff_2,2026-10-05,20.00,EUR,approved\nc3,aff_3,2026-10-05,7.50,USD,approved\n',
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

test('payouts are ticked in a list that sums them up by currency, and only those change', async () => {
  const person = new Person(sandbox, ['payouts', 'process']);
  await person.sees('0 of 3 chosen');
  await person.answers(KEYS, ENTER);
  await person.sees('Choose at least one, or press Ctrl-C.');
  await person.answers(KEYS, 'a');
  await person.sees('3 of 3 chosen: EUR 20.00, USD 1,242.00');
  await person.answers(KEYS, DOWN);
  await person.sees('> [x] INV-2026-000002');
  await person.answers(KEYS, ' ');
  await person.sees('2 of 3 chosen: USD 1,242.00');
  await person.answers(KEYS, ENTER);
  await person.sees('2 of 3 chosen: USD 1,242.00');
  await person.answers('(y/N)', 'y\r');
  expect(await person.ends()).toBe(0);
  expect(await statuses()).toEqual(['processing', 'open', 'processing']);
});

test('Ctrl-C in the list leaves everything as it was', async () => {
  const person = new Person(sandbox, ['payouts', 'process']);
  await person.answers(KEYS, 'a');
  await person.answers('3 of 3 chosen', CTRL_C);
  expect(await person.ends()).toBe(130);
  expect(await statuses()).toEqual(['open', 'open', 'open']);
});
