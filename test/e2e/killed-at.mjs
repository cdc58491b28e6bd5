/**
 * Preloaded into a program that is to be killed at one moment: `KILL_AT` is `<function of node:fs>:<end of a
 * path that it is called with>:<before or after>`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [name, end, when] = process.env.KILL_AT.split(':');
const real = fs[name];

fs[name] = (...args) => {
  const isIt = args.some((one) => typeof one === 'string' && one.endsWith(end));
  if (isIt && when === 'before') process.kill(process.pid, 'SIGKILL');
  const result = real(...args);
  if (isIt) process.kill(process.pid, 'SIGKILL');
  return result;
};
syncBuiltinESMExports();
