import { describe, expect, test } from '@jest/globals';
import { describeWith, isHere, runProgram } from '../real-program.js';
import { makeProgramme, type Sandbox } from './payrun.js';

const withSqlite = describeWith('sqlite3');

const sqlite3 = (args: readonly string[], script: string): string =>
  runProgram('sqlite3', args, script).trim();

async function paidProgramme(): Promise<Sandbox> {
  const sandbox = await makeProgramme({
    affiliates: 'id,name\naff_1,"Smith, Jones & Co ""Media"""\naff_2,=cmd()\naff_3,Łukasz 🦊\n',
    commissions:
      'id,affiliate_id,earned_at,amount,currency,status,kind,description\n' +
      'c_1,aff_1,2026-10-01,120.25,USD,approved,bonus,"two\nlines"\n' +
      'c_2,aff_1,2026-10-02,-20.00,USD,,clawback,\n' +
      'c_3,aff_2,2026-10-31,75.500,BHD,approved,bonus,+49 170\n' +
      'c_4,aff_3,2026-10-15,1200,JPY,approved,bonus,@home\n',
  });
  await sandbox.succeed(['generate', '--all', '--period', '2026-10', '--yes']);
  return sandbox;
}

withSqlite("read by SQLite's own command line", () => {
  test('the ledger is sound, and its payouts are the sums of their lines', async () => {
    const sandbox = await paidProgramme();
    try {
      const script = `PRAGMA integrity_check;
        SELECT payout.currency, payout.amount, sum(line.amount) FROM payouts AS payout
        JOIN payout_lines AS line ON line.payout = payout.number GROUP BY payout.number ORDER BY payout.number;`;

      expect(sqlite3(['-readonly', sandbox.ledger], script).split('\n')).toEqual([
        'ok',
        'USD|10025|10025',
        'BHD|75500|75500',
        'JPY|1200|1200',
      ]);
    } finally {
      await sandbox.remove();
    }
  });

  test('the accounting files have the rows and the amounts that payrun says', async () => {
    const sandbox = await paidProgramme();
    try {
      await sandbox.succeed(['export', 'payouts', '--out', 'payouts.csv']);
      await sandbox.succeed(['export', 'lines', '--out', 'lines.csv']);
      const script = `.import --csv ${sandbox.path('payouts.csv')} payouts
.import --csv ${sandbox.path('lines.csv')} lines
SELECT invoice_number, affiliate_name, currency, amount, commissions FROM payouts;
SELECT commission_id, amount, description FROM lines;`;

      expect(sqlite3([':memory:'], script).split('\n')).toEqual([
        'INV-2026-000001|Smith, Jones & Co "Media"|USD|100.25|2',
        "INV-2026-000002|'=cmd()|BHD|75.500|1",
        'INV-2026-000003|Łukasz 🦊|JPY|1200|1',
        'c_1|120.25|two lines',
        'c_2|-20.00|',
        "c_3|75.500|'+49 170",
        "c_4|1200|'@home",
      ]);
    } finally {
      await sandbox.remove();
    }
  });
});

/** Nobody needs a spreadsheet to build payrun, so that this is skipped wherever there is none. */
const withLibreOffice = isHere('soffice') ? describe : describe.skip;

/** The cells of a flat OpenDocument file: the number where it is one, else the text. */
const cellsOf = (document: string): string[] =>
  [...document.matchAll(/<table:table-cell([^>]*)>\s*<text:p>([^<]*)/g)].map(
    ([, attributes = '', text = '']) => / office:value="([^"]*)"/.exec(attributes)?.[1] ?? text,
  );

withLibreOffice('opened in LibreOffice', () => {
  test('the accounting files hold texts, dates and amounts, and no formula', async () => {
    const sandbox = await paidProgramme();
    try {
      await sandbox.succeed(['export', 'payouts', '--out', 'payouts.csv']);
      await sandbox.succeed(['export', 'lines', '--out', 'lines.csv']);
      const profile = `-env:UserInstallation=file://${sandbox.path('profile')}`;
      const convert = ['--infilter=CSV:44,34,76', '--convert-to', 'fods', '--outdir', sandbox.folder];
      const files = [sandbox.path('payouts.csv'), sandbox.path('lines.csv')];
      runProgram('soffice', [profile, '--headless', ...convert, ...files]);

      const payouts = await sandbox.read('payouts.fods');
      const lines = await sandbox.read('lines.fods');
      expect(payouts + lines).not.toContain('table:formula');
      expect(cellsOf(payouts)).toEqual(
        expect.arrayContaining(['100.25', '&apos;=cmd()', '75.5', '\u0141ukasz \u{1f98a}', '1200']),
      );
      expect(cellsOf(lines)).toEqual(
        expect.arrayContaining(['120.25', '-20', 'two lines', '&apos;+49 170', '&apos;@home']),
      );
    } finally {
      await sandbox.remove();
    }
  }, 60_000);
});
