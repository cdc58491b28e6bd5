/**
 * The built program kept in memory: runs one command line after the other as its parent asks, each in the
 * folder, environment and clock that a process of its own would have. What a test only arranges need not
 * pay for a start of Node each time.
 */
import { Buffer } from 'node:buffer';
import { Readable, Writable } from 'node:stream';
import { clearTimeout, setTimeout } from 'node:timers';
import { main } from '../../dist/cli/main.js';

const IDLE_MS = 4000;

const stop = () => process.exit(0);
let idle = setTimeout(stop, IDLE_MS);
process.on('disconnect', stop);

function collecting() {
  const chunks = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

process.on('message', async ({ id, args, cwd, env, stdin }) => {
  clearTimeout(idle);
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  const out = collecting();
  const err = collecting();
  const io = { stdin: Readable.from([Buffer.from(stdin)]), stdout: out.stream, stderr: err.stream, env };
  const code = await main(args, io);
  idle = setTimeout(stop, IDLE_MS);
  process.send({ id, code, stdout: out.text(), stderr: err.text() });
});
