import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { Sandbox } from './payrun.js';
import { CTRL_C, ENTER, Person } from './person.js';

const CLEAR = '\u0015';

describe('init at a terminal', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await Sandbox.make();
  });

  afterEach(async () => {
    await sandbox.remove();
  });

  test('asks for everything, says what is wrong with an answer, and ends with the command', async () => {
    const person = new Person(sandbox, ['init'], { columns: 120 });
    await person.answers('Currency of the programme', `${CLEAR}EURO${ENTER}`);
    await person.sees('is not a currency that payrun knows');
    person.type(`${CLEAR}EUR${ENTER}`);
    await person.answers('Time zone of the books', `${CLEAR}Europe/Berlin${ENTER}`);
    await person.answers('Least amount to pay out (or none)', `${CLEAR}25${ENTER}`);
    await person.answers('Days to hold a sale for refunds', ENTER);
    await person.answers('Name of your company', `Acme Ltd${ENTER}`);
    await person.sees('Created the ledger');
    await person.sees('payrun import affiliates affiliates.csv');
    await person.sees(
      "payrun init --currency EUR --timezone Europe/Berlin --minimum 25 --hold-days 30 --company 'Acme",
    );
    expect(await person.ends()).toBe(0);
    const { settings } = (await sandbox.succeed(['settings', 'list', '--json'])).json;
    expect(settings).toMatchObject({ currency: 'EUR', 'minimum.EUR': '25.00', 'company.name': 'Acme Ltd' });
  });

  test('asks only for what was not given', async () => {
    const options = ['--currency', 'USD', '--timezone', 'UTC', '--hold-days', '0', '--company', 'Acme'];
    const person = new Person(sandbox, ['init', ...options]);
    await person.answers('Least amount to pay out', ENTER);
    expect(await person.ends()).toBe(0);
    expect(person.screen).not.toContain('Days to hold');
  });

  test('asks nothing where a ledger is already', async () => {
    await sandbox.write('ledger.db', 'mine');
    const person = new Person(sandbox, ['init']);
    await person.sees('There is a file at');
    expect(await person.ends()).toBe(4);
    expect(person.screen).not.toContain('Currency');
  });

  test('Ctrl-C leaves no file', async () => {
    const person = new Person(sandbox, ['init']);
    await person.answers('Currency of the programme', CTRL_C);
    expect(await person.ends()).toBe(130);
    await expect(stat(sandbox.ledger)).rejects.toThrow('ENOENT');
  });
});
