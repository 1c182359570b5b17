import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import type { OptionCount, PollOption, PollView } from "../../api/polls";
import type { Cue, PollTarget } from "../../api/videos";
import { t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { requireSignIn } from "../../store/gate";
import { footWords, lookAtPoll, resultWords } from "../../store/polls";
import { announce, complain } from "../../store/toasts";
import { Icon } from "../icons";
import "./poll.css";

interface PollProps {
  cue: Cue;
  poll: PollTarget;
  /** Whether the finger that is lifted was swiping. */
  swiped: () => boolean;
  voted: (cue: Cue) => void;
}

/** A question over the film: it is answered here, and then shows how everybody answered. */
export function PollMoment({ cue, poll, swiped, voted }: PollProps): JSX.Element {
  const look = useMemo(() => lookAtPoll(poll.id), [poll.id]);
  useEffect(() => {
    const follow = () => (document.visibilityState === "hidden" ? look.end() : look.begin());
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      look.end();
    };
  }, [look]);
  const view = look.view.value;
  async function choose(option: PollOption) {
    if (swiped() || !requireSignIn()) return;
    try {
      if (!(await look.vote(option.id))) return;
      voted(cue);
      if (look.view.value) announce(resultWords(look.view.value));
    } catch (error) {
      complain(explain(error));
    }
  }
  return (
    <PollCard
      kicker={cue.text}
      poll={poll}
      view={view}
      sending={look.sending.value}
      choose={(option) => void choose(option)}
    />
  );
}

interface CardProps {
  kicker: string;
  poll: PollTarget;
  view: PollView | null;
  sending: string | null;
  choose: (option: PollOption) => void;
}

function PollCard({ kicker, poll, view, sending, choose }: CardProps): JSX.Element {
  const name = useId();
  const { question, options, state } = view ?? poll;
  const mine = view?.myOptionId ?? null;
  const open = state === "open" && mine === null;
  return (
    <div class="poll">
      <p class="moment-kicker">
        <Icon name="poll" size={16} />
        {kicker === "" ? t("video.momentPoll") : kicker}
      </p>
      <p class="poll-question" id={name}>
        {question}
      </p>
      {open ? (
        <Choices options={options} name={name} sending={sending} choose={choose} />
      ) : (
        <Results options={options} counts={view?.counts ?? null} mine={mine} name={name} />
      )}
      <p class="poll-foot" aria-live="polite">
        {footWords(state, view)}
      </p>
    </div>
  );
}

interface ChoicesProps {
  options: PollOption[];
  name: string;
  sending: string | null;
  choose: (option: PollOption) => void;
}

/** One stop for the tab key; arrows go from answer to answer, and only a press answers. */
function Choices({ options, name, sending, choose }: ChoicesProps): JSX.Element {
  const group = useRef<HTMLDivElement>(null);
  function walk(event: KeyboardEvent) {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // these keys turn films over
    const all = [...(group.current?.querySelectorAll("button") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    all[(at + by + all.length) % all.length]?.focus();
  }
  return (
    <div ref={group} class="poll-options" role="radiogroup" aria-labelledby={name} onKeyDown={walk}>
      {options.map((option, place) => (
        <button
          key={option.id}
          type="button"
          role="radio"
          aria-checked={sending === option.id}
          aria-busy={sending === option.id}
          tabIndex={place === 0 ? 0 : -1}
          class={sending === option.id ? "poll-option sending" : "poll-option"}
          onClick={() => choose(option)}
        >
          {option.text}
        </button>
      ))}
    </div>
  );
}

interface ResultsProps {
  options: PollOption[];
  counts: OptionCount[] | null;
  mine: string | null;
  name: string;
}

function Results({ options, counts, mine, name }: ResultsProps): JSX.Element {
  const byId = new Map((counts ?? []).map((each) => [each.optionId, each]));
  return (
    <ul class="poll-options" aria-labelledby={name}>
      {options.map((option) => {
        const percent = byId.get(option.id)?.percent ?? null;
        const chosen = option.id === mine;
        return (
          <li key={option.id} class={chosen ? "poll-option done mine" : "poll-option done"}>
            {percent === null ? null : (
              <i
                class="poll-bar"
                aria-hidden="true"
                style={{ transform: `scaleX(${percent / 100})` }}
              />
            )}
            <span class="poll-text">{option.text}</span>
            {chosen ? (
              <span class="poll-mine">
                <Icon name="check" size={16} />
                <span class="hidden-text">{t("poll.mine")}</span>
              </span>
            ) : null}
            {percent === null ? null : <b class="poll-percent">{percent}%</b>}
          </li>
        );
      })}
    </ul>
  );
}
