import { describe, expect, test } from '@jest/globals';
import { currencyCodes } from '../../src/core/currencies.js';
import { findSetting, minimumKey, settingDefinitions } from '../../src/core/settings.js';

const take = (key: string, text: string): string => findSetting(key).parse(text);

describe('settings', () => {
  test.each([
    ['company.name', ' Acme Ltd ', 'Acme Ltd'],
    ['company.name', '', ''],
    ['company.address', '1 High Street, London', '1 High Street, London'],
    ['company.country', 'de', 'DE'],
    ['company.country', '', ''],
    ['company.country', 'xk', 'XK'],
    ['company.vat-number', 'DE123456789', 'DE123456789'],
    ['company.iban', 'de89 3704 0044 0532 0130 00', 'DE89370400440532013000'],
    ['company.iban', '', ''],
    ['company.bic', 'cobadeffxxx', 'COBADEFFXXX'],
    ['timezone', 'europe/berlin', 'Europe/Berlin'],
    ['timezone', 'UTC', 'UTC'],
    ['currency', 'usd', 'USD'],
    ['hold.days', '0', '0'],
    ['hold.days', '030', '30'],
    ['hold.days', '3650', '3650'],
    ['minimum.USD', '50', '50.00'],
    ['minimum.USD', '0', '0.00'],
    ['minimum.JPY', '5000', '5000'],
    ['minimum.BHD', '1.5', '1.500'],
    ['minimum.USD', 'None', 'none'],
    ['approval.commissions', 'After-Hold', 'after-hold'],
    ['approval.payouts', 'two-person', 'two-person'],
    ['invoice.pattern', '{YYYY}/{SEQ:4}', '{YYYY}/{SEQ:4}'],
    ['credit-note.pattern', 'C{SEQ}', 'C{SEQ}'],
    ['schedule.frequency', 'weekly', 'weekly'],
    ['accounts.expense', '6200-10', '6200-10'],
  ])('%s takes %j as %j, which it takes again', (key, text, value) => {
    expect(take(key, text)).toBe(value);
    expect(take(key, value)).toBe(value);
  });

  test.each([
    ['company.name', 'Acme\u001b[31m', 'The text holds a line break or another control character.'],
    ['company.address', '1 High Street\nLondon', 'The text holds a line break or another control character.'],
    ['company.name', 'Acme\u202eevil', 'The text holds a line break or another control character.'],
    ['company.name', 'x'.repeat(201), 'The text is longer than 200 characters.'],
    ['company.country', 'DEU', '"DEU" is no country code.'],
    ['company.country', 'UK', '"UK" is no country code.'],
    [
      'company.iban',
      'DE89370400440532013001',
      '"DE89370400440532013001" is not allowed here; it takes an IBAN with right check digits; look for a mistyped one.',
    ],
    [
      'company.iban',
      '12345',
      '"12345" is not allowed here; it takes an IBAN, such as DE89370400440532013000.',
    ],
    ['company.bic', 'COBA', '"COBA" is not allowed here; it takes a BIC, such as COBADEFFXXX.'],
    ['timezone', '+02:00', '"+02:00" is not an IANA time zone.'],
    ['timezone', 'Berlin', '"Berlin" is not an IANA time zone. Did you mean Europe/Berlin?'],
    ['timezone', 'Europe/Berlni', '"Europe/Berlni" is not an IANA time zone. Did you mean Europe/Berlin?'],
    ['timezone', 'New York', '"New York" is not an IANA time zone. Did you mean America/New_York?'],
    ['currency', 'dollars', '"dollars" is not a currency that payrun knows.'],
    ['hold.days', '-1', '"-1" is not allowed here; it takes a whole number of days from 0 to 3650.'],
    ['hold.days', '3651', '"3651" is not allowed here; it takes a whole number of days from 0 to 3650.'],
    ['hold.days', '1.5', '"1.5" is not allowed here; it takes a whole number of days from 0 to 3650.'],
    ['hold.days', '', '"" is not allowed here; it takes a whole number of days from 0 to 3650.'],
    ['minimum.USD', '-5', 'A minimum cannot be negative.'],
    ['minimum.USD', '5,000', '"5,000" has thousands separators; write 5000: no thousands separators.'],
    ['approval.commissions', 'auto', '"auto" is not allowed here; it takes one of manual, after-hold.'],
    ['approval.payouts', 'yes', '"yes" is not allowed here; it takes one of none, required, two-person.'],
    ['schedule.frequency', 'daily', '"daily" is not allowed here; it takes one of off, weekly, monthly.'],
    [
      'invoice.pattern',
      'INV',
      'The number pattern "INV" has no {SEQ}, so its numbers would all be the same.',
    ],
    ['accounts.payable', ' ', '" " is not allowed here; it takes an account code, such as 6200.'],
    ['accounts.payable', 'x'.repeat(41), 'The text is longer than 40 characters.'],
  ])('%s does not take %j', (key, text, message) => {
    expect(() => take(key, text)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });

  test('every default is a value in its normal form, and only time zone and currency have none', () => {
    for (const definition of settingDefinitions()) {
      const usable = definition.key === 'minimum.<currency>' ? findSetting('minimum.USD') : definition;
      expect(usable.default === null ? null : usable.parse(usable.default)).toBe(usable.default);
      expect(usable.default === null).toBe(usable.fixedOnceUsed);
    }
    expect(
      settingDefinitions()
        .filter((one) => one.fixedOnceUsed)
        .map((one) => one.key),
    ).toEqual(['timezone', 'currency']);
  });

  test('there is a minimum for every currency, none by default', () => {
    for (const code of currencyCodes()) {
      expect(findSetting(minimumKey(code).toLowerCase())).toMatchObject({
        key: `minimum.${code}`,
        default: 'none',
      });
    }
  });

  test('the minimum without a currency can be listed but not set', () => {
    expect(settingDefinitions().map((one) => one.key)).toContain('minimum.<currency>');
    expect(() => findSetting('minimum.<currency>')).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => findSetting('minimum.XYZ')).toThrow('"XYZ" is not a currency that payrun knows.');
  });

  test.each([
    ['hold.day', 'There is no setting "hold.day". Did you mean hold.days?'],
    ['Company.Nmae', 'There is no setting "Company.Nmae". Did you mean company.name?'],
    ['vat-number', 'There is no setting "vat-number". Did you mean company.vat-number?'],
    ['time-zone', 'There is no setting "time-zone". Did you mean timezone?'],
    ['nonsense', 'There is no setting "nonsense".'],
    ['', 'There is no setting "".'],
  ])('the unknown setting %j is refused with the known ones', (key, message) => {
    const names = settingDefinitions().map((one) => one.key);
    const ordinary = names.filter((name) => !name.startsWith('export.')).join(', ');
    const hint = `The settings are ${ordinary}; and those of export formats: payrun settings list --all.`;
    expect(() => findSetting(key)).toThrow(expect.objectContaining({ code: 'usage', message, hint }));
  });

  test('an unknown setting of an export format is refused with those of that format', () => {
    expect(() => findSetting('export.sage50.tax')).toThrow(
      expect.objectContaining({
        message: 'There is no setting "export.sage50.tax".',
        hint:
          'The settings of this format are export.sage50.account, export.sage50.tax-code, ' +
          'export.sage50.department.',
      }),
    );
  });
});
