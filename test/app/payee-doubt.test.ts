import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { addAffiliate, editAffiliate } from '../../src/app/edit-affiliates.js';
import { importAffiliates } from '../../src/app/import-affiliates.js';
import { SampleLedger } from '../store/sample-ledger.js';

let sample: SampleLedger;
beforeEach(async () => {
  sample = await SampleLedger.create();
});
afterEach(() => sample.remove());

describe('what is odd of an affiliate', () => {
  test.each([
    ['sepa', 'de89 3704 0044 0532 0130 00', 'cobadeff', null],
    ['sepa', 'DE89370400440532013001', '', 'iban_check_digits'],
    ['sepa', 'BE15999143168224', '', 'iban_check_digits'],
    ['sepa', 'DE8937040044053201300', '', 'account_is_no_iban'],
    ['sepa', 'SA0380000000608010167519', '', 'iban_not_sepa'],
    ['sepa', 'DE89370400440532013000', 'COBA', 'bad_bic'],
    ['ach', '123456/savings', '021000021', null],
    ['ach', '021000012/123456', '', 'bad_routing_number'],
    ['ach', '021000021/000', '', 'bad_account'],
    ['paypal', '@', '', 'account_is_no_email'],
    ['wise', 'whatever', '', null],
    ['manual', '', '', null],
  ])('paid by %s to %j, BIC %j: %j', async (payout_method, payout_account, payout_bic, doubt) => {
    const details = { payout_method, payout_account, payout_bic };
    expect(await addAffiliate(sample.work, 'aff_9', { name: 'Zoë', ...details })).toMatchObject({ doubt });
    expect(await editAffiliate(sample.work, 'aff_1', details, null)).toMatchObject({ payment: { doubt } });
  });

  test('a country that there is not is refused of an operator, with the code that it has', async () => {
    const edit = (country: string) => editAffiliate(sample.work, 'aff_1', { country }, null);
    await expect(edit('zz')).rejects.toThrow('--country: "ZZ" is no country code. Use the two letters');
    await expect(edit('UK')).rejects.toThrow(
      '--country: "UK" is no country code. In ISO 3166 that country is GB.',
    );
    await edit('xk');
    await expect(edit('')).resolves.toMatchObject({ affiliate: { country: null } });
  });

  test('the demo has nothing odd but those without an account', async () => {
    const path = join(import.meta.dirname, '../../data/demo/affiliates.csv');
    const rest = { skipInvalid: false, rejectedPath: null, dryRun: true, everyFinding: true };
    const { doubtfulPayees, unknownCountries } = await importAffiliates(sample.work, {
      ...{ path, stdin: process.stdin },
      ...rest,
    });
    expect([doubtfulPayees, unknownCountries]).toEqual([[], []]);
  });
});
