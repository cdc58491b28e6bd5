import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';

/** A program that hears the signal and does not end by itself. */
const STUBBORN = `
  const { interruptible } = await import(process.argv[1]);
  setInterval(() => undefined, 1000);
  await interruptible(async (signal) => {
    signal.addEventListener('abort', () => setTimeout(() => console.log('heard'), 20));
    console.log('listening');
    await new Promise(() => undefined);
  });
`;

/** Sends so many signals, the next one when the one before was heard. */
async function interrupt(times: number): Promise<{ by: NodeJS.Signals | null; ms: number }> {
  const program = new URL('../../dist/host/interruption.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', STUBBORN, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  for (let sent = 0; sent < times; sent++) {
    await once(child.stdout, 'data');
    child.kill('SIGINT');
  }
  const start = performance.now();
  await closed;
  return { by: child.signalCode, ms: performance.now() - start };
}

test('the first signal is heard and ends the program after a while, the second one at once', async () => {
  const [patient, impatient] = await Promise.all([interrupt(1), interrupt(2)]);
  expect([patient.by, impatient.by]).toEqual(['SIGINT', 'SIGINT']);
  expect(patient.ms).toBeGreaterThan(500);
  expect(impatient.ms).toBeLessThan(500);
});
