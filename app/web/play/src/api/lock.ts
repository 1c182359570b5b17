/**
 * A lock that all tabs of this browser share.
 *
 * `navigator.locks` exists only on HTTPS and localhost. Elsewhere (a phone that opens the demo by
 * its address on the local network) a lease in localStorage stands in: two tabs may still collide
 * within a few milliseconds, and then one of them has to sign in again.
 */

const leaseMs = 10_000;
const settleMs = 40;
const pollMs = 60;

export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (typeof navigator !== "undefined" && navigator.locks) {
    return await navigator.locks.request(name, work);
  }
  if (typeof localStorage === "undefined") return await work();
  const key = `carnival.lock.${name}`;
  const token = await takeLease(key);
  try {
    return await work();
  } finally {
    if (localStorage.getItem(key)?.startsWith(token)) localStorage.removeItem(key);
  }
}

async function takeLease(key: string): Promise<string> {
  const token = Math.random().toString(36).slice(2);
  const mine = (value: string | null) => value !== null && value.startsWith(token);
  for (;;) {
    const held = localStorage.getItem(key);
    const until = Number(held?.split(" ")[1] ?? 0);
    if (held === null || until < Date.now()) {
      localStorage.setItem(key, `${token} ${Date.now() + leaseMs}`);
      await pause(settleMs);
      if (mine(localStorage.getItem(key))) return token;
    }
    await pause(pollMs);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
