/** localStorage that never throws: private windows and full disks fall back to memory. */

const memory = new Map<string, string>();

export const storage = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return memory.get(key) ?? null;
    }
  },

  set(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      if (value === null) memory.delete(key);
      else memory.set(key, value);
    }
  },

  read<T>(key: string): T | null {
    const text = storage.get(key);
    if (text === null) return null;
    try {
      return JSON.parse(text) as T;
    } catch {
      return null;
    }
  },

  write(key: string, value: unknown): void {
    storage.set(key, value === null ? null : JSON.stringify(value));
  },
};
