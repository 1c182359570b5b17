import type { JSX } from "preact";
import { announcement, hideToast, toast } from "../store/toasts";

/** Short sentences about what just happened, seen and read out. */
export function Toasts(): JSX.Element {
  const shown = toast.value;
  return (
    <>
      <div class="toasts" role="status" aria-live="polite">
        {shown ? (
          <div class={`toast ${shown.tone}`} key={shown.id}>
            <span>{shown.text}</span>
            {shown.action ? (
              <button
                type="button"
                onClick={() => {
                  hideToast();
                  shown.action?.run();
                }}
              >
                {shown.action.label}
              </button>
            ) : null}
          </div>
        ) : null}
      </div>
      <div class="hidden-text" aria-live="polite">
        {announcement.value}
      </div>
    </>
  );
}
