import { describe, expect, it } from '@jest/globals';
import type { ResultFile } from '../../src/core/reconciliation.js';
import { BookZone } from '../../src/core/time-zone.js';
import { readPaymentResults } from '../../src/imports/payment-results.js';
import { builtInLayout, layoutOfMap, type ResultLayout } from '../../src/imports/result-layout.js';

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const read = (text: string, layout: ResultLayout): Promise<ResultFile> =>
  readPaymentResults(bytesOf(text), layout, { name: 'report.csv', zone: new BookZone('Europe/Berlin') });

const map = (value: unknown): ResultLayout => layoutOfMap(JSON.stringify(value), 'map.json');

/** What a statement says in one row, by a map. */
async function statementRow(options: Record<string, unknown>, amount: string, date = '') {
  const columns = { reference: 'Text', amount: 'Amount', date: 'Day' };
  const { rows } = await read(
    `Text;Amount;Day\nINV-1;"${amount}";${date}\n`,
    map({ columns, currency: 'EUR', ...options }),
  );
  return rows[0];
}

describe('PayPal', () => {
  const paypal = builtInLayout('paypal', '.');

  it('is read by the names of its API, below lines about the report', async () => {
    const text =
      'Payouts report,,\nBatch,P7MFYN6YSUE5W,\n\n' +
      'payout_item_id,transaction_id,transaction_status,sender_item_id,amount,currency,time_processed,errors\n' +
      'H7,9PE,SUCCESS,INV-1,"1,212.50",USD,2026-11-22T23:30:00Z,\n' +
      'H8,,FAILED,INV-2,5.00,usd,2026-11-22T10:00:00Z,RECEIVER_UNREGISTERED\n';
    expect(await read(text, paypal)).toEqual({
      isStatement: false,
      rows: [
        {
          ...{ line: 5, text: 'INV-1', amount: 121_250n, amountText: '1,212.50', currency: 'USD' },
          ...{ outcome: 'paid', statusText: 'SUCCESS', date: '2026-11-23', id: '9PE', reason: null },
          ...{ direction: null, dateText: '2026-11-22T23:30:00Z', problem: null },
        },
        {
          ...{ line: 6, text: 'INV-2', amount: 500n, amountText: '5.00', currency: 'USD' },
          ...{ outcome: 'failed', statusText: 'FAILED', date: '2026-11-22', id: 'H8' },
          ...{ direction: null, dateText: '2026-11-22T10:00:00Z', problem: null },
          reason: 'RECEIVER_UNREGISTERED',
        },
      ],
    });
  });

  it.each([
    ['SUCCESS', 'paid'],
    ['Completed', 'paid'],
    ['FAILED', 'failed'],
    ['BLOCKED', 'failed'],
    ['RETURNED', 'returned'],
    ['REFUNDED', 'returned'],
    ['REVERSED', 'returned'],
    ['PENDING', 'pending'],
    ['UNCLAIMED', 'pending'],
    ['On hold', 'pending'],
    ['MYSTERY', null],
    ['', null],
  ])('takes the status %s for %s', async (status, outcome) => {
    const text = `Customer ID,Amount,Currency,Status\nINV-1,1.00,USD,${status}\n`;
    const { rows } = await read(text, paypal);
    expect(rows[0]?.outcome).toBe(outcome);
  });

  it('follows the decimal mark of the account', async () => {
    const text = 'Customer ID;Amount;Currency;Status\nINV-1;1.212,50;EUR;Completed\n';
    expect((await read(text, builtInLayout('paypal', ','))).rows[0]?.amount).toBe(121_250n);
  });

  it('refuses another file, naming what it found and what would help', async () => {
    const reading = read('Betrag,Zweck\n1,2\n', paypal);
    await expect(reading).rejects.toMatchObject({
      code: 'invalid_data',
      message: "Nothing was changed: report.csv is not PayPal's report; it begins with Betrag, Zweck.",
      hint:
        'It takes columns such as Sender item ID, Amount, Currency, Transaction status. ' +
        'With other titles say which they are: --map FILE (see docs/exports.md).',
    });
    await expect(read('', paypal)).rejects.toThrow("report.csv is not PayPal's report; it is empty");
  });
});

describe('Wise', () => {
  const header =
    'ID,Status,Direction,"Created on","Finished on","Source fee amount","Source fee currency",' +
    '"Target fee amount","Target fee currency","Source name","Source amount (after fees)","Source currency",' +
    '"Target name","Target amount (after fees)","Target currency","Exchange rate",Reference,Batch\n';
  const row = (status: string, direction: string): string =>
    `TRANSFER-1,${status},${direction},"2026-11-21 15:09:01","2026-11-22 15:09:01",0.3,EUR,,,Acme,5.3,EUR,` +
    'Ada,5.0,USD,1.1,INV-1,\n';

  it('is read by its transaction history, what arrives being the amount', async () => {
    const { rows, isStatement } = await read(header + row('COMPLETED', 'OUT'), builtInLayout('wise', '.'));
    expect(isStatement).toBe(false);
    expect(rows).toEqual([
      {
        ...{ line: 2, text: 'INV-1', amount: 500n, amountText: '5.0', currency: 'USD', outcome: 'paid' },
        ...{ statusText: 'COMPLETED', date: '2026-11-22', id: 'TRANSFER-1', reason: null },
        ...{ direction: 'out', dateText: '2026-11-22 15:09:01', problem: null },
      },
    ]);
  });

  it('knows what was cancelled and refunded, and what came in', async () => {
    const text = header + row('CANCELLED', 'OUT') + row('REFUNDED', 'OUT') + row('COMPLETED', 'IN');
    const { rows } = await read(text, builtInLayout('wise', '.'));
    expect(rows.map(({ outcome, direction }) => [outcome, direction])).toEqual([
      ['failed', 'out'],
      ['returned', 'out'],
      ['paid', 'in'],
    ]);
  });
});

describe('a bank statement by a map', () => {
  it('tells by the sign what leaves, and what comes only where the map says how', async () => {
    expect(await statementRow({}, '-12.50')).toMatchObject({ direction: 'out', amount: 1250n });
    expect(await statementRow({}, '12.50')).toMatchObject({ direction: null, amount: 1250n });
    expect(await statementRow({ payments: 'negative' }, '12.50')).toMatchObject({ direction: 'in' });
    expect(await statementRow({ payments: 'positive' }, '12.50')).toMatchObject({ direction: 'out' });
    expect(await statementRow({ payments: 'positive' }, '-12.50')).toMatchObject({ direction: 'in' });
  });

  it.each([
    ['12.50', '0.00', { direction: 'out', amount: 1250n, problem: null }],
    ['0', '12.50', { direction: 'in', amount: 1250n, problem: null }],
    ['12.50', '3.00', { problem: 'has both a debit and a credit' }],
    ['', '-3.00', { problem: 'has a credit with a minus' }],
  ])('takes zero for an empty cell: debit %s, credit %s', async (debit, credit, expected) => {
    const columns = { reference: 'R', debit: 'D', credit: 'C' };
    const { rows } = await read(`R,D,C\nINV-1,${debit},${credit}\n`, map({ columns, currency: 'EUR' }));
    expect(rows).toMatchObject([expected]);
  });

  it('refuses the row of an id that is none', async () => {
    const columns = { reference: 'R', amount: 'A', id: 'I' };
    const text = `R,A,I\nINV-1,-1,${'9'.repeat(141)}\n`;
    const { rows } = await read(text, map({ columns, currency: 'EUR' }));
    expect(rows).toMatchObject([{ id: null, problem: 'has an id of more than 140 characters' }]);
  });

  it('reads two columns of amounts, and a text out of several', async () => {
    const columns = { reference: ['Purpose', 'Payee'], debit: 'Out', credit: 'In', currency: 'Currency' };
    const text = 'Purpose,Payee,Out,In,Currency\nINV-1,Ada,12.50,,EUR\n,INV-2 Bo,,3.00,EUR\n';
    const { rows, isStatement } = await read(text, map({ columns }));
    expect(isStatement).toBe(true);
    expect(rows).toMatchObject([
      { text: 'INV-1 Ada', amount: 1250n, direction: 'out' },
      { text: 'INV-2 Bo', amount: 300n, direction: 'in' },
    ]);
  });

  it.each([
    ['.', '1,234.50', 123_450n],
    ['.', "1'234.50", 123_450n],
    ['.', '1 234.5', 123_450n],
    ['.', '12.5000', 1250n],
    ['.', '(12.50)', 1250n],
    ['.', '12.50-', 1250n],
    ['.', '12,50', null],
    ['.', '12.505', null],
    ['.', '1,2,3', null],
    ['.', 'EUR 5', null],
    ['.', '', null],
    [',', '1.234,50', 123_450n],
    [',', '12,50', 1250n],
    [',', '12.50', null],
  ])('reads an amount without guessing: decimal mark %s, %s', async (decimalMark, amount, minor) => {
    expect((await statementRow({ decimalMark }, amount))?.amount).toBe(minor);
  });

  it.each([
    [{}, '2026-11-22', '2026-11-22'],
    [{}, '2026-11-22 23:59:59', '2026-11-22'],
    [{ dateFormat: 'dmy' }, '05.11.26', '2026-11-05'],
    [{ dateFormat: 'mdy' }, '11/05/2026 10:00', '2026-11-05'],
    [{ dateFormat: 'ymd' }, '2026/11/05', '2026-11-05'],
    [{ dateFormat: 'dmy' }, '31.02.2026', null],
    [{}, '05.11.2026', null],
    [{}, 'yesterday', null],
  ])('reads a day in the order told: %j %s', async (options, said, date) => {
    expect((await statementRow(options, '1.00', said))?.date).toBe(date);
  });

  it('refuses a file that lacks a column of the map', async () => {
    const columns = { reference: 'Text', amount: 'Amount', date: 'Booked' };
    await expect(read('Text,Amount\nINV-1,-1\n', map({ columns, currency: 'EUR' }))).rejects.toMatchObject({
      message:
        'Nothing was changed: report.csv is not a file that map.json describes; it begins with Text, Amount.',
      hint: 'It takes columns such as Text, Amount, Booked. Mend the map, or give the file that it describes.',
    });
  });

  it('has the words of its status told', async () => {
    const columns = { reference: 'R', amount: 'A', status: 'S' };
    const layout = map({ columns, currency: 'EUR', status: { Gebucht: 'paid', 'Zurück!': 'returned' } });
    const { rows } = await read('R,A,S\nx,1,gebucht\nx,1,zurück\nx,1,paid\n', layout);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['paid', 'returned', null]);
  });

  it.each([
    ['nonsense', 'is no JSON object'],
    ['[]', 'is no JSON object'],
    ['{}', 'has no "columns"'],
    ['{"columns":{"reference":"R"}}', 'names no column of the amount, nor both debit and credit'],
    ['{"columns":{"amount":"A"}}', 'names no column of the reference'],
    ['{"columns":{"reference":"R","amount":"A"}}', 'names neither a column of the currency'],
    ['{"columns":{"reference":"R","amount":"A"},"currency":"EURO"}', 'names no currency'],
    ['{"columns":{"reference":"","amount":"A"}}', 'names no title for the column reference'],
    ['{"columns":{"reference":"R","amount":"A","iban":"I"}}', 'has the column "iban"; it may have reference'],
    ['{"columns":{},"colums":{}}', 'has the key "colums"; it may have columns'],
    ['{"columns":{"reference":"R","amount":"A"},"currency":"EUR","dateFormat":"d.m.y"}', 'has a dateFormat'],
    [
      '{"columns":{"reference":"R","amount":"A"},"currency":"EUR","status":{"ok":"fine"}}',
      'has a status that',
    ],
  ])('refuses a map with a sentence: %s', (text, sentence) => {
    expect(() => layoutOfMap(text, 'map.json')).toThrow(`The map map.json ${sentence}`);
  });
});

describe('a file that is no answer', () => {
  const csv = builtInLayout('csv', '.');

  it.each([
    [
      'the generic list',
      'reference,payee,account,bic,amount,currency,execution_date,invoice_number,affiliate_id,country\n',
    ],
    ['PayPal', 'ada@example.com,12.50,USD,INV-1,Payout,PAYPAL\r\n'],
    [
      'Wise',
      'name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency,targetCurrency\n',
    ],
    ['SEPA', '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">\n'],
    ['ACH', `101 ${'1'.repeat(90)}\r\n${'9'.repeat(94)}\r\n`],
  ])('is refused as the payment file that was sent: %s', async (_what, text) => {
    await expect(read(text, csv)).rejects.toThrow(
      'Nothing was changed: report.csv is a payment file, which is sent to the bank or the provider, and not its answer.',
    );
  });

  it('is told what it is: XML, another encoding, a table without titles', async () => {
    await expect(read('<?xml version="1.0"?>\n<Document/>', csv)).rejects.toThrow(
      'Nothing was changed: report.csv is XML, and no CSV.',
    );
    const utf16 = readPaymentResults(
      (async function* () {
        yield Buffer.from('\ufeffa,b\n', 'utf16le');
      })(),
      csv,
      { name: 'report.csv', zone: new BookZone('UTC') },
    );
    await expect(utf16).rejects.toMatchObject({
      message:
        'Nothing was changed: report.csv cannot be read. The file is UTF-16, not UTF-8. Save it as "CSV UTF-8".',
      hint: 'Then reconcile again.',
    });
    await expect(read('bo@example.com,DE89370400440532013000,12\n', csv)).rejects.toThrow(
      'it begins with a row that has no titles.',
    );
    await expect(read('Name,bo@example.com\n', csv)).rejects.toThrow('it begins with Name.');
  });
});
