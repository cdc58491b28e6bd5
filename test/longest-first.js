/**
 * The order in which the test files start: the longest first, so that the others fit beside them. A fresh
 * clone knows no durations yet, and jest would go by the sizes of the files.
 */
import Sequencer from '@jest/test-sequencer';

const LONGEST = [
  'model/engine.test.ts',
  'e2e/how-to.test.ts',
  'e2e/demo.test.ts',
  'crash/crash.test.ts',
  'store/commission-import-model.test.ts',
];

function rank({ path }) {
  const position = LONGEST.findIndex((name) => path.replaceAll('\\', '/').endsWith(`/test/${name}`));
  return position === -1 ? LONGEST.length : position;
}

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
