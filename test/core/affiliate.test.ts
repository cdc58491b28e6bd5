import { describe, expect, it } from '@jest/globals';
import { maskedAccount } from '../../src/core/affiliate.js';

describe('maskedAccount', () => {
  it.each([
    ['DE89370400440532013000', 'DE89…3000'],
    ['999999992/1421906017', '9999…6017'],
    ['12345678', '…'],
    ['ada@example.com', 'a…@example.com'],
    ['a@b@example.com', 'a@b@….com'],
    ['@example.com', '@exa….com'],
    ['𝔸𝔹ℂ𝔻𝔼𝔽𝔾ℍ𝕀', '𝔸𝔹ℂ𝔻…𝔽𝔾ℍ𝕀'],
  ])('shows %s as %s', (account, shown) => {
    expect(maskedAccount(account)).toBe(shown);
  });
});
