/** Where the user's ledger lies when nobody says otherwise. */
import path from 'node:path';

/**
 * `payrun/ledger.db` in the user's data directory: `%LOCALAPPDATA%` on Windows, `~/Library/Application
 * Support` on macOS, else `$XDG_DATA_HOME` or `~/.local/share`. A relative `$XDG_DATA_HOME` is ignored, as
 * its specification asks.
 */
export function defaultLedgerPath(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  homedir: string,
): string {
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? '';
    const base = local === '' ? path.win32.join(homedir, 'AppData', 'Local') : local;
    return path.win32.join(base, 'payrun', 'ledger.db');
  }
  const { posix } = path;
  if (platform === 'darwin')
    return posix.join(homedir, 'Library', 'Application Support', 'payrun', 'ledger.db');
  const given = env['XDG_DATA_HOME'] ?? '';
  const base = posix.isAbsolute(given) ? given : posix.join(homedir, '.local', 'share');
  return posix.join(base, 'payrun', 'ledger.db');
}
