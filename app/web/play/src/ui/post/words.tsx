import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { textRuns } from "./text";

interface WordsProps {
  text: string;
  hashtags: string[];
  /** Shows four lines and "more"; without it, everything. */
  clamp?: boolean;
}

/** Four lines are too few to spend one on nothing. */
function tightened(text: string): string {
  return text.replace(/\n\s*\n/g, "\n");
}

export function Words({ text, hashtags, clamp }: WordsProps): JSX.Element | null {
  const box = useRef<HTMLParagraphElement>(null);
  const [open, setOpen] = useState(false);
  const [cut, setCut] = useState(false);
  const closed = clamp === true && !open;
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || !closed) return;
    const measure = () => setCut(element.scrollHeight > element.clientHeight + 2);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [text, closed]);
  if (text === "") return null;
  return (
    <div class="words">
      <p ref={box} class={closed ? "words-text clamped" : "words-text"}>
        {textRuns(closed ? tightened(text) : text, hashtags).map((run, index) =>
          run.tag === null ? (
            run.text
          ) : (
            <Link key={index} to={`/tags/${encodeURIComponent(run.tag)}`} class="hashtag">
              {run.text}
            </Link>
          ),
        )}
      </p>
      {clamp && (cut || open) ? (
        <button
          type="button"
          class="words-more"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {t(open ? "feed.less" : "feed.more")}
        </button>
      ) : null}
    </div>
  );
}
