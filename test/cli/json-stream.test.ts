import { describe, expect, test } from '@jest/globals';
import { JsonListStream } from '../../src/cli/json-stream.js';
import { createTerminal } from '../../src/cli/terminal.js';
import { fakeIo, noGlobals } from './fake-io.js';

describe('a list as a stream of JSON', () => {
  test('is one document whatever the pages', async () => {
    const io = fakeIo();
    const terminal = createTerminal(io, { ...noGlobals, json: true });
    const stream = new JsonListStream(terminal, 'things');
    await stream.write([]);
    await stream.write([{ n: 1 }, { n: 2 }]);
    await stream.write([]);
    await stream.write([{ n: 3 }]);
    await stream.end();
    await terminal.flush();
    expect(io.out()).toBe('{"schemaVersion":1,"things":[{"n":1},{"n":2},{"n":3}]}\n');
  });

  test('without items is an empty list', async () => {
    const io = fakeIo();
    const terminal = createTerminal(io, { ...noGlobals, json: true });
    await new JsonListStream(terminal, 'things').end();
    await terminal.flush();
    expect(io.out()).toBe('{"schemaVersion":1,"things":[]}\n');
  });

  test('is the one document of the command from its first page on, not before', async () => {
    const terminal = createTerminal(fakeIo(), { ...noGlobals, json: true });
    const stream = new JsonListStream(terminal, 'things');
    expect(terminal.printedJson).toBe(false);
    await stream.write([{ n: 1 }]);
    expect(terminal.printedJson).toBe(true);
  });

  test('shows no control character and no direction mark raw', async () => {
    const io = fakeIo();
    const terminal = createTerminal(io, { ...noGlobals, json: true });
    const stream = new JsonListStream(terminal, 'things');
    await stream.write([{ name: 'a\u001b[31m\u202eb\u009b' }]);
    await stream.end();
    await terminal.flush();
    expect(io.out()).toContain('"a\\u001b[31m\\u202eb\\u009b"');
    expect(JSON.parse(io.out())).toMatchObject({ things: [{ name: 'a\u001b[31m\u202eb\u009b' }] });
  });
});
