/** The wall clock. Everything else is handed the time, so that it can be told another one in tests. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
