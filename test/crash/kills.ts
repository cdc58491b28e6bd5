/** Which moments the program is killed at: the same ones for the same seed. */
import { when, type Death, type Kill, type Moment } from './victim.js';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A moment of a command whose normal course is known: half of them in its transaction, or while it writes its
 * file, as far as it is long; the others before and after that.
 */
export function someMoment(random: () => number, normal: Death): Kill {
  const [first, second]: [Moment, Moment] = normal.moments.some(({ moment }) => moment === 'begun')
    ? ['begun', 'committing']
    : ['start', 'naming'];
  const share = random();
  const within = (from: number, to: number): number => Math.max(0, (to - from) * random());
  if (share < 0.2) return { after: 'start', ms: within(0, when(normal, first)) };
  if (share < 0.7) return { after: first, ms: within(when(normal, first), when(normal, second)) };
  return { after: second, ms: within(when(normal, second), normal.ms) };
}

/** Where a kill landed. */
export type Landing = 'before' | 'in' | 'at the commit' | 'after' | 'too late';

export function landingOf({ code, moments }: Death): Landing {
  if (code !== null) return 'too late';
  const last = moments.filter(({ moment }) => moment !== 'closing' && moment !== 'closed').at(-1)?.moment;
  switch (last) {
    case 'begun':
      return 'in';
    case 'committing':
    case 'naming':
      return 'at the commit';
    case 'committed':
    case 'named':
      return 'after';
    default:
      return 'before';
  }
}
