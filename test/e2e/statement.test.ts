import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { makeProgramme, type Json, type Sandbox } from './payrun.js';
import { ENTER, Person } from './person.js';

const AFFILIATES = `id,name,email,status
aff_1,Ada Lovelace,ada@example.com,active
../x,"<script>alert(1)</script>",x@example.com,active
aff_3,Ada Byron,byron@example.com,active
`;

// Today is 22 November 2026: 30 days of hold from 23 October on.
const COMMISSIONS = `id,affiliate_id,earned_at,amount,currency,status,kind,order_id,description,corrects
c1,aff_1,2026-10-05,1100.00,USD,approved,sale,W-1,first,
c2,aff_1,2026-10-15,112.50,USD,approved,sale,W-2,,
c3,aff_1,2026-11-15,80.00,USD,approved,sale,W-3,"A long description that says at length what was sold and to whom",
c4,aff_1,2026-11-16,-5.00,USD,,clawback,,,c3
c5,aff_1,2026-10-20,9.00,USD,rejected,sale,W-5,,
c6,aff_1,2026-10-21,7.00,USD,pending,sale,W-6,,
c7,aff_1,2026-10-15,1250,JPY,approved,sale,W-7,,
x1,../x,2026-10-15,3.00,USD,approved,sale,,=1+1,
`;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await makeProgramme({
    affiliates: AFFILIATES,
    commissions: COMMISSIONS,
    init: ['--company', 'Acme & Söhne'],
  });
  await sandbox.succeed(['generate', '--period', '2026-10', '--affiliate', 'aff_1', '--yes']);
  await sandbox.succeed(['payouts', 'pay', 'INV-2026-000002', '--reference', 'TX-1', '--yes']);
  await sandbox.write(
    'refund.csv',
    'id,affiliate_id,earned_at,amount,status\nc2,aff_1,2026-10-15,112.50,rejected\n',
  );
  await sandbox.succeed(['import', 'commissions', 'refund.csv']);
});

afterAll(async () => {
  await sandbox.remove();
});

const TEXT = [
  'Acme & Söhne',
  'Statement for Ada Lovelace (aff_1)',
  'Made on 2026-11-22, for everything so far',
  '',
  'Balance on 2026-11-22',
  'Stage                      Amount  Currency',
  'available                    0     JPY',
  'being processed           1250     JPY',
  'paid                         0     JPY',
  'available                 -112.50  USD',
  'on hold until 2026-12-15    80.00  USD',
  'waiting for approval         7.00  USD',
  'will be deducted            -5.00  USD',
  'paid                      1212.50  USD',
  'What is below zero is taken off what you earn next.',
  '',
  'Payments',
  'Date        Invoice           Amount  Currency  Stage            Reference',
  '2026-11-22  INV-2026-000001  1250     JPY       being processed',
  '2026-11-22  INV-2026-000002  1212.50  USD       paid             TX-1',
  '',
  'sum                          1250     JPY       being processed',
  'sum                          1212.50  USD       paid',
  '',
  'Commissions',
  'Earned      For                       Amount  Currency  Stage',
  '2026-10-05  first (W-1)              1100.00  USD       paid',
  '2026-10-15  sale W-2                  112.50  USD       paid',
  '2026-10-15  sale W-7                 1250     JPY       being processed',
  '2026-10-20  sale W-5                    9.00  USD       declined',
  '2026-10-21  sale W-6                    7.00  USD       waiting for approval',
  '2026-11-15  A long description that    80.00  USD       on hold until 2026-12-15',
  '            says at length what was',
  '            sold and to whom (W-3)',
  '2026-11-16  deduction for W-3          -5.00  USD       will be deducted',
  '2026-11-22  correction of W-2        -112.50  USD       available',
  '',
  'sum                                  1250     JPY       being processed',
  'sum                                  -112.50  USD       available',
  'sum                                    80.00  USD       on hold',
  'sum                                     7.00  USD       waiting for approval',
  'sum                                    -5.00  USD       will be deducted',
  'sum                                  1212.50  USD       paid',
  'sum                                     9.00  USD       declined',
  '',
].join('\n');

describe('payrun statement', () => {
  test("tells the affiliate everything in 80 columns and in words that are not payrun's", async () => {
    const { stdout, stderr } = await sandbox.succeed(['statement', 'lovelace']);

    expect(stdout).toBe(TEXT);
    expect(stdout).not.toMatch(/kim|R-0|open|approved|void|blocked|paused|~/);
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(stderr).toBe('As a page to send:\n  payrun statement aff_1 --format html --out .\n');
  });

  test('tells of a period its payments and commissions, and the balance of today', async () => {
    const of = async (...words: string[]): Promise<Json> =>
      (await sandbox.succeed(['statement', 'aff_1', ...words, '--json'])).json.statement;
    const october = await of('--period', '2026-10');

    expect(october).toMatchObject({ on: '2026-11-22', from: '2026-10-01', to: '2026-10-31', payments: [] });
    expect(october.commissions).toHaveLength(5);
    expect(october.balances[1]).toEqual({
      currency: 'USD',
      available: '-112.50',
      onHold: '80.00',
      holds: [{ availableOn: '2026-12-15', amount: '80.00' }],
      waitingForApproval: '7.00',
      deductedLater: '-5.00',
      beingProcessed: '0.00',
      paid: '1212.50',
    });
    expect((await of('--from', '2026-11-22')).commissions).toEqual([
      {
        earnedOn: '2026-11-22',
        description: 'correction of W-2',
        amount: '-112.50',
        currency: 'USD',
        stage: 'available',
        heldUntil: null,
      },
    ]);
    expect((await of('--from', '2026-11-22')).payments).toHaveLength(2);
    expect(await of('--to', '2026-10-04')).toMatchObject({ from: null, payments: [], commissions: [] });
  });

  test('goes into a file, whose format its name tells, and replaces none without --force', async () => {
    const words = ['statement', 'aff_1', '--out', 'ada.txt', '--json'];
    const sha256 = createHash('sha256').update(TEXT).digest('hex');
    const written = (await sandbox.succeed(words)).json;
    expect(written).toEqual({ schemaVersion: 1, files: [{ path: 'ada.txt', rows: 18, sha256 }] });
    expect(await sandbox.read('ada.txt')).toBe(TEXT);

    const refused = await sandbox.payrun(words);
    expect([refused.code, refused.json.error.code]).toEqual([4, 'conflict']);
    expect((await sandbox.succeed([...words, '--force'])).json).toEqual(written);

    await sandbox.succeed(['statement', 'aff_1', '--out', 'ada.csv']);
    expect(await sandbox.read('ada.csv')).toContain(
      '\npayment,2026-11-22,,INV-2026-000002,paid,,TX-1,USD,1212.50\n',
    );
    const html = await sandbox.succeed(['statement', 'aff_1', '--out', 'ada.HTML']);
    expect(html.stdout).toMatch(
      /^ada\.HTML: the statement of Ada Lovelace, 18 lines\n {2}sha256 [0-9a-f]{64}\n$/,
    );
    expect(await sandbox.read('ada.HTML')).toContain('<h1><bdi>Acme &amp; Söhne</bdi></h1>');
  });

  test('takes hostile names and ids for what they are', async () => {
    const written = await sandbox.succeed(['statement', '../x', '--format', 'html', '--out', '.']);
    expect(written.stdout).toContain('statement-_x.html: ');
    const page = await sandbox.read('statement-_x.html');
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');

    const csv = await sandbox.succeed(['statement', '../x', '--format', 'csv']);
    expect(csv.stdout).toContain(",'=1+1,,available,");
    expect(csv.stderr).toBe(
      'warning: 1 text looks like a formula and got an apostrophe in front: description "=1+1" (row 3).\n',
    );
  });

  test.each([
    [['statement'], 2, 'Whose statement it is has not been said.'],
    [['statement', 'ada'], 2, '"ada" fits 2 affiliates.'],
    [['statement', 'nobody'], 3, 'There is no affiliate "nobody".'],
    [['statement', 'aff_1', '--period', 'soon'], 2, 'is not a period'],
    [['statement', 'aff_1', '--period', '2026', '--to', '2026-10-01'], 2, 'cannot be used with'],
    [['statement', 'aff_1', '--format', 'pdf'], 2, 'Allowed choices are text, csv, html'],
    [['statement', 'aff_1', '--out', 'ada.pdf'], 2, 'payrun writes no .pdf files.'],
    [['statement', 'aff_1', '--out', 'no/such/ada.html'], 3, 'there is no folder'],
    [['statement', 'aff_1', '--json', '--format', 'csv'], 2, 'cannot go to stdout'],
    [['statement', 'aff_1', '--json', '--out', '-'], 2, 'cannot go to stdout'],
  ])('%j ends with %i', async (words, code, sentence) => {
    const refused = await sandbox.payrun(words);
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([
      code,
      expect.stringContaining(sentence),
    ]);
  });

  test('of nobody who earned anything says so', async () => {
    const { stdout } = await sandbox.succeed(['statement', 'byron']);
    expect(stdout).toContain('\nThere is nothing yet.\n\nPayments\nNo payments in this period.\n');
  });

  test('asks a person whose it is, and shows amounts as people read them', async () => {
    const person = new Person(sandbox, ['statement', '--period', '2026-10']);
    await person.answers('Which affiliate?', 'lovelace');
    await person.answers('lovelace\n❯ Ada Lovelace (aff_1)', ENTER);
    await person.sees('1,212.50  USD');
    await person.sees('payrun statement aff_1 --period 2026-10');

    expect(await person.ends()).toBe(0);
  });
});
