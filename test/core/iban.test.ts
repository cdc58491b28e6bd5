import { describe, expect, it, test } from '@jest/globals';
import { compactCode, ibanProblem, isBic, isSepaIban } from '../../src/core/iban.js';

/** One IBAN of the registry for each country of SEPA, and Gibraltar. */
const OF_SEPA = `
  AD1200012030200359100100 AL47212110090000000235698741 AT611904300234573201 BE68539007547034
  BG80BNBG96611020345678 CH9300762011623852957 CY17002001280000001200527600 CZ6508000000192000145399
  DE89370400440532013000 DK5000400440116243 EE382200221020145685 ES9121000418450200051332
  FI2112345600000785 FR1420041010050500013M02606 GB29NWBK60161331926819 GI75NWBK000000007099453
  GR1601101250000000012300695 HR1210010051863000160 HU42117730161111101800000000
  IE29AIBK93115212345678 IS140159260076545510730339 IT60X0542811101000000123456
  LI21088100002324013AA LT121000011101001000 LU280019400644750000 LV80BANK0000435195001
  MC5811222000010123456789030 MD24AG000225100013104168 ME25505000012345678951 MK07250120000058984
  MT84MALT011000012345MTLCAST001S NL91ABNA0417164300 NO9386011117947 PL61109010140000071219812874
  PT50000201231234567890154 RO49AAAA1B31007593840000 RS35260005601001611379 SE4550000000058398257466
  SI56263300012039086 SK3112000000198742637541 SM86U0322509800000000270100 VA59001123000012345678
`
  .trim()
  .split(/\s+/);

describe('an IBAN', () => {
  test('is known for each of the 41 countries of SEPA and for Gibraltar', () => {
    expect(OF_SEPA.map((iban) => [iban, ibanProblem(iban), isSepaIban(iban)])).toEqual(
      OF_SEPA.map((iban) => [iban, null, true]),
    );
    expect(new Set(OF_SEPA.map((iban) => iban.slice(0, 2))).size).toBe(42);
  });

  it.each([
    ['TR330006100519786457841326', null],
    ['SA0380000000608010167519', null],
    ['XK051212012345678906', null],
  ])('is one outside SEPA, too: %s', (iban, problem) => {
    expect([ibanProblem(iban), isSepaIban(iban)]).toEqual([problem, false]);
  });

  it.each([
    ['', 'country'],
    ['12345', 'country'],
    ['US64SVBKUS6S3300958879', 'country'],
    ['de89370400440532013000', 'country'],
    ['DE8937040044053201300', 'length'],
    ['DE893704004405320130001', 'length'],
    ['DEX9370400440532013000', 'form'],
    ['DE8937040044053201300A', 'form'],
    ['DE89370400440532013001', 'check_digits'],
    ['DE89370400440532031000', 'check_digits'],
    // The three pairs that leave the remainder of another and that no bank gives.
    ['GB00HLFX11016111455365', 'check_digits'],
    ['GB01BARC20714583608387', 'check_digits'],
    ['DE99120300000000202051', 'check_digits'],
    ['ES7021000418450200051322', 'account_check_digits'],
  ])('is not %j: %s', (iban, problem) => {
    expect(ibanProblem(iban)).toBe(problem);
  });

  test('is written without spaces and in capitals', () => {
    expect(compactCode(' de89 3704\u00a00044\t0532 0130 00\n')).toBe('DE89370400440532013000');
    // The capital of this letter is an I, which would make another account of it.
    expect(compactCode('M\u0131')).toBe('M\u0131');
  });
});

describe('a BIC', () => {
  it.each(['COBADEFFXXX', 'COBADEFF', 'NWBKGB2L', 'ABNANL2A'])('is %s', (bic) => {
    expect(isBic(bic)).toBe(true);
  });

  it.each([
    '',
    'COBA',
    'COBADEFFX',
    'COBAQQFF',
    'cobadeff',
    'COBADEF0O',
    'C0BADEFF',
    'COBADE1F',
    'COBADEFF\n',
  ])('is not %j', (bic) => {
    expect(isBic(bic)).toBe(false);
  });
});
