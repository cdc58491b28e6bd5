import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Sandbox } from './payrun.js';
import { DOWN, ENTER, Person } from './person.js';

const IBAN = 'DE89370400440532013000';
const OTHER_IBAN = 'GB29NWBK60161331926819';

const AFFILIATES = `id,name,email,currency,minimum_payout,payout_method,payout_account
aff_1,Ada Lovelace,ada@example.com,EUR,20.00,sepa,${IBAN}
aff_2,Bo,bo@example.com,,,paypal,bo@example.com
`;

const UP = '\u001b[A';

describe('affiliates at a terminal', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await makeProgramme({ affiliates: AFFILIATES });
  });

  afterEach(async () => {
    await sandbox.remove();
  });

  const shown = async (id: string) =>
    (await sandbox.succeed(['affiliates', 'show', id, '--json'])).json.affiliate;

  test('add asks for what is missing, checks each answer, and ends with the command', async () => {
    const person = new Person(sandbox, ['affiliates', 'add', '--country', 'de']);
    await person.answers('Id (as the tracking system has it)', 'aff_1' + ENTER);
    await person.answers('There is an affiliate aff_1 already.', '\u007f'.repeat(5) + 'aff_9' + ENTER);
    await person.answers('Name', 'Zoë' + ENTER);
    await person.answers('E-mail (contact; Enter skips)', 'nobody' + ENTER);
    await person.answers('is no e-mail address', '\u007f'.repeat(6) + ENTER);
    await person.answers('Currency (', ENTER);
    await person.answers('Own minimum (', '12,5' + ENTER);
    await person.answers('has a decimal comma', '\u007f'.repeat(4) + '12.5' + ENTER);
    await person.answers('Payout method', DOWN + DOWN + DOWN + ENTER);
    await person.answers('Payout account (', IBAN + ENTER);
    await person.answers('Name on the account (', ENTER);
    await person.answers('BIC (', ENTER);
    await person.answers('VAT number (', ENTER);
    await person.answers('Company (', ENTER);
    await person.answers('Address line 1 (', ENTER);
    await person.sees('Zoë (aff_9) was added, active.');
    await person.sees(
      `affiliates add aff_9 --name 'Zoë' --minimum 12.5 --payout-method sepa --payout-account`,
    );
    await person.sees('with the whole account in the place of DE89…3000');

    expect(await person.ends()).toBe(0);
    expect(await shown('aff_9')).toMatchObject({
      name: 'Zoë',
      email: null,
      status: 'active',
      minimum: '12.50',
      minimumCurrency: 'USD',
      payoutMethod: 'sepa',
      payoutAccount: 'DE89…3000',
      country: 'DE',
    });
  });

  test('Enter skips everything but the name, the payout method, too', async () => {
    const person = new Person(sandbox, ['affiliates', 'add', 'aff_9']);
    await person.answers('Name', 'Zoë' + ENTER);
    for (const question of ['E-mail (', 'Currency (', 'Own minimum (', 'Payout method', 'Country (']) {
      await person.answers(question, ENTER);
    }
    for (const question of ['VAT number (', 'Company (', 'Address line 1 (']) {
      await person.answers(question, ENTER);
    }
    await person.sees('Zoë (aff_9) was added, active.');

    expect(await person.ends()).toBe(0);
    expect(await shown('aff_9')).toMatchObject({ payoutMethod: null, minimum: null });
  });

  test('add with a wrong option says so before it asks anything', async () => {
    const person = new Person(sandbox, ['affiliates', 'add', '--country', 'Germany']);
    await person.sees('payrun: --country: "Germany" is no country code.');

    expect(await person.ends()).toBe(2);
    expect(person.screen).not.toContain('Id (');
  });

  test('edit offers the fields with what they hold, the account masked, and confirms', async () => {
    const person = new Person(sandbox, ['affiliates', 'edit', 'aff_1']);
    await person.sees('What to change of Ada Lovelace (aff_1)?');
    await person.answers('Payout account       DE89…3000', DOWN + ENTER);
    await person.answers('E-mail, now ada@example.com (Enter keeps it, - empties it):', '-' + ENTER);
    await person.answers('That is all: 1 field', DOWN.repeat(7) + ENTER);
    await person.answers('Payout account, now DE89…3000 (', OTHER_IBAN + ENTER);
    await person.answers('That is all: 2 fields', ENTER);
    await person.sees('E-mail          ada@example.com -> empty');
    await person.sees('Payout account  DE89…3000 -> GB29…6819');
    await person.answers('Change 2 fields of Ada Lovelace (aff_1)?', 'y' + ENTER);
    await person.sees('Ada Lovelace (aff_1): 2 fields changed.');
    await person.sees(`payrun affiliates edit aff_1 --email '' --payout-account 'GB29…6819'`);

    expect(await person.ends()).toBe(0);
    expect(person.screen).not.toContain(IBAN);
    expect(await shown('aff_1')).toMatchObject({ email: null, payoutAccount: 'GB29…6819' });
  });

  test('edit is left without a change by its first line', async () => {
    const person = new Person(sandbox, ['affiliates', 'edit', 'aff_1']);
    await person.answers('Nothing, leave it as it is', UP + ENTER);
    await person.sees('Nothing was changed.');

    expect(await person.ends()).toBe(0);
    expect(person.screen).not.toContain('The same without questions');
  });

  test('Enter alone at the confirmation changes nothing', async () => {
    const person = new Person(sandbox, ['affiliates', 'edit', '--name', 'Bob']);
    await person.answers('Which affiliate?', 'bo@');
    await person.answers('Bo (aff_2)', ENTER);
    await person.answers('Change Bo (aff_2)?', ENTER);
    await person.sees('Nothing was changed.');
    await person.sees('To do it after all:');
    await person.sees('payrun affiliates edit aff_2 --name Bob');

    expect(await person.ends()).toBe(0);
    expect(await shown('aff_2')).toMatchObject({ name: 'Bo' });
  });

  test('block without a name finds the affiliate, asks why, and confirms', async () => {
    const person = new Person(sandbox, ['affiliates', 'block']);
    await person.answers('Which affiliate?', 'lovel');
    await person.answers('Ada Lovelace (aff_1)', ENTER);
    await person.answers('Why? (Enter: no reason)', 'self-referrals' + ENTER);
    await person.answers('Block Ada Lovelace (aff_1)?', 'y' + ENTER);
    await person.sees('Ada Lovelace (aff_1) is now blocked (was active).');
    await person.sees('payrun affiliates activate aff_1');
    await person.sees('payrun affiliates block aff_1 --reason self-referrals');

    expect(await person.ends()).toBe(0);
    expect(await shown('aff_1')).toMatchObject({ status: 'blocked' });
  });

  test('a decision on somebody who was named is not asked about', async () => {
    const person = new Person(sandbox, ['affiliates', 'pause', 'bo@example.com']);
    await person.sees('Bo (aff_2) is now paused (was active).');

    expect(await person.ends()).toBe(0);
    expect(person.screen).not.toContain('The same without questions');
  });
});
