import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../src/core/statement.js';
import { statementCsv } from '../../src/exports/statement-csv.js';
import { statementHtml } from '../../src/exports/statement-html.js';

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let whole = '';
  for await (const piece of pieces) whole += piece;
  return whole;
}

const HOSTILE = `</title><script>alert("x")</script> & 'O\u202e\u200fgnid\u0000\u001b[2J\n\ud800'`;

const STATEMENT: Statement = {
  affiliateId: 'aff_1',
  affiliateName: HOSTILE,
  company: 'Acme & Söhne',
  on: '2026-11-22',
  from: '2026-10-01',
  to: '2026-10-31',
  balances: [
    {
      currency: 'USD',
      available: -8000n,
      onHold: 123456n,
      holds: [
        { availableOn: '2026-12-01', amount: 123400n },
        { availableOn: '2026-12-24', amount: 56n },
      ],
      waitingForApproval: 0n,
      deductedLater: 0n,
      beingProcessed: 0n,
      paid: 21250n,
    },
  ],
  payments: [
    {
      invoiceNumber: 'INV-2026-000001',
      date: '2026-10-02',
      amount: 21250n,
      currency: 'USD',
      stage: 'paid',
      reference: '=TX()',
    },
  ],
  commissions: [
    {
      earnedOn: '2026-10-05',
      description: HOSTILE,
      amount: -1250n,
      currency: 'JPY',
      stage: 'on_hold',
      heldUntil: '2026-12-24',
    },
  ],
};

describe('a statement as CSV', () => {
  test('has a row for each line of the balance, payment and commission', async () => {
    const guarded: string[] = [];
    const written = await text(
      statementCsv(STATEMENT, {
        eol: '\n',
        onGuarded: ({ row, column }) => guarded.push(`${row} ${column}`),
      }),
    );
    expect(written).toBe(
      [
        'section,date,description,invoice_number,stage,on_hold_until,reference,currency,amount',
        'balance,2026-11-22,,,available,,,USD,-80.00',
        'balance,2026-11-22,,,on hold,2026-12-01,,USD,1234.00',
        'balance,2026-11-22,,,on hold,2026-12-24,,USD,0.56',
        'balance,2026-11-22,,,paid,,,USD,212.50',
        "payment,2026-10-02,,INV-2026-000001,paid,,'=TX(),USD,212.50",
        `commission,2026-10-05,"</title><script>alert(""x"")</script> & 'O\u202e\u200fgnid [2J \ud800'",,on hold,` +
          '2026-12-24,,JPY,-1250',
        '',
      ].join('\n'),
    );
    expect(guarded).toEqual(['5 reference']);
  });
});

/** The elements of a page, each opened and closed in its turn. @throws Error where one is not */
function elementsOf(page: string): Set<string> {
  const unclosed = new Set(['meta']);
  const open: string[] = [];
  const found = new Set<string>();
  for (const [, slash, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^<>]*>/g)) {
    found.add(name);
    if (slash === '/' && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    if (slash === '' && !unclosed.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`);
  return found;
}

describe('a statement as a page', () => {
  test('is well-formed, runs nothing and loads nothing', async () => {
    const page = await text(statementHtml(STATEMENT));

    expect(page.startsWith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')).toBe(true);
    expect([...elementsOf(page.replace('<!DOCTYPE html>', ''))].sort()).toEqual(
      'bdi body footer h1 h2 head html meta p style table tbody td th thead title tr'.split(' '),
    );
    expect(page).toContain("default-src 'none'; script-src 'none'; style-src 'sha256-");
    expect(page).not.toMatch(/<script|\shref=|\ssrc=|\son[a-z]+=|url\(|@import|https?:/i);
  });

  test('escapes every text, and drops what is no text', async () => {
    const page = await text(statementHtml(STATEMENT));
    const shown =
      '&lt;/title&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;Ognid [2J &#39;';

    expect(page).toContain(`<title>Statement for ${shown}, 2026-11-22</title>`);
    expect(page).toContain(`<p>Statement for <bdi>${shown}</bdi> (<bdi>aff_1</bdi>)</p>`);
    expect(page).toContain(`<td><bdi>${shown}</bdi></td>`);
    expect(page).toContain('<h1><bdi>Acme &amp; Söhne</bdi></h1>');
    // eslint-disable-next-line no-control-regex -- these are the characters to look for
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200f\u202e]|\p{Surrogate}/u);
  });

  test('shows amounts as people read them, sums for each currency, and what is owed', async () => {
    const page = await text(statementHtml(STATEMENT));

    expect(page).toContain(
      '<tr><td><bdi>on hold until 2026-12-01</bdi></td><td class="amount">1,234.00</td><td>USD</td></tr>',
    );
    expect(page).toContain(
      '<tbody class="sums">\n<tr><td colspan="3">Sum on hold</td><td class="amount">-1,250</td><td>JPY</td></tr>',
    );
    expect(page).toContain('<p>What is below zero is taken off what you earn next.</p>');
    expect(page).toContain('for 2026-10-01 to 2026-10-31');
  });

  test('says what there is not', async () => {
    const none = { company: '', from: null, to: null, balances: [], payments: [], commissions: [] };
    const page = await text(statementHtml({ ...STATEMENT, ...none }));

    expect(page).toContain('<h1><bdi>Statement</bdi></h1>');
    expect(page).toContain('for everything so far');
    expect(page.match(/<p>(There is nothing yet|No [a-z ]+)\.<\/p>/g)).toHaveLength(3);
  });
});
