import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { makeProgramme, type Sandbox } from './payrun.js';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await makeProgramme({
    affiliates: [
      'id,name,email,company,country,vat_number',
      'aff_1,Ada,ada@example.com,"Ada; Söhne",DE,DE123',
      'aff_2,=cmd(),bo@example.com,,,',
      '',
    ].join('\n'),
    commissions: [
      'id,affiliate_id,earned_at,amount,currency,status,kind,campaign,order_id,description',
      'c1,aff_1,2026-10-05,100.00,USD,approved,sale,fall,o-1,"say ""hi"""',
      'c2,aff_1,2026-10-15,-12.50,USD,,clawback,,,',
      'c3,aff_2,2026-10-15,1250,JPY,approved,sale,,,',
      '',
    ].join('\n'),
  });
  await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
});

afterEach(async () => {
  await sandbox.remove();
});

const PAYOUTS = [
  'invoice_number,issue_date,affiliate_id,affiliate_name,email,company,country,vat_number,currency,amount,' +
    'period_from,period_to,status,paid_on,reference,credit_note_number,voided_on,run_id,commissions,' +
    'expense_account,payable_account',
  'INV-2026-000001,2026-11-22,aff_1,Ada,ada@example.com,"Ada; Söhne",DE,DE123,USD,87.50,2026-10-01,2026-10-31,' +
    'open,,,,,R-000001,2,6200,2100',
  "INV-2026-000002,2026-11-22,aff_2,'=cmd(),bo@example.com,,,,JPY,1250,2026-10-01,2026-10-31," +
    'open,,,,,R-000001,1,6200,2100',
  '',
].join('\n');

describe('payrun export', () => {
  test('writes one row a payout, amounts untouched and formulas guarded', async () => {
    const exported = await sandbox.succeed(['export', 'payouts']);
    expect(exported.stdout).toBe(PAYOUTS);
    expect(exported.stderr).toBe(
      'warning: 1 text looks like a formula and got an apostrophe in front: affiliate_name "=cmd()" (row 2).\n' +
        'Recorded as E-000001; --new-only leaves it out from now on.\n',
    );
  });

  test('writes one row a payout line', async () => {
    expect((await sandbox.succeed(['export', 'lines', '--currency', 'USD'])).stdout).toBe(
      [
        'invoice_number,issue_date,affiliate_id,affiliate_name,email,commission_id,kind,earned_on,campaign,' +
          'order_id,description,currency,amount,period_from,period_to,status,expense_account,payable_account',
        'INV-2026-000001,2026-11-22,aff_1,Ada,ada@example.com,c1,sale,2026-10-05,fall,o-1,"say ""hi""",' +
          'USD,100.00,2026-10-01,2026-10-31,open,6200,2100',
        'INV-2026-000001,2026-11-22,aff_1,Ada,ada@example.com,c2,clawback,2026-10-15,,,,' +
          'USD,-12.50,2026-10-01,2026-10-31,open,6200,2100',
        '',
      ].join('\n'),
    );
  });

  test('names the file in a folder, tells its digest, and gives the same bytes again', async () => {
    await mkdir(sandbox.path('books'));
    const words = ['export', 'payouts', '--period', '2026-11', '--out', 'books', '--json'];
    const first = (await sandbox.succeed(words)).json;
    const sha256 = createHash('sha256').update(PAYOUTS).digest('hex');
    expect(first).toEqual({
      schemaVersion: 1,
      files: [{ path: 'books/payouts-2026-11.csv', rows: 2, sha256 }],
      export: { id: 'E-000001', format: 'payouts' },
    });
    expect(await sandbox.read('books/payouts-2026-11.csv')).toBe(PAYOUTS);
    const again = (await sandbox.succeed([...words, '--force'], { now: '2027-03-01T00:00:00Z' })).json;
    expect(again).toEqual({ ...first, export: { id: 'E-000002', format: 'payouts' } });
    expect(await readdir(sandbox.path('books'))).toEqual(['payouts-2026-11.csv']);
  });

  test('replaces no file without --force', async () => {
    await sandbox.write('mine.csv', 'mine');
    const refused = await sandbox.payrun(['export', 'payouts', '--out', 'mine.csv']);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('--force');
    expect(await sandbox.read('mine.csv')).toBe('mine');
  });

  test.each([
    [['--from', '2026-11-22', '--to', '2026-11-22'], 2],
    [['--to', '2026-11-21'], 0],
    [['--period', '2026-10'], 0],
    [['--run', 'R-000001'], 2],
    [['--currency', 'jpy'], 1],
  ])('with %j has %i rows', async (options, rows) => {
    const { files } = (await sandbox.succeed(['export', 'payouts', ...options, '--out', 'x.csv', '--json']))
      .json;
    expect(files[0].rows).toBe(rows);
  });

  test.each([
    [['export', 'payouts', '--json'], 2, 'Give --out FILE.'],
    [['export', 'payouts', '--json', '--out', '-'], 2, 'Give --out FILE.'],
    [['export', 'nothing'], 2, 'Allowed choices are payouts, lines'],
    [['export', 'payouts', '--run', 'R-7'], 3, 'There is no run R-7.'],
    [['export', 'payouts', '--run', 'R-1', '--period', '2026'], 2, 'cannot be used with'],
    [['export', 'payouts', '--period', 'soon'], 2, 'last-month'],
    [['export', 'payouts', '--currency', 'dollars'], 2, 'is not a currency'],
    [['export', 'payouts', '--out', 'no/such/file.csv'], 3, 'there is no folder'],
    [['export', 'payouts', '--out', 'nowhere/'], 3, 'there is no such folder'],
  ])('%j ends with %i', async (words, code, sentence) => {
    const refused = await sandbox.payrun(words);
    expect(refused.code).toBe(code);
    expect(refused.stdout + refused.stderr).toContain(sentence);
  });

  test('is listed, and leaves out what is new no more', async () => {
    expect((await sandbox.succeed(['exports', 'list'])).stdout).toBe('Nothing was exported yet.\n');
    await sandbox.succeed(['export', 'lines', '--currency', 'USD', '--out', 'lines.csv']);
    const news = await sandbox.succeed(['export', 'lines', '--new-only', '--period', '2026-11']);
    expect(news.stdout.split('\n')).toEqual([
      expect.stringMatching(/^invoice_number,/),
      expect.stringMatching(/^INV-2026-000002,/),
      '',
    ]);
    const listed = await sandbox.succeed(['exports', 'list']);
    expect(listed.stdout).toBe(
      [
        'Export    Made        By   Format  What          Rows  Files',
        'E-000001  2026-11-22  kim  lines   USD              2  lines.csv',
        'E-000002  2026-11-22  kim  lines   2026-11, new     1  stdout',
        '',
      ].join('\n'),
    );
    const [first] = (await sandbox.succeed(['exports', 'list', '--json'])).json.exports;
    expect(first).toEqual({
      ...{ id: 'E-000001', format: 'lines', from: null, to: null, runId: null, currency: 'USD' },
      ...{ newOnly: false, counts: true, exportedAt: '2026-11-22T09:00:00.000Z', exportedBy: 'kim' },
      files: [{ path: 'lines.csv', rows: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
  });

  test('says that there is nothing new, and leaves the file of the last time as it is', async () => {
    const words = ['export', 'payouts', '--new-only', '--out', 'x.csv'];
    await sandbox.succeed(words);
    const again = await sandbox.succeed([...words, '--force']);
    expect(again.stdout).toBe('Nothing new since E-000001 of 2026-11-22; x.csv stays as it is.\n');
    expect(await sandbox.read('x.csv')).toBe(PAYOUTS);
  });

  test('fills a template of the user, by its own names and by a map', async () => {
    await sandbox.write('mine.csv', 'Beleg;Netto*;BU;Wer\n');
    await sandbox.write(
      'mine.json',
      '{"columns":{"Beleg":"invoice_number","Netto*":"amount","Wer":"affiliate_name"},"required":["Wer"]}',
    );
    const words = ['export', 'template', '--template', 'mine.csv', '--currency', 'JPY'];
    const refused = await sandbox.payrun(words);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('The column "Netto*" is required, and payrun does not know it.');
    const filled = await sandbox.succeed([...words, '--map', 'mine.json']);
    expect(filled.stdout).toBe('Beleg;Netto*;BU;Wer\nINV-2026-000002;1250;;cmd()\n');
    expect(filled.stderr).toBe(
      'warning: 1 text was changed so that the other program can read the file: Wer "=cmd()" is "cmd()" ' +
        '(row 1).\nwarning: Columns that payrun does not know stay empty: BU.\n' +
        'warning: The bills are in JPY, which the file cannot say: import it only where the base currency is JPY.\n' +
        'Recorded as E-000001; --new-only leaves it out from now on.\n',
    );
  });

  test('keeps void payouts with their credit note', async () => {
    await sandbox.succeed(['payouts', 'void', 'INV-2026-000002', '--reason', 'x', '--yes']);
    const { stdout } = await sandbox.succeed(['export', 'payouts', '--currency', 'JPY']);
    expect(stdout).toContain(',void,,,CN-2026-000001,2026-11-22,R-000001,');
  });
});
