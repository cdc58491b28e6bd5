/** The situations of the day: each page of `docs/how-to/` is played as it stands. */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { runPage } from './page.js';

const FOLDER = new URL('../../docs/how-to/', import.meta.url);
const pages = readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md');

describe('a page of docs/how-to', () => {
  test.each(pages)('%s shows what payrun says, from its first command to its last', async (name) => {
    const { steps, verified } = await runPage(`docs/how-to/${name}`);
    expect(steps.length).toBeGreaterThan(3);
    expect(steps.map(({ command, said }) => ({ command, said }))).toEqual(
      steps.map(({ command, shown }) => ({ command, said: shown })),
    );
    // Whatever was done, the books are sound at the end.
    expect(verified).toMatchObject({ ok: true });
  });

  test('is in the list of pages, and the README leads to the list', () => {
    const list = readFileSync(new URL('README.md', FOLDER), 'utf8');
    for (const name of pages) expect(list).toContain(`(${name})`);
    expect(readFileSync(new URL('../../README.md', FOLDER), 'utf8')).toContain('(docs/how-to/README.md)');
  });
});
