import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { changePayouts, previewChange, type ChangeInput } from '../../src/app/change-payouts.js';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { importAffiliates } from '../../src/app/import-affiliates.js';
import type { GivenFields } from '../../src/app/affiliate-fields.js';
import { ConflictError } from '../../src/core/errors.js';
import { eachJournalFact } from '../../src/store/journal.js';
import { findPayout, historyOf, standingsOf } from '../../src/store/payouts.js';
import { SampleLedger } from './sample-ledger.js';

const INVOICE = 'INV-2026-000001';

let sample: SampleLedger;
beforeEach(async () => {
  sample = await SampleLedger.create();
  await edit({ payout_method: 'paypal', payout_account: 'ada@example.com' });
  await sample.commissions({ id: 'c1', amount: 1000n });
  sample.today = '2026-11-23';
  await sample.generate();
  sample.today = '2026-11-24';
});
afterEach(() => sample.remove());

const edit = (given: GivenFields, actor = 'kim', osUser = 'kim') =>
  editAffiliate({ ...sample.work, actor, osUser }, 'aff_1', given, null);

const isChanged = () =>
  sample.ledger.read(async (reader) => (await findPayout(reader, INVOICE))?.detailsChanged);

const history = () => sample.ledger.read((reader) => historyOf(reader, INVOICE));

const booked = () =>
  sample.ledger.read(async (reader) => {
    const kinds: string[] = [];
    const all = { from: null, to: null, run: null, currency: null, detail: 'day', except: [] } as const;
    for await (const page of eachJournalFact(reader, all)) kinds.push(...page.map(({ kind }) => kind));
    return kinds;
  });

const importFile = (text: string) =>
  importAffiliates(sample.work, {
    ...{ path: '-', stdin: Readable.from([Buffer.from(text)]), skipInvalid: false },
    ...{ rejectedPath: null, dryRun: false, everyFinding: true },
  });

const approval = (reason: string | null): ChangeInput => ({
  ...{ verb: 'approve', selection: { invoiceNumbers: [INVOICE], run: null }, reason },
  ...{ date: null, reference: null, includeCorrected: false },
});

const approve = (actor = 'mo', reason: string | null = null) =>
  changePayouts({ ...sample.work, actor, osUser: actor }, approval(reason));

describe('a payout whose payment details were changed', () => {
  test.each([
    [{ payout_method: 'wise' }],
    [{ payout_account: 'eve@example.com' }],
    [{ payout_name: 'Eve' }],
    [{ payout_bic: 'COBADEFF' }],
  ] as GivenFields[][])('is marked after %j, and no more when that is taken back', async (given = {}) => {
    expect(await isChanged()).toBe(false);
    await edit(given);
    expect(await isChanged()).toBe(true);
    await edit({
      payout_method: 'paypal',
      payout_account: 'ada@example.com',
      payout_name: '',
      payout_bic: '',
    });
    expect(await isChanged()).toBe(false);
    await edit({ name: 'Ada L.', country: 'DE' });
    expect(await isChanged()).toBe(false);
  });

  test('is not marked while the money is on its way or there, but when it comes back', async () => {
    await sample.change('process', INVOICE);
    await edit({ payout_account: 'eve@example.com' });
    expect(await isChanged()).toBe(false);
    await sample.change('pay', INVOICE);
    expect(await isChanged()).toBe(false);
    await sample.change('return', INVOICE);
    expect(await isChanged()).toBe(true);
  });

  test('is approved as any open one, with the details of now', async () => {
    await edit({ payout_account: 'eve@example.com' });
    const { changed, payouts } = await approve();
    expect(changed).toMatchObject([{ status: 'open', detailsChanged: true }]);
    expect(payouts).toMatchObject([{ status: 'approved', detailsChanged: false }]);
    expect(await approve()).toMatchObject({ changed: [] });
    expect(await sample.complaints()).toEqual([]);
  });

  test('is approved again where it is, once for each change', async () => {
    await sample.change('process', INVOICE);
    await sample.change('pay', INVOICE);
    await sample.change('return', INVOICE);
    await expect(approve()).rejects.toThrow(ConflictError);
    await edit({ payout_account: 'eve@example.com' });
    sample.today = '2026-11-25';
    await expect(approve('mo', 'called her')).resolves.toMatchObject({
      changed: [{ status: 'returned', detailsChanged: true }],
      payouts: [{ status: 'returned', detailsChanged: false }],
    });
    // Once more changes nothing, and is no mistake.
    expect(await approve()).toMatchObject({ changed: [], payouts: [{ status: 'returned' }] });
    await edit({ payout_name: 'Eve' });
    await approve();
    expect((await history()).slice(3).map(({ on, by, status, reason }) => [on, by, status, reason])).toEqual([
      ['2026-11-24', 'kim', 'returned', null],
      ['2026-11-25', 'mo', 'returned', 'payment details approved: called her'],
      ['2026-11-25', 'mo', 'returned', 'payment details approved'],
    ]);
    // It came back on the day on which it did, whenever its details were approved.
    const [standing] = await sample.ledger.read((reader) => standingsOf(reader, [INVOICE]));
    expect(standing?.since).toBe('2026-11-24');
    expect(await booked()).toEqual(['earned', 'issued', 'paid', 'returned']);
    expect(await sample.complaints()).toEqual([]);
    await sample.change('process', INVOICE);
    await sample.change('fail', INVOICE);
    await edit({ payout_name: '' });
    await approve();
    await sample.change('pay', INVOICE);
    expect(await sample.complaints()).toEqual([]);
  });

  test('is approved by a third person under two-person approval', async () => {
    await sample.set('approval.payouts', 'two-person');
    await approve('mo');
    await edit({ payout_account: 'eve@example.com' }, 'mallory', 'mallory');
    await edit({ payout_name: 'Eve' }, 'lee', 'lee');
    for (const [actor, message] of [
      ['kim', `${INVOICE} was generated by kim`],
      ['mallory', `${INVOICE} goes to payment details that mallory changed`],
      ['lee', `${INVOICE} goes to payment details that lee changed`],
    ] as const) {
      await expect(approve(actor)).rejects.toThrow(message);
    }
    const again = { ...sample.work, actor: 'mo', osUser: 'mallory' };
    const done = await changePayouts(again, approval(null));
    expect(done.sameAccount.map(({ invoiceNumber }) => invoiceNumber)).toEqual([INVOICE]);
  });

  test('is previewed with what was changed, masked, from where somebody said yes to where it is now', async () => {
    await edit({ payout_account: 'bo@example.com' }, 'lee');
    await edit({ payout_account: 'eve@example.com', payout_name: 'Eve' }, 'mallory');
    await edit({ payout_name: '' }, 'mallory');
    const affiliate = { affiliateId: 'aff_1', affiliateName: 'Name of aff_1', on: '2026-11-24' };
    expect((await previewChange(sample.work, approval(null))).detailsChanges).toEqual([
      {
        ...{ ...affiliate, by: 'mallory', field: 'payout_account' },
        ...{ valueBefore: 'a…@example.com', valueAfter: 'e…@example.com' },
      },
    ]);
    await approve();
    expect((await previewChange(sample.work, approval(null))).detailsChanges).toEqual([]);
  });

  test('stays so when it is redone, until somebody says yes to them', async () => {
    await sample.set('approval.payouts', 'two-person');
    sample.today = '2026-11-25';
    await edit({ payout_account: 'eve@example.com' }, 'mallory', 'mallory');
    sample.today = '2026-11-26';
    const { replacements } = await sample.redo(INVOICE);
    const change = { affiliateId: 'aff_1', field: 'payout_account', on: '2026-11-25', by: 'mallory' };
    const masked = { valueBefore: 'a…@example.com', valueAfter: 'e…@example.com' };
    const changed = { detailsChanges: [{ ...change, ...masked }] };
    expect(replacements).toMatchObject([{ ...changed, new: { detailsChanged: true } }]);
    const [second] = (await sample.redo('INV-2026-000002')).replacements;
    expect(second).toMatchObject({
      ...changed,
      new: { invoiceNumber: 'INV-2026-000003', detailsChanged: true },
    });
    const third = { ...approval(null), selection: { invoiceNumbers: ['INV-2026-000003'], run: null } };
    expect(await previewChange({ ...sample.work, actor: 'mo' }, third)).toMatchObject(changed);
    const mallory = { ...sample.work, actor: 'mallory' };
    await expect(changePayouts(mallory, third)).rejects.toThrow('details that mallory changed');
    await changePayouts({ ...sample.work, actor: 'mo' }, third);
    expect(await sample.complaints()).toEqual([]);
    const [fourth] = (await sample.redo('INV-2026-000003')).replacements;
    expect(fourth).toMatchObject({ detailsChanges: [], new: { status: 'open', detailsChanged: false } });
    expect(await sample.complaints()).toEqual([]);
  });

  test('is what an import says that it made wait', async () => {
    await sample.set('approval.payouts', 'none');
    const file =
      'id,name,email,payout_account\naff_1,Name of aff_1,a@b.co,ada@example.com\naff_2,Bo,,b@b.co\n';
    expect((await importFile(file)).held).toEqual([]);
    const moved = file.replace(',ada@', ',eve@');
    const held = [{ invoiceNumber: INVOICE, currency: 'USD', amount: 1000n }];
    expect((await importFile(moved)).held).toEqual(held);
    expect(await isChanged()).toBe(true);
    expect((await importFile(moved.replace('a@b.co', 'ada@b.co'))).held).toEqual([]);
  });
});
