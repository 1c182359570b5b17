/** What keys do while a film is on the screen. */

export interface KeyDoors {
  toggle(): void;
  turn(by: -1 | 1): void;
  seek(byMs: number): void;
  sound(): void;
  captions(): void;
  tray(): void;
  like(): void;
  back(): void;
}

const stepMs = 5_000;

/** True when the key meant something. Fields, buttons and open dialogs keep their keys. */
export function pressed(event: KeyboardEvent, doors: KeyDoors): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, dialog")) return false;
  const sliding = /^(Arrow|Page|Home|End)/.test(event.key);
  if (sliding && target?.closest("[role=slider]")) return false;
  const onButton = target?.closest("button, a") !== null && target !== null;
  if (onButton && [" ", "Enter"].includes(event.key)) return false;
  const run = meaning(event.key, doors);
  if (run === null) return false;
  event.preventDefault();
  run();
  return true;
}

function meaning(key: string, doors: KeyDoors): (() => void) | null {
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case " ":
    case "k":
      return doors.toggle;
    case "ArrowUp":
    case "PageUp":
      return () => doors.turn(-1);
    case "ArrowDown":
    case "PageDown":
      return () => doors.turn(1);
    case "ArrowLeft":
      return () => doors.seek(-stepMs);
    case "ArrowRight":
      return () => doors.seek(stepMs);
    case "m":
      return doors.sound;
    case "c":
      return doors.captions;
    case "b":
      return doors.tray;
    case "l":
      return doors.like;
    case "Escape":
      return doors.back;
    default:
      return null;
  }
}
