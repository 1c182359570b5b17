import { describe, expect, it } from "vitest";
import { Problem, SignedOut, Unreachable } from "../src/api/problems";
import { IntentQueue } from "../src/store/intents";
import type { Intent } from "../src/store/intents";

/** A queue whose server answers as told and whose clock is moved by hand. */
function stage(answer: (intent: Intent) => Promise<void>) {
  const sent: Intent[] = [];
  const undone: Intent[] = [];
  const pauses: number[] = [];
  let stored: Intent[] = [];
  let later: (() => void) | null = null;
  const doors = {
    load: () => structuredClone(stored),
    save: (intents: Intent[]) => {
      stored = structuredClone(intents);
    },
    send: async (intent: Intent) => {
      sent.push(intent);
      await answer(intent);
    },
    rollback: (intent: Intent) => undone.push(intent),
    pauseMs: (failures: number) => {
      pauses.push(failures);
      return failures;
    },
    schedule: (work: () => void) => {
      later = work;
    },
  };
  const wishes = () => stored.map(({ kind, target, on }) => `${kind} ${target} ${on}`);
  const wake = async () => {
    later?.();
    await settled();
  };
  return { queue: new IntentQueue(doors), doors, sent, undone, pauses, wishes, wake };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const away = () => Promise.reject(new Unreachable());

describe("the off-line queue", () => {
  it("sends a wish and forgets it", async () => {
    const { queue, sent, wishes } = stage(() => Promise.resolve());
    queue.put("like", "1", true);
    await settled();
    expect(sent).toHaveLength(1);
    expect(wishes()).toEqual([]);
  });

  it("keeps only the last wish for a target while the server is away", async () => {
    const { queue, wishes } = stage(away);
    queue.put("like", "1", true);
    queue.put("follow", "1", true);
    queue.put("like", "1", false);
    await settled();
    expect(wishes()).toEqual(["follow 1 true", "like 1 false"]);
    expect(queue.pending("like", "1")).toBe(false);
    expect(queue.pending("like", "2")).toBeNull();
  });

  it("tries again after a growing pause and then sends everything", async () => {
    let reachable = false;
    const { queue, pauses, wishes, wake } = stage(() => (reachable ? Promise.resolve() : away()));
    queue.put("like", "1", true);
    queue.put("like", "2", true);
    await settled();
    await wake();
    expect(pauses).toEqual([1, 2]);
    reachable = true;
    await wake();
    expect(wishes()).toEqual([]);
  });

  it("survives a reload", async () => {
    const first = stage(away);
    first.queue.put("follow", "7", true);
    await settled();
    const sent: Intent[] = [];
    const second = new IntentQueue({
      ...first.doors,
      send: (intent) => {
        sent.push(intent);
        return Promise.resolve();
      },
    });
    await second.flush();
    expect(sent.map(({ target }) => target)).toEqual(["7"]);
    expect(first.wishes()).toEqual([]);
  });

  it("takes back what the server refuses, and goes on with the rest", async () => {
    const refuse = ({ target }: Intent) =>
      target === "1" ? Promise.reject(new Problem(404, {})) : Promise.resolve();
    const { queue, undone, sent, wishes } = stage(refuse);
    queue.put("like", "1", true);
    queue.put("like", "2", true);
    await settled();
    expect(undone.map(({ target }) => target)).toEqual(["1"]);
    expect(sent.map(({ target }) => target)).toEqual(["1", "2"]);
    expect(wishes()).toEqual([]);
  });

  it("does not take back a wish that a newer one has replaced", async () => {
    let refuseFirst: (() => void) | null = null;
    const { queue, undone, sent } = stage(({ on }) =>
      on
        ? new Promise((_, reject) => {
            refuseFirst = () => reject(new Problem(409, {}));
          })
        : Promise.resolve(),
    );
    queue.put("like", "1", true);
    await settled();
    queue.put("like", "1", false);
    (refuseFirst as (() => void) | null)?.();
    await settled();
    expect(undone).toEqual([]);
    expect(sent.map(({ on }) => on)).toEqual([true, false]);
  });

  it("waits for a new sign-in instead of losing wishes", async () => {
    const { queue, undone, wishes } = stage(() => Promise.reject(new SignedOut()));
    queue.put("like", "1", true);
    await settled();
    expect(undone).toEqual([]);
    expect(wishes()).toEqual(["like 1 true"]);
  });
});
