/** The life of a payout: approve, process, pay, fail, return, void, redo. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeProgramme, type Json, type Outcome, type Sandbox } from './payrun.js';

const AFFILIATES = 'id,name\naff_1,Ada\naff_2,Bo\naff_3,Cy\n';
const HEADER = 'id,affiliate_id,earned_at,amount,status';
const COMMISSIONS = [
  HEADER,
  'c1,aff_1,2026-10-03,100.00,approved',
  'c2,aff_2,2026-10-05,49.00,approved',
  'c3,aff_2,2026-10-06,51.00,approved',
  'c4,aff_3,2026-10-07,14.70,approved',
  '',
].join('\n');

const A = 'INV-2026-000001';
const B = 'INV-2026-000002';
const C = 'INV-2026-000003';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await makeProgramme({ affiliates: AFFILIATES, commissions: COMMISSIONS });
  await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
});

afterEach(async () => {
  try {
    // Whatever was done, the books are sound at the end; it throws when they are not.
    await sandbox.succeed(['verify']);
  } finally {
    await sandbox.remove();
  }
});

const payouts = (...args: string[]): Promise<Outcome> => sandbox.payrun(['payouts', ...args]);
const done = (...args: string[]): Promise<Outcome> => sandbox.succeed(['payouts', ...args]);

/** The statuses of all payouts, by number. */
async function statuses(): Promise<string[]> {
  const { json } = await done('list', '--json');
  return json.payouts.map((payout: Json) => payout.status);
}

async function payout(number: string): Promise<Json> {
  return (await done('show', number, '--json')).json.payout;
}

async function refund(...rows: string[]): Promise<void> {
  await sandbox.write('again.csv', [HEADER, ...rows, ''].join('\n'));
  await sandbox.succeed(['import', 'commissions', 'again.csv']);
}

describe('a payout on its way', () => {
  test('is processed and paid, each step with its day, its reference and its reason', async () => {
    const handed = await done('process', A, '--reference', 'SEPA 211', '--reason', 'bank file', '--json');
    expect(handed.json).toMatchObject({
      changed: 1,
      payouts: [{ invoiceNumber: A, status: 'processing', reference: 'SEPA 211', paidOn: null }],
    });
    const later = { now: '2026-11-25T09:00:00.000Z' };
    await sandbox.succeed(['payouts', 'pay', A, '--date', '2026-11-24', '--yes'], later);
    const { status, paidOn, reference, history } = await payout(A);
    expect([status, paidOn, reference]).toEqual(['paid', '2026-11-24', 'SEPA 211']);
    const by = { by: 'kim', reason: null };
    expect(history).toEqual([
      { ...by, at: '2026-11-22T09:00:00.000Z', status: 'open', on: '2026-11-22', reference: null },
      {
        ...{ by: 'kim', at: '2026-11-22T09:00:00.000Z', status: 'processing', on: '2026-11-22' },
        ...{ reference: 'SEPA 211', reason: 'bank file' },
      },
      { ...by, at: '2026-11-25T09:00:00.000Z', status: 'paid', on: '2026-11-24', reference: 'SEPA 211' },
    ]);
  });

  test('is paid in one from open, with both steps in the history, and says it in text', async () => {
    const paid = await done('pay', A, B, '--yes', '--reference', 'S1');
    expect(paid.stdout).toBe(
      [
        '2 payouts paid: USD 200.00.',
        '',
        'Invoice          Issued      Affiliate  Name  Amount  Currency  Status',
        'INV-2026-000001  2026-11-22  aff_1      Ada   100.00  USD       paid',
        'INV-2026-000002  2026-11-22  aff_2      Bo    100.00  USD       paid',
        '',
      ].join('\n'),
    );
    expect(paid.stderr).toBe('What is not yet paid:\n  payrun pending\n');
    expect((await payout(A)).history.map((step: Json) => step.status)).toEqual([
      'open',
      'processing',
      'paid',
    ]);
    const shown = await done('show', A);
    expect(shown.stdout).toContain('2026-11-22  paid        kim  S1');
  });

  test('fails and is sent again; its new payment has its own reference', async () => {
    await done('process', A, '--reference', 'first');
    await done('fail', A, '--reason', 'account closed', '--date', '2026-11-22');
    expect(await payout(A)).toMatchObject({ status: 'failed', reference: 'first', paidOn: null });
    await done('process', A);
    await done('pay', A, '--yes');
    expect(await payout(A)).toMatchObject({ status: 'paid', reference: null, paidOn: '2026-11-22' });
  });

  test('is returned with neither day nor reference left but in the history, then paid again in one', async () => {
    await done('pay', A, '--reference', 'S1', '--yes');
    await done('return', A, '--reason', 'wrong account');
    expect(await payout(A)).toMatchObject({ status: 'returned', reference: null, paidOn: null });
    const { balances } = (await sandbox.succeed(['affiliates', 'show', 'aff_1', '--json'])).json;
    expect(balances).toMatchObject([{ inPayouts: '100.00', paid: '0.00', available: '0.00' }]);
    await done('pay', A, '--reference', 'S2', '--yes');
    const { history } = await payout(A);
    expect(history.map((step: Json) => [step.status, step.reference])).toEqual([
      ['open', null],
      ['processing', 'S1'],
      ['paid', 'S1'],
      ['returned', null],
      ['processing', 'S2'],
      ['paid', 'S2'],
    ]);
  });

  test('is handed over on a day of its own, which its history keeps', async () => {
    const later = { now: '2026-11-25T09:00:00.000Z' };
    const process = (...words: string[]): Promise<Outcome> =>
      sandbox.payrun(['payouts', 'process', A, ...words, '--json'], later);
    for (const date of ['2026-11-21', '2026-11-26']) {
      expect((await process('--date', date)).code).toBe(2);
    }
    expect((await process('--date', '2026-11-23', '--reference', 'B1')).json.changed).toBe(1);
    expect((await payout(A)).history[1]).toMatchObject({ status: 'processing', on: '2026-11-23' });
    // The day of what is on its way already says nothing new; another reference would be lost.
    for (const words of [[], ['--reference', 'B1'], ['--date', '2026-11-24']]) {
      expect((await process(...words)).json.changed).toBe(0);
    }
    const otherwise = await process('--reference', 'B2');
    expect(otherwise.code).toBe(4);
    expect(otherwise.json.error).toMatchObject({
      message: `Nothing was processed: ${A} was handed over on 2026-11-23 with reference B1.`,
      hint: `If it was handed over anew, the first payment failed: payrun payouts fail ${A}`,
      details: [{ invoiceNumber: A, status: 'processing', reason: 'processed_otherwise' }],
    });
    // The bank may have paid before somebody marked it as handed over.
    await sandbox.succeed(['payouts', 'pay', A, '--date', '2026-11-22', '--yes'], later);
    expect(await payout(A)).toMatchObject({ paidOn: '2026-11-22', reference: 'B1' });
    for (const verb of ['approve', 'void', 'redo']) {
      expect((await payouts(verb, A, '--date', '2026-11-22', '--yes')).code).toBe(2);
    }
  });

  test('fails and comes back with a reference of its own, which only its history keeps', async () => {
    await done('process', A, '--reference', 'B1');
    await done('fail', A, '--reference', 'R-7', '--date', '2026-11-22');
    expect(await payout(A)).toMatchObject({ status: 'failed', reference: 'B1' });
    await done('pay', A, '--reference', 'B2', '--yes');
    await done('return', A, '--reference', 'R-8');
    expect(await payout(A)).toMatchObject({ status: 'returned', reference: null });
    const { history } = await payout(A);
    expect(history.map((step: Json) => [step.status, step.reference])).toEqual([
      ['open', null],
      ['processing', 'B1'],
      ['failed', 'R-7'],
      ['processing', 'B2'],
      ['paid', 'B2'],
      ['returned', 'R-8'],
    ]);
  });

  test('is not sent again before the day on which it came back', async () => {
    const later = { now: '2026-11-27T09:00:00.000Z' };
    const change = (...words: string[]): Promise<Outcome> => sandbox.payrun(['payouts', ...words], later);
    await done('pay', A, '--yes');
    expect((await change('return', A, '--date', '2026-11-25')).code).toBe(0);
    for (const words of [['pay', '--yes'], ['process']]) {
      const refused = await change(...words, A, '--date', '2026-11-24');
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(
        'came back on 2026-11-25 and today is 2026-11-27, and 2026-11-24 does not lie between',
      );
    }
    expect((await change('process', A, '--date', '2026-11-25')).code).toBe(0);
    expect((await change('fail', A, '--date', '2026-11-26')).code).toBe(0);
    expect((await change('pay', A, '--date', '2026-11-25', '--yes')).stderr).toContain(
      'failed on 2026-11-26',
    );
    expect((await change('pay', A, '--date', '2026-11-26', '--yes')).code).toBe(0);
  });

  test('that did not arrive and was corrected meanwhile is to be redone, not sent again', async () => {
    await done('process', A, B);
    const plain = await done('fail', A);
    expect(plain.stderr).toBe(
      `Send it again, or take it back:\n  payrun payouts process ${A}\n` +
        `  payrun payouts void ${A} --reason "..."\n`,
    );
    await done('process', A);
    await refund('c2,aff_2,2026-10-05,34.30,approved');
    const both = await done('fail', A, B);
    expect(both.stderr).toBe(
      [
        `Redo what was corrected:\n  payrun payouts redo ${B}`,
        `Send the rest again:\n  payrun payouts process ${A}`,
        `Or take them back:\n  payrun payouts void ${A} ${B} --reason "..."\n`,
      ].join('\n'),
    );
    await done('process', B, '--include-corrected');
    expect((await done('fail', B)).stderr).toBe(
      `Redo what was corrected, or take it back:\n  payrun payouts redo ${B}\n` +
        `  payrun payouts void ${B} --reason "..."\n`,
    );
    await done('redo', B, '--yes');
  });

  test('that was let through although it was corrected is let through by the next command, too', async () => {
    await refund('c2,aff_2,2026-10-05,34.30,approved');
    const approved = await done('approve', A, B, '--include-corrected');
    expect(approved.stderr).toBe(`Next:\n  payrun payouts process ${A} ${B} --include-corrected\n`);
    const sent = await done('process', A, B, '--include-corrected');
    expect(sent.stderr).toContain(`payrun payouts pay ${A} ${B} --include-corrected\n`);
  });

  test('that is there already changes nothing, is exit 0, and counts only what changed', async () => {
    await done('pay', A, '--date', '2026-11-22', '--reference', 'S1', '--yes');
    const again = await done('pay', A, B, '--reference', 'S1', '--yes', '--json');
    expect(again.json.changed).toBe(1);
    expect(again.json.payouts.map((one: Json) => one.status)).toEqual(['paid', 'paid']);
    // Nothing changes, so nothing has to be agreed to.
    expect((await done('pay', A, '--json')).json.changed).toBe(0);
    expect((await done('pay', A)).stdout).toContain('Nothing to pay. 1 payout was paid already.');
    const otherwise = await payouts('pay', A, '--reference', 'S2', '--yes', '--json');
    expect(otherwise.code).toBe(4);
    expect(otherwise.json.error.details).toEqual([
      {
        ...{ invoiceNumber: A, status: 'paid', reason: 'paid_otherwise' },
        message: `${A} was paid on 2026-11-22 with reference S1`,
      },
    ]);
    expect((await payouts('pay', A, '--date', '2026-11-21', '--yes')).code).toBe(4);
    expect((await payout(A)).history).toHaveLength(3);
  });

  test('is paid on a day from its issue to today', async () => {
    for (const date of ['2026-11-21', '2026-11-23']) {
      const refused = await payouts('pay', A, '--date', date, '--yes');
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toContain(`issued on 2026-11-22 and today is 2026-11-22, and ${date}`);
    }
    expect((await payouts('pay', A, '--date', '2026-11-31', '--yes')).code).toBe(2);
    expect(await statuses()).toEqual(['open', 'open', 'open']);
    await done('pay', A, '--date', '2026-11-22', '--yes');
    const early = await payouts('return', A, '--date', '2026-11-21');
    expect([early.code, (await statuses())[0]]).toEqual([2, 'paid']);
  });
});

describe('several at once', () => {
  test('change all or none, and every one in the way is named', async () => {
    await done('pay', A, '--yes');
    const refused = await payouts('process', C, A, B, '--json');
    expect(refused.code).toBe(4);
    expect(refused.json.error).toEqual({
      code: 'conflict',
      message: `Nothing was processed: ${A} is paid.`,
      hint: `What is paid goes on with: payrun payouts return ${A}`,
      details: [{ invoiceNumber: A, status: 'paid', reason: 'wrong_status', message: `${A} is paid` }],
    });
    const text = await payouts('fail', A, B, C);
    expect([text.code, text.stdout]).toEqual([4, '']);
    expect(text.stderr).toBe(
      [
        'payrun: Nothing was marked as failed: 3 of 3 payouts stand in the way.',
        `  ${A} is paid`,
        `  ${B} is open`,
        `  ${C} is open`,
        `  What is paid goes on with: payrun payouts return ${A}`,
        '',
      ].join('\n'),
    );
    expect(await statuses()).toEqual(['paid', 'open', 'open']);
  });

  test('of a run are those that are not void; it is said how many are left out', async () => {
    await done('void', B, '--reason', 'x', '--yes');
    const run = await done('process', '--run', 'R-000001');
    expect(run.stdout).toContain('2 payouts processing: USD 114.70.');
    expect(run.stderr).toContain('1 void payout of the run was left out.');
    expect(run.stderr).toContain('payrun payouts pay --run R-000001');
    expect(await statuses()).toEqual(['processing', 'void', 'processing']);
    await done('fail', '--run', 'R-1');
    const rest = await done('void', '--run', 'R-1', '--reason', 'y', '--yes', '--json');
    expect([rest.json.changed, rest.json.payouts.length]).toEqual([2, 3]);
    expect((await payouts('process', '--run', 'R-1')).code).toBe(4);
  });

  test('that are not there, or not said, are refused', async () => {
    expect((await payouts('process', A, 'INV-9')).code).toBe(3);
    expect((await payouts('process', '--run', 'R-9')).code).toBe(3);
    expect((await payouts('process', A, '--run', 'R-1')).code).toBe(2);
    const nothing = await payouts('approve');
    expect([nothing.code, nothing.stderr]).toEqual([
      2,
      'payrun: Which payouts to approve has not been said.\n' +
        '  Nothing can be asked here: give invoice numbers, or --run R.\n',
    ]);
    expect(await statuses()).toEqual(['open', 'open', 'open']);
  });

  test('off a terminal need consent where money moves, and nowhere else', async () => {
    for (const words of [
      ['pay', A],
      ['void', A, '--reason', 'x'],
      ['redo', A],
    ]) {
      const refused = await payouts(...words);
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toContain('give --yes');
    }
    await done('approve', A);
    await done('process', A);
    await done('fail', A);
    expect(await statuses()).toEqual(['failed', 'open', 'open']);
  });
});

describe('approval', () => {
  test('where it is required stands before a payment, but not before a second try', async () => {
    await sandbox.succeed(['settings', 'set', 'approval.payouts', 'required']);
    const refused = await payouts('process', '--run', 'R-1', '--json');
    expect(refused.code).toBe(4);
    expect(refused.json.error.details.map((one: Json) => one.reason)).toEqual(
      Array(3).fill('approval_required'),
    );
    expect(refused.json.error.hint).toBe(`Approve first: payrun payouts approve ${A} ${B} ${C}`);
    expect((await payouts('pay', A, '--yes')).code).toBe(4);
    expect((await sandbox.succeed(['pending'])).stderr).toContain('payrun payouts approve');
    await done('approve', A);
    expect((await done('approve', A, '--json')).json.changed).toBe(0);
    await done('process', A);
    await done('fail', A);
    await done('pay', A, '--yes');
    expect(await statuses()).toEqual(['paid', 'open', 'open']);
  });

  test('of two persons is not by who generated, and warns where the account is the same', async () => {
    await sandbox.succeed(['settings', 'set', 'approval.payouts', 'two-person']);
    const same = await payouts('approve', A, '--actor', ' Kim ', '--json');
    expect([same.code, same.json.error.details[0].reason]).toEqual([4, 'same_person']);
    const other = await done('approve', A, '--actor', 'lee', '--json');
    expect(other.json).toMatchObject({ changed: 1, payouts: [{ status: 'approved' }] });
    expect(other.stderr).toContain('Two-person approval is a control, not a wall.');
    expect((await payout(A)).history[1]).toMatchObject({ status: 'approved', by: 'lee' });
  });
});

describe('money does not leave when something is known to be wrong', () => {
  test('as when the affiliate is paused or blocked', async () => {
    await sandbox.write('affiliates.csv', 'id,name,status\naff_1,Ada,paused\naff_2,Bo,blocked\n');
    await sandbox.succeed(['import', 'affiliates', 'affiliates.csv']);
    for (const verb of ['approve', 'process', 'pay']) {
      const refused = await payouts(verb, A, B, C, '--yes', '--json');
      expect(refused.code).toBe(4);
      expect(refused.json.error.details.map((one: Json) => [one.invoiceNumber, one.reason])).toEqual([
        [A, 'affiliate_paused'],
        [B, 'affiliate_blocked'],
      ]);
    }
    expect((await payouts('redo', A, '--yes')).stderr).toContain('because the affiliate is paused');
    await done('void', A, '--reason', 'x', '--yes');
  });

  test('as after a refund: processing is refused, and a redo pays the net', async () => {
    await refund('c2,aff_2,2026-10-05,34.30,approved');
    const listed = await done('list', '--corrected');
    expect(listed.stdout).toContain('100.00  USD       open, corrected\n');
    expect(listed.stdout).toContain('1 was corrected since it was made.');
    expect(listed.stderr).toBe(`Redo what was corrected:\n  payrun payouts redo ${B}\n`);
    expect((await sandbox.succeed(['pending', '--json'])).json.payouts).toMatchObject([
      { correctedSince: false },
      { invoiceNumber: B, correctedSince: true },
      { correctedSince: false },
    ]);
    const refused = await payouts('process', '--run', 'R-1', '--json');
    expect(refused.code).toBe(4);
    expect(refused.json.error).toMatchObject({
      message: `Nothing was processed: ${B} was corrected since it was made.`,
      details: [{ invoiceNumber: B, status: 'open', reason: 'corrected_since' }],
    });
    const redone = await done('redo', B, '--reason', 'refund', '--yes');
    expect(redone.stdout).toBe(
      [
        '1 payout redone: USD 100.00. Now USD 85.30.',
        '',
        'Invoice          Replaced by      Name  Amount    Now  Difference  Currency',
        'INV-2026-000002  INV-2026-000004  Bo    100.00  85.30      -14.70  USD',
        '',
      ].join('\n'),
    );
    expect(await payout(B)).toMatchObject({ status: 'void', replacedBy: 'INV-2026-000004', replaces: null });
    expect(await payout('INV-2026-000004')).toMatchObject({
      ...{ status: 'open', amount: '85.30', replaces: B, correctedSince: false, runId: 'R-000002' },
      ...{ from: '2026-10-01', to: '2026-10-31' },
    });
    expect((await done('list', '--corrected', '--json')).json.payouts).toEqual([]);
    await done('process', '--run', 'R-2');
  });

  test('but --include-corrected pays it all the same, and the next payout nets it', async () => {
    await refund('c2,aff_2,2026-10-05,34.30,approved');
    await done('pay', B, '--include-corrected', '--yes');
    await refund('c9,aff_2,2026-11-20,20.00,approved');
    const december = { now: '2026-12-20T09:00:00.000Z' };
    const made = await sandbox.succeed(
      ['generate', '--period', '2026-11', '--all', '--yes', '--json'],
      december,
    );
    expect(made.json.payouts).toMatchObject([{ affiliateId: 'aff_2', amount: '5.30' }]);
  });
});

describe('a void', () => {
  test('of 100.00 makes 100.00 available at once, and the second changes nothing', async () => {
    await sandbox.succeed(['settings', 'set', 'hold.days', '60']);
    const words = ['payouts', 'void', A, '--reason', 'wrong bank', '--yes', '--json'];
    const voided = await sandbox.succeed(words);
    const second = await sandbox.succeed(words);
    expect([voided.json.changed, second.json.changed]).toEqual([1, 0]);
    expect(second.json.payouts).toEqual(voided.json.payouts);
    const { balances } = (await sandbox.succeed(['affiliates', 'show', 'aff_1', '--json'])).json;
    expect(balances).toMatchObject([{ available: '100.00', onHold: '0.00', inPayouts: '0.00' }]);
    const made = await sandbox.succeed(['generate', '--period', '2026-10', '--all', '--yes', '--json']);
    expect(made.json.payouts).toMatchObject([{ invoiceNumber: 'INV-2026-000004', amount: '100.00' }]);
    await done('void', 'INV-2026-000004', '--reason', 'again', '--yes');
    expect((await payout('INV-2026-000004')).creditNoteNumber).toBe('CN-2026-000002');
  });

  test('names the command that pays what it released, with the campaign and the override of the run', async () => {
    const other = await makeProgramme({
      affiliates: AFFILIATES,
      commissions: [
        'id,affiliate_id,earned_at,amount,status,campaign',
        'c1,aff_1,2026-10-03,5.00,approved,fall sale',
        'c2,aff_2,2026-10-03,6.00,approved,fall sale',
        'c3,aff_1,2026-10-03,70.00,approved,spring',
        '',
      ].join('\n'),
      init: ['--minimum', '50'],
    });
    try {
      const words = ['--campaign', 'fall sale', '--override-minimum', '--all', '--yes'];
      await other.succeed(['generate', '--period', '2026-10', ...words]);
      const voided = await other.succeed(['payouts', 'void', '--run', 'R-1', '--reason', 'x', '--yes']);
      const range = '--from 2026-10-01 --to 2026-10-31';
      const how = "--campaign 'fall sale' --override-minimum";
      expect(voided.stderr).toBe(
        `What was released can be paid again:\n  payrun generate ${range} --all ${how} --dry-run\n`,
      );
      const refused = await other.payrun(['payouts', 'process', A]);
      expect(refused.stderr).toContain(
        `What a void released is paid with: payrun generate ${range} --affiliate aff_1 ${how}\n`,
      );
      const again = await other.succeed(['generate', '--period', '2026-10', ...words, '--json']);
      expect(again.json.payouts.map((one: Json) => one.amount)).toEqual(['5.00', '6.00']);
      // Of two runs that do not share them, neither is named.
      await other.succeed(['generate', '--period', '2026-10', '--all', '--yes']);
      const mixed = ['INV-2026-000003', 'INV-2026-000005', '--reason', 'x', '--yes'];
      expect((await other.succeed(['payouts', 'void', ...mixed])).stderr).toBe(
        `What was released can be paid again:\n  payrun generate ${range} --affiliate aff_1 --dry-run\n`,
      );
    } finally {
      await other.remove();
    }
  });

  test('or a redo of what is on its way or has arrived is refused', async () => {
    await done('process', A);
    await done('pay', B, '--yes');
    for (const words of [['void', '--reason', 'x'], ['redo']]) {
      const refused = await payouts(...words, A, B, C, '--yes', '--json');
      expect(refused.code).toBe(4);
      expect(refused.json.error.details.map((one: Json) => one.status)).toEqual(['processing', 'paid']);
    }
    expect(await statuses()).toEqual(['processing', 'paid', 'open']);
  });
});

describe('a hint', () => {
  test('names the ledger that was asked for, so that a pasted line does not act on another', async () => {
    const { stderr } = await sandbox.succeed(['pending', '--ledger', sandbox.ledger]);
    expect(stderr).toContain(`  payrun payouts process --ledger ${sandbox.ledger}\n`);
  });
});

describe('a redo', () => {
  test('that would come to the same, because the debit counts from a later day, is refused', async () => {
    await sandbox.write(
      'later.csv',
      'id,affiliate_id,earned_at,amount,kind,corrects\nk1,aff_1,2026-12-02,-15.00,clawback,c1\n',
    );
    await sandbox.succeed(['import', 'commissions', 'later.csv']);
    const refused = await payouts('redo', A, '--yes', '--json');
    expect(refused.code).toBe(4);
    expect(refused.json.error.details).toMatchObject([{ invoiceNumber: A, reason: 'corrected_later' }]);
    expect(await statuses()).toEqual(['open', 'open', 'open']);
    await done('pay', A, '--include-corrected', '--yes');
  });

  test('asked again changes nothing and tells what replaced it', async () => {
    await done('redo', A, '--yes');
    const again = await done('redo', A, C, '--yes', '--json');
    expect(again.json.changed).toBe(1);
    expect(again.json.payouts).toMatchObject([
      { invoiceNumber: A, status: 'void', replacedBy: 'INV-2026-000004' },
      { invoiceNumber: C, status: 'void', replacedBy: 'INV-2026-000005' },
    ]);
    const text = await done('redo', A);
    expect(text.stdout).toBe(
      'Nothing to redo. 1 payout was redone already.\n  INV-2026-000001  replaced by INV-2026-000004\n',
    );
    expect((await done('show', A)).stdout).toContain('Replaced by  INV-2026-000004');
    expect((await done('show', 'INV-2026-000004')).stdout).toContain(`Replaces   ${A}`);
    expect((await payout(A)).history[1]).toMatchObject({ status: 'void', reason: 'redone' });
  });

  test('keeps the campaign and the override of its run, and is of its currency alone', async () => {
    const other = await makeProgramme({
      affiliates: AFFILIATES,
      commissions: [
        'id,affiliate_id,earned_at,amount,currency,status,campaign',
        'c1,aff_1,2026-10-03,5.00,USD,approved,fall',
        'c2,aff_1,2026-10-03,6.00,EUR,approved,fall',
        'c3,aff_1,2026-10-03,70.00,USD,approved,spring',
        '',
      ].join('\n'),
      init: ['--minimum', '50'],
    });
    try {
      const words = ['--campaign', 'fall', '--override-minimum', '--all', '--yes'];
      await other.succeed(['generate', '--period', '2026-10', ...words]);
      await other.succeed(['payouts', 'redo', B, '--yes']);
      const { json } = await other.succeed(['payouts', 'list', '--json']);
      expect(json.payouts.map((one: Json) => [one.currency, one.amount, one.status, one.replaces])).toEqual([
        ['EUR', '6.00', 'open', null],
        ['USD', '5.00', 'void', null],
        ['USD', '5.00', 'open', B],
      ]);
      const { run } = (await other.succeed(['runs', 'show', 'R-2', '--json'])).json;
      expect(run).toMatchObject({
        affiliateId: 'aff_1',
        campaign: 'fall',
        overrideMinimum: true,
        kind: 'manual',
      });
    } finally {
      await other.remove();
    }
  });

  test('that would pay nothing is refused with the reason, and nothing at all is void', async () => {
    await sandbox.succeed(['settings', 'set', 'minimum.USD', '50']);
    const refused = await payouts('redo', A, C, '--yes', '--json');
    expect(refused.code).toBe(4);
    expect(refused.json.error).toMatchObject({
      message: `Nothing was redone: ${C} would be replaced by nothing, because what is due is below the minimum (USD 14.70).`,
      details: [
        {
          ...{ invoiceNumber: C, status: 'open', reason: 'pays_nothing' },
          skipped: [{ reason: 'below_minimum', amount: '14.70', currency: 'USD' }],
        },
      ],
    });
    expect(await statuses()).toEqual(['open', 'open', 'open']);
    await refund('c1,aff_1,2026-10-03,100.00,rejected');
    expect((await payouts('redo', A, '--yes')).stderr).toContain('would be replaced by nothing');
    expect((await payout(A)).status).toBe('open');
  });

  test('of a run leaves out what was taken back by hand', async () => {
    await done('void', B, '--reason', 'x', '--yes');
    await done('redo', C, '--yes');
    const run = await done('redo', '--run', 'R-1', '--yes');
    expect(run.stdout).toContain('1 payout redone: USD 100.00. Now USD 100.00. 1 payout was redone already.');
    expect(run.stderr).toBe(
      '1 void payout of the run that nothing replaces was left out.\nWhat is not yet paid:\n  payrun pending\n',
    );
    const again = await done('redo', '--run', 'R-1', '--json');
    expect([again.json.changed, again.json.payouts.length]).toEqual([0, 2]);
    const named = await payouts('redo', A, B, '--yes', '--json');
    expect([named.code, named.json.error.details.length]).toEqual([4, 1]);
    const replaced = await payouts('process', A);
    expect(replaced.stderr).toContain('It was replaced: payrun payouts show INV-2026-000005');
    await done('void', 'INV-2026-000005', '--reason', 'x', '--yes');
    const alone = await payouts('redo', '--run', 'R-3', '--yes');
    expect([alone.code, alone.stdout]).toEqual([4, '']);
  });

  test('of a payout that was taken back is refused with the command that pays it', async () => {
    await done('void', A, '--reason', 'x', '--yes');
    const refused = await payouts('redo', A, '--yes');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('payrun generate --from 2026-10-01 --to 2026-10-31 --affiliate aff_1');
  });
});
