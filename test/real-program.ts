/** Other programs, which read what payrun writes. */
import { describe } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program can be run by its name. */
export function isHere(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** `describe` where the programs are here, else skipped by name; where CI requires them it fails. */
export function describeWith(...programs: readonly string[]): typeof describe | typeof describe.skip {
  return programs.every(isHere) || process.env['PAYRUN_REQUIRE_TOOLS'] === '1' ? describe : describe.skip;
}

/**
 * What a program printed on stdout.
 * @throws Error with what it said when it does not succeed
 */
export function runProgram(program: string, args: readonly string[], input = ''): string {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'utf8', env });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program}: ${stderr}${stdout}`);
  return stdout;
}
