import { afterEach, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Sandbox } from './payrun.js';
import { ENTER, Person } from './person.js';

const AFFILIATES = `id,name,email,status,payout_method,payout_account,address_line1,city,country
aff_1,Ada Lovelace,ada@example.com,active,sepa,DE89370400440532013000,12 St James's Square,London,GB
aff_2,Bo,bo@example.com,blocked,,,,,
`;

// Today is 22 November 2026: 30 days of hold from 23 October on.
const COMMISSIONS = `id,affiliate_id,earned_at,amount,status,kind
c0,aff_1,2026-09-05,1100.00,approved,sale
c1,aff_1,2026-10-05,212.50,approved,sale
c2,aff_1,2026-10-11,20.00,approved,sale
c3,aff_1,2026-11-01,30.00,approved,sale
c4,aff_1,2026-11-02,31.00,approved,sale
c5,aff_1,2026-11-02,1.00,approved,sale
c6,aff_1,2026-11-03,33.00,approved,sale
c7,aff_1,2026-11-04,34.00,approved,sale
c8,aff_1,2026-11-05,35.00,approved,sale
c9,aff_1,2026-11-05,15.00,pending,sale
d1,aff_2,2026-09-05,20.00,approved,sale
`;

let sandbox: Sandbox;

afterEach(async () => {
  await sandbox.remove();
});

async function programme(commissions = COMMISSIONS): Promise<void> {
  sandbox = await makeProgramme({ affiliates: AFFILIATES, commissions, init: ['--minimum', '50'] });
}

describe('"when do I get paid?"', () => {
  test('is answered on one screen of 80 by 24', async () => {
    await programme();
    await sandbox.succeed(['settings', 'set', 'schedule.frequency', 'monthly']);
    await sandbox.succeed(['generate', '--period', '2026-09', '--affiliate', 'aff_1', '--yes']);
    await sandbox.succeed(['payouts', 'pay', 'INV-2026-000001', '--reference', 'TX-1', '--yes']);
    await sandbox.succeed([
      ...['generate', '--affiliate', 'aff_1', '--from', '2026-10-01', '--to', '2026-10-10', '--yes'],
    ]);
    const person = new Person(sandbox, ['affiliates', 'show', 'ada'], { rows: 24 });

    expect(await person.ends()).toBe(0);
    expect(person.screen).toBe(
      [
        'Ada Lovelace (aff_1), active',
        '',
        'In payouts and not paid yet: USD 212.50.',
        'The run of 2026-12-01 would pay USD 50.00.',
        '',
        '                         USD',
        'Available now          20.00',
        'On hold               164.00',
        '  until 2026-12-01     30.00',
        '  until 2026-12-02     32.00',
        '  until 2026-12-03     33.00',
        '  and later            69.00',
        'Not approved yet       15.00',
        'In payouts            212.50  INV-2026-000002 of 2026-11-22, open',
        'Paid so far         1,100.00  last on 2026-11-22',
        'Minimum                50.00  30.00 missing',
        '',
        'E-mail   ada@example.com',
        'Paid by  sepa DE89…3000',
        "Address  12 St James's Square, London, GB",
        'Changes  2026-11-22 kim: added (import)',
        'To pay what is available now:',
        '  payrun generate --affiliate aff_1 --period this-month --include-earlier --override-minimum',
        '',
      ].join('\n'),
    );
  });

  test('says first that as much or more is owed, and names nothing to pay', async () => {
    await programme(`${COMMISSIONS}e1,aff_1,2026-11-20,-2000.00,approved,clawback\n`);
    const { stdout, stderr } = await sandbox.succeed(['affiliates', 'show', 'aff_1']);

    expect(stdout).toContain(
      '\n\nNo schedule is set; a run today would pay nothing: as much or more is owed back',
    );
    expect(stdout).toContain('\nOwes USD 667.50, which is netted from what is earned next.\n');
    expect(stdout).toContain('\nAvailable now       -667.50\n');
    expect(stderr).toBe('');
  });

  test('names what would let a blocked affiliate be paid', async () => {
    await programme();
    const { stderr } = await sandbox.succeed(['affiliates', 'show', 'bo']);

    expect(stderr).toBe('Nothing is paid while blocked. To lift it:\n  payrun affiliates activate aff_2\n');
  });

  test('ends with the last three changes, the latest first, the account masked', async () => {
    await programme();
    for (const name of ['Ada B', 'Ada C']) {
      await sandbox.succeed(['affiliates', 'edit', 'aff_1', '--name', name]);
    }
    await sandbox.succeed(['affiliates', 'edit', 'aff_1', '--payout-account', 'GB33BUKB20201555555555']);
    const { stdout } = await sandbox.succeed(['affiliates', 'show', 'aff_1']);

    expect(stdout.split('\n').slice(-4)).toEqual([
      'Changes  2026-11-22 kim: payout_account DE89…3000 -> GB33…5555',
      '         2026-11-22 kim: name Ada B -> Ada C',
      '         2026-11-22 kim: name Ada Lovelace -> Ada B',
      '',
    ]);
  });

  test('is the same command in one line after it was asked', async () => {
    await programme();
    const person = new Person(sandbox, ['affiliates', 'show']);
    await person.answers('Which affiliate?', 'bo');
    await person.answers('❯ Bo (aff_2)', ENTER);
    await person.sees('The same without questions:');
    await person.sees('payrun affiliates show aff_2');

    expect(await person.ends()).toBe(0);
  });
});
