import { userInfo } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/host/clock.js';
import { defaultLedgerPath, homeDirectory } from '../../src/host/data-directory.js';
import { osUser } from '../../src/host/os-user.js';

describe('defaultLedgerPath', () => {
  it.each([
    ['linux', {}, '/home/kim', '/home/kim/.local/share/payrun/ledger.db'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/home/kim', '/data/payrun/ledger.db'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/kim', '/home/kim/.local/share/payrun/ledger.db'],
    ['darwin', {}, '/Users/kim', '/Users/kim/Library/Application Support/payrun/ledger.db'],
    ['win32', { LOCALAPPDATA: 'C:\\Data' }, 'C:\\Users\\kim', 'C:\\Data\\payrun\\ledger.db'],
    ['win32', {}, 'C:\\Users\\kim', 'C:\\Users\\kim\\AppData\\Local\\payrun\\ledger.db'],
  ] as const)('is in the data directory of the user: %s %j', (platform, env, home, expected) => {
    expect(defaultLedgerPath(env, platform, () => home)).toBe(expected);
  });
});

describe('homeDirectory', () => {
  it.each(['', 'relative'])('does not follow $HOME when it is %j', (home) => {
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      expect(homeDirectory()).toBe(userInfo().homedir);
    } finally {
      if (before === undefined) delete process.env['HOME'];
      else process.env['HOME'] = before;
    }
  });
});

describe('the machine', () => {
  it('tells who runs the program and what time it is', () => {
    expect(osUser()).toBe(userInfo().username);
    expect(Math.abs(systemClock.now().getTime() - Date.now())).toBeLessThan(1000);
  });
});
