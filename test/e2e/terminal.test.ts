import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Sandbox } from './payrun.js';
import { CTRL_C, DOWN, ENTER, Person } from './person.js';

const AFFILIATES = `id,name,email
aff_1,Ada Lovelace,ada@example.com
aff_2,Bo,bo@example.com
aff_3,Zoë O'Brien,zoe@example.com
`;

const COMMISSIONS = `id,affiliate_id,earned_at,amount,status,kind,available_on
c_1,aff_1,2026-10-03,1212.00,approved,bonus,
c_2,aff_2,2026-10-05,20.00,approved,bonus,
c_3,aff_3,2026-10-20,80.00,approved,sale,2026-11-30
c_4,aff_3,2026-10-21,75.00,approved,bonus,
c_5,aff_3,2026-09-21,30.00,approved,bonus,
`;

describe('generate at a terminal', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await makeProgramme({ affiliates: AFFILIATES, commissions: COMMISSIONS });
    await sandbox.succeed(['settings', 'set', 'minimum.USD', '50']);
  });

  afterEach(async () => {
    await sandbox.remove();
  });

  const invoices = async (): Promise<string[]> =>
    (await sandbox.succeed(['payouts', 'list', '--json'])).json.payouts.map(
      (payout: { invoiceNumber: string; amount: string }) => `${payout.invoiceNumber} ${payout.amount}`,
    );

  test('asks range, who, what was earned earlier and the minimum; shows the preview; confirms; and says the command', async () => {
    const person = new Person(sandbox, ['generate']);
    await person.answers('Last month: October 2026 (1 to 31 October 2026)', ENTER);
    await person.answers('Who is paid?', ENTER);
    await person.answers('1 commission (USD 30.00) earned before 2026-10-01', 'y' + ENTER);
    await person.answers('Override the minimum? It would add 1 payout (USD 20.00).', ENTER);
    await person.sees('Would make 2 payouts: USD 1,317.00');
    await person.sees('Below the minimum: USD 20.00');
    await person.answers('Make 2 payouts (USD 1,317.00)?', 'y' + ENTER);
    await person.sees('Run R-000001 made 2 payouts: USD 1,317.00');
    await person.sees('INV-2026-000001');
    await person.sees('payrun generate --period last-month --all --include-earlier --yes');

    expect(await person.ends()).toBe(0);
    expect(await invoices()).toEqual(['INV-2026-000001 1212.00', 'INV-2026-000002 105.00']);
  });

  test('Enter alone at the confirmation pays nothing', async () => {
    const words = ['generate', '--all', '--period', '2026-10', '--idempotency-key', 'october'];
    const person = new Person(sandbox, words);
    await person.answers('Make 2 payouts', ENTER);
    await person.sees('Nothing was paid.');
    await person.sees('To do it after all:');
    await person.sees('payrun generate --period 2026-10 --all --yes --idempotency-key october');

    expect(await person.ends()).toBe(0);
    expect(await invoices()).toEqual([]);
  });

  test('one affiliate is found by typing a part of his name, with what he has available', async () => {
    const person = new Person(sandbox, ['generate', '--period', '2026-10']);
    await person.answers('Who is paid?', DOWN + ENTER);
    await person.answers('Which affiliate?', 'lovel');
    await person.answers('Ada Lovelace (aff_1) ada@example.com: USD 1,212.00 available', ENTER);
    await person.answers('Override the minimum?', ENTER);
    await person.answers('Make 1 payout (USD 1,212.00)?', 'y' + ENTER);
    await person.sees('payrun generate --period 2026-10 --affiliate aff_1 --yes');

    expect(await person.ends()).toBe(0);
    expect(await invoices()).toEqual(['INV-2026-000001 1212.00']);
  });

  test('a range that is typed is echoed with what was understood, and nonsense is asked again', async () => {
    const person = new Person(sandbox, ['generate', '--all']);
    await person.answers('Which commissions', DOWN.repeat(6) + ENTER);
    await person.answers('Range (', 'octember' + ENTER);
    await person.answers('is not a period', '\u007f'.repeat(8) + '2026-10-03..2026-10-03' + ENTER);
    await person.sees('Understood: 3 October 2026');
    await person.answers('earned before 2026-10-03 would be left out', ENTER);
    await person.answers('Override the minimum?', ENTER);
    await person.answers('Make 1 payout (USD 1,212.00)?', ENTER);

    expect(await person.ends()).toBe(0);
  });

  test('Ctrl-C at a question ends with 130, changes nothing and shows the cursor again', async () => {
    const person = new Person(sandbox, ['generate']);
    await person.answers('Which commissions', CTRL_C);

    expect(await person.ends()).toBe(130);
    expect(person.raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(person.raw.lastIndexOf('\u001b[?25l'));
    expect(await invoices()).toEqual([]);
  });

  test('with NO_COLOR and 80 columns no colour appears in the tables and no line is longer than the screen', async () => {
    const person = new Person(sandbox, ['generate', '--all', '--period', '2026-10', '--dry-run'], {
      env: { NO_COLOR: '1' },
    });

    expect(await person.ends()).toBe(0);
    // eslint-disable-next-line no-control-regex -- a colour is an escape sequence
    expect(person.raw).not.toMatch(/\u001b\[\d+m/);
    const table = person.screen.split('\n').filter((line) => /aff_\d/.test(line));
    expect(table.length).toBeGreaterThan(2);
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('a void asks which, why and whether, with No as the answer of Enter', async () => {
    await sandbox.succeed(['generate', '--all', '--period', '2026-10', '--yes']);
    const no = new Person(sandbox, ['payouts', 'void', 'INV-2026-000001', '--reason', 'test']);
    await no.answers('Void 1 payout (USD 1,212.00)?', ENTER);
    expect(await no.ends()).toBe(0);

    const yes = new Person(sandbox, ['payouts', 'void']);
    await yes.answers('Which payouts are to be voided?', ' ' + ENTER);
    await yes.answers('Why?', 'wrong month' + ENTER);
    await yes.answers('Void 1 payout', 'y' + ENTER);
    await yes.sees('credit note CN-2026-000001');
    await yes.sees("payrun payouts void INV-2026-000001 --reason 'wrong month' --yes");
    expect(await yes.ends()).toBe(0);
  });

  test('payrun alone shows the menu of the main tasks, and a task asks for the rest itself', async () => {
    const person = new Person(sandbox, []);
    await person.sees('What would you like to do?');
    await person.answers('Generate payouts', DOWN.repeat(2) + ENTER);
    await person.answers('Which commissions', CTRL_C);

    expect(await person.ends()).toBe(130);
  });

  test('the tasks of the menu ask for what a command line would have said', async () => {
    const importing = new Person(sandbox, ['import', 'commissions']);
    await importing.answers('Which file holds the commissions?', 'nowhere.csv' + ENTER);
    await importing.answers('There is no such file.', '\u007f'.repeat(11) + 'commissions.csv' + ENTER);
    await importing.sees('5 unchanged');
    expect(await importing.ends()).toBe(0);

    const looking = new Person(sandbox, ['affiliates', 'show']);
    await looking.answers('Which affiliate?', 'zoë');
    await looking.answers("Zoë O'Brien (aff_3)", ENTER);
    await looking.sees('Available now');
    expect(await looking.ends()).toBe(0);

    await sandbox.write('payouts-2026-11.csv', 'mine');
    const exporting = new Person(sandbox, ['export']);
    await exporting.answers('template       The header row', ENTER);
    await exporting.answers('Which documents, by their issue date?', ENTER);
    await exporting.answers('Into which file?', ENTER);
    await exporting.answers('It is there already: choose another name', 'mine.csv' + ENTER);
    await exporting.sees('mine.csv: 0 rows');
    await exporting.sees('payrun export payouts --period this-month --out mine.csv');
    expect(await exporting.ends()).toBe(0);
  });

  test('control characters in imported names never reach the terminal', async () => {
    await sandbox.write(
      'evil.csv',
      'id,name\naff_1,"Ada \u001b[2J\u001b]0;owned\u0007 \u009b31m Lovelace"\n',
    );
    await sandbox.succeed(['import', 'affiliates', sandbox.path('evil.csv')]);
    const person = new Person(sandbox, ['generate', '--all', '--period', '2026-10', '--dry-run'], {
      columns: 200,
    });

    expect(await person.ends()).toBe(0);
    expect(person.raw).not.toContain('\u001b[2J');
    expect(person.raw).not.toContain('\u001b]0;');
    expect(person.raw).not.toContain('\u009b');
    expect(person.screen).toContain('\\x1b[2J');
  });
});
