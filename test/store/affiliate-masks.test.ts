import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { editAffiliate } from '../../src/app/edit-affiliates.js';
import { maskedAccount } from '../../src/core/affiliate.js';
import { SampleLedger } from './sample-ledger.js';

let sample: SampleLedger;
beforeEach(async () => {
  sample = await SampleLedger.create();
});
afterEach(() => sample.remove());

const edit = (account: string) => editAffiliate(sample.work, 'aff_1', { payout_account: account }, null);

/** As accounts were masked before version 4. */
function formerMask(account: string): string {
  const compact = account.replaceAll(' ', '');
  if (compact.length < 7) return '…';
  return compact.length < 14 ? `…${compact.slice(-3)}` : `${compact.slice(0, 4)}…${compact.slice(-4)}`;
}

const ACCOUNTS = [
  '021000021/1421906017',
  '999999992:123456',
  '021000021/12345',
  '021000021/1234',
  '021000021/12',
  '021000021 / 1421 9060 17 / savings',
  '021000021-123456-CHECKING',
  '021000021 1234 checking',
  '021000022-123456',
  '1234567/savings',
  '12/savings',
  'DE89370400440532013000',
];

test('a history agrees with what stands, however an account is written', async () => {
  for (const account of ACCOUNTS) {
    await edit(account);
    expect([account, await sample.complaints()]).toEqual([account, []]);
  }
});

test('a history agrees with what was masked before version 4, but not with another account', async () => {
  await edit('ada@example.com');
  const last = '(SELECT max(number) FROM affiliate_changes)';
  for (const account of ACCOUNTS) {
    await edit(account);
    sample.tamper(
      `UPDATE affiliate_changes SET value_after = '${formerMask(account)}' WHERE number = ${last}`,
    );
    expect([account, await sample.complaints()]).toEqual([account, []]);
  }
  // The change after an old one begins with the mask of now.
  expect(maskedAccount(ACCOUNTS[0] ?? '')).toBe('021000021/…6017');
  await edit('021000021/1421906017');
  for (const other of ['0210…6018', '0211…6017', '…018', 'DE89…6017', 'eve@example.com']) {
    sample.tamper(`UPDATE affiliate_changes SET value_after = '${other}' WHERE number = ${last}`);
    expect([other, (await sample.complaints()).length]).toEqual([other, 1]);
  }
});
