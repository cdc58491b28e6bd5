import { describe, expect, it } from '@jest/globals';
import { journalCsv } from '../../src/exports/journal-csv.js';
import { linesCsv, type LineExportRow } from '../../src/exports/lines-csv.js';
import { payoutsCsv, type PayoutExportRow } from '../../src/exports/payouts-csv.js';
import { contextFor, entry, written } from './accounting-world.js';

async function* once<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let whole = '';
  for await (const piece of pieces) whole += piece;
  return whole;
}

const payout: PayoutExportRow = {
  invoiceNumber: 'INV-2026-000001',
  issueDate: '2026-11-22',
  affiliateId: 'aff_1',
  affiliateName: '=Ada',
  email: 'ada@example.com',
  company: 'Ada, Ltd',
  country: 'GB',
  vatNumber: null,
  currency: 'USD',
  amount: '-212.00',
  periodFrom: '2026-10-01',
  periodTo: '2026-10-31',
  status: 'void',
  paidOn: null,
  reference: '+TX',
  creditNoteNumber: 'CN-2026-000001',
  voidedOn: '2026-11-23',
  runId: 'R-000001',
  commissions: '4',
  expenseAccount: '6200',
  payableAccount: '2100',
};

const line: LineExportRow = {
  invoiceNumber: 'INV-2026-000001',
  issueDate: '2026-11-22',
  affiliateId: 'aff_1',
  affiliateName: 'Ada',
  email: null,
  commissionId: 'c1~1',
  kind: 'clawback',
  earnedOn: '2026-10-05',
  campaign: null,
  orderId: '@7',
  description: 'two\nlines',
  currency: 'USD',
  amount: '-5.00',
  periodFrom: null,
  periodTo: '2026-10-31',
  status: 'open',
  expenseAccount: '6200',
  payableAccount: '2100',
};

describe('the generic accounting files', () => {
  it('write one row a line of an entry, and no formula, with ids and numbers exact but for an apostrophe', async () => {
    const entries = [
      entry({ kind: 'earned', affiliateId: '=aff_1', affiliateName: '+Ada' }),
      entry({ kind: 'paid', affiliateId: 'aff_2', invoiceNumber: '@1', runId: 'R-000001', step: 2 }),
    ];
    const context = contextFor('journal', { 'accounts.bank': '-1200' });
    const { files } = await written(journalCsv, [entries], context);
    expect(files[0]?.split('\n').slice(1)).toEqual([
      "earned/2026-10-31/EUR/=aff_1,2026-10-31,earned,6200,expense,1234.56,,EUR,'=aff_1,Ada,,,,Commissions earned",
      "earned/2026-10-31/EUR/=aff_1,2026-10-31,earned,2110,accrued,,1234.56,EUR,'=aff_1,Ada,,,,Commissions earned",
      "'@1/paid-2,2026-10-31,paid,2100,payable,1234.56,,EUR,aff_2,Acme Blog,'@1,R-000001,,Payout paid",
      "'@1/paid-2,2026-10-31,paid,'-1200,bank,,1234.56,EUR,aff_2,Acme Blog,'@1,R-000001,,Payout paid",
      '',
    ]);
    expect(context.heard.changed).toContainEqual({
      ...{ row: 4, column: 'account', value: '-1200', written: "'-1200" },
    });
  });

  it('write one row a payout', async () => {
    expect(await text(payoutsCsv(once([payout]), { eol: '\r\n' }))).toBe(
      'invoice_number,issue_date,affiliate_id,affiliate_name,email,company,country,vat_number,currency,amount,' +
        'period_from,period_to,status,paid_on,reference,credit_note_number,voided_on,run_id,commissions,' +
        'expense_account,payable_account\r\n' +
        `INV-2026-000001,2026-11-22,aff_1,'=Ada,ada@example.com,"Ada, Ltd",GB,,USD,-212.00,` +
        `2026-10-01,2026-10-31,void,,'+TX,CN-2026-000001,2026-11-23,R-000001,4,6200,2100\r\n`,
    );
  });

  it('write one row a payout line', async () => {
    expect(await text(linesCsv(once([line]), { eol: '\n' }))).toBe(
      'invoice_number,issue_date,affiliate_id,affiliate_name,email,commission_id,kind,earned_on,campaign,order_id,' +
        'description,currency,amount,period_from,period_to,status,expense_account,payable_account\n' +
        `INV-2026-000001,2026-11-22,aff_1,Ada,,c1~1,clawback,2026-10-05,,'@7,two lines,USD,-5.00,,2026-10-31,` +
        'open,6200,2100\n',
    );
  });
});
