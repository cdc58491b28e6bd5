/** Who runs the program, as the operating system knows it. */
import { userInfo } from 'node:os';

/**
 * The login name. Where the system has none (a container with a bare user id) it is `uid-` and the number.
 */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.getuid === undefined ? 'unknown' : `uid-${process.getuid()}`;
  }
}
