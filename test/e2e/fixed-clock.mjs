/**
 * Loaded into the program by tests (`NODE_OPTIONS=--import=...`): `new Date()` is always `FIXED_NOW`, and
 * `Date.now()` begins there and goes on, so that waiting for a busy ledger still comes to an end.
 */
const fixedNow = () => process.env.FIXED_NOW ?? '';

if (fixedNow() !== '') {
  const RealDate = Date;
  const instant = () => {
    const start = RealDate.parse(fixedNow());
    if (Number.isNaN(start)) throw new Error(`FIXED_NOW is no instant: ${fixedNow()}`);
    return start;
  };
  const now = () => instant() + Math.floor(performance.now());

  // A proxy, not a subclass: libraries copy the methods that stand on Date's own prototype.
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, parts, newTarget) =>
      Reflect.construct(target, parts.length === 0 ? [instant()] : parts, newTarget),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
}
