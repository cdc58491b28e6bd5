/** Where the user's ledger lies when nobody says otherwise. */
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { UsageError } from '../core/errors.js';

/**
 * The user's home folder. An empty or relative `$HOME`, which would put the ledger wherever the program is
 * started, counts as none.
 * @throws UsageError where the user has none (a container with a bare user id)
 */
export function homeDirectory(): string {
  try {
    const home = homedir();
    return path.isAbsolute(home) ? home : userInfo().homedir;
  } catch (error) {
    throw new UsageError('Where your ledger lies has not been said, and you have no home folder.', {
      hint: 'Give --ledger PATH or set $PAYRUN_LEDGER.',
      cause: error,
    });
  }
}

/**
 * `payrun/ledger.db` in the user's data directory: `%LOCALAPPDATA%` on Windows, `~/Library/Application
 * Support` on macOS, else `$XDG_DATA_HOME` or `~/.local/share`. A relative `$XDG_DATA_HOME` is ignored, as
 * its specification asks.
 */
export function defaultLedgerPath(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: () => string,
): string {
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? '';
    const base = local === '' ? path.win32.join(home(), 'AppData', 'Local') : local;
    return path.win32.join(base, 'payrun', 'ledger.db');
  }
  const { posix } = path;
  if (platform === 'darwin')
    return posix.join(home(), 'Library', 'Application Support', 'payrun', 'ledger.db');
  const given = env['XDG_DATA_HOME'] ?? '';
  const base = posix.isAbsolute(given) ? given : posix.join(home(), '.local', 'share');
  return posix.join(base, 'payrun', 'ledger.db');
}
