/** As much of a <video> as a player asks for. */
export class Film extends EventTarget {
  currentTime = 0;
  duration = Number.NaN;
  muted = false;
  paused = true;
  seeking = false;
  preload = "";
  src = "";
  frame: ((seconds: number) => void) | null = null;

  requestVideoFrameCallback(run: (now: number, frame: { mediaTime: number }) => void): number {
    this.frame = (seconds) => run(0, { mediaTime: seconds });
    return 1;
  }

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.paused = true;
  }

  load(): void {
    this.tell("emptied");
  }

  cancelVideoFrameCallback(): void {}
  removeAttribute(): void {}
  replaceChildren(): void {}

  tell(name: string): void {
    this.dispatchEvent(new Event(name));
  }

  /** Another source begins, and shows frames. */
  shows(...seconds: number[]): void {
    this.tell("emptied");
    this.tell("loadedmetadata");
    for (const each of seconds) {
      this.currentTime = each;
      this.frame?.(each);
    }
  }
}
