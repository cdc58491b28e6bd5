import { describe, expect, it } from '@jest/globals';
import { maskedAccount } from '../../src/core/affiliate.js';

describe('maskedAccount', () => {
  it.each([
    ['DE89370400440532013000', 'DE89…3000'],
    ['999999992/1421906017', '9999…6017'],
    ['DE89 3704 0044 0532 0130 00', 'DE89…3000'],
    ['12345678901234', '1234…1234'],
    ['1234567890123', '…123'],
    ['12 34 56 78 90', '…890'],
    ['1234567', '…567'],
    ['123456', '…'],
    ['12 34 56', '…'],
    ['', '…'],
    ['ada@example.com', 'a…@example.com'],
    [' ada@example.com', 'a…@example.com'],
    ['a@b@example.com', 'a@b@….com'],
    ['@example.com', '…com'],
    ['𝔸𝔹ℂ𝔻𝔼𝔽𝔾ℍ𝕀', '…𝔾ℍ𝕀'],
  ])('shows %s as %s', (account, shown) => {
    expect(maskedAccount(account)).toBe(shown);
  });
});
