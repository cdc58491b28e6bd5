import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const cruiser = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const config = resolve('.dependency-cruiser.cjs');

function cruise(cwd: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cruiser, 'src', '--config', config], {
    cwd,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('the shape of the house', () => {
  test('imports point one way and each library enters by its one door', () => {
    const { status, output } = cruise('.');

    expect({ status, findings: status === 0 ? '' : output }).toEqual({ status: 0, findings: '' });
  }, 120_000);

  test('a rule that is broken is found', () => {
    const folder = mkdtempSync(join(tmpdir(), 'payrun-shape-'));
    try {
      mkdirSync(join(folder, 'src/core'), { recursive: true });
      mkdirSync(join(folder, 'src/store'));
      writeFileSync(join(folder, 'tsconfig.json'), '{}');
      writeFileSync(join(folder, 'src/store/rows.ts'), 'export const rows = 1;\n');
      writeFileSync(
        join(folder, 'src/core/rule.ts'),
        "import { rows } from '../store/rows.js';\nexport const rule = rows;\n",
      );
      const { status, output } = cruise(folder);

      expect(output).toContain('core-is-pure');
      expect(status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
