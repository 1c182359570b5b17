import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import { Button, IconButton } from "@play/ui/button";
import { createPoll } from "../api/things";
import type { OwnPoll, PollResults } from "../api/things";
import { t } from "../i18n";
import { Field, Making } from "./making";

const questionMax = 120;
const optionMax = 40;
const optionsMax = 6;
const rules: readonly PollResults[] = ["after_vote", "always", "after_close"];
const daysMax = 30;

interface FilmPollProps {
  brandId: Id;
  made: (poll: OwnPoll) => void;
  close: () => void;
}

/** A question that opens at once. */
export function FilmPoll({ brandId, made, close }: FilmPollProps): JSX.Element {
  const [question, setQuestion] = useState("");
  const [options, setOptions] = useState(["", ""]);
  const [days, setDays] = useState("7");
  const [results, setResults] = useState<PollResults>("after_vote");
  const texts = options.map((each) => each.trim()).filter((each) => each !== "");
  const lasts = /^\d{1,2}$/.test(days.trim()) ? Number(days) : 0;
  const fits = lasts >= 1 && lasts <= daysMax;
  const ready = question.trim() !== "" && texts.length >= 2 && fits;
  async function make() {
    const poll = { question: question.trim(), options: texts, results, days: lasts };
    made(await createPoll(brandId, poll));
  }
  const change = (place: number, text: string) =>
    setOptions(options.map((each, at) => (at === place ? text : each)));
  return (
    <Making
      title={t("poll.new")}
      look="poll-form"
      tall
      help={t(fits ? "poll.fixed" : "poll.daysBad")}
      bad={!fits}
      ready={ready}
      action={t("poll.make")}
      make={make}
      close={close}
    >
      <Field label={t("poll.question")} value={question} max={questionMax} put={setQuestion} />
      {options.map((text, place) => (
        <div key={place} class="poll-line">
          <Field
            label={t("poll.option", { n: String(place + 1) })}
            value={text}
            max={optionMax}
            put={(next) => change(place, next)}
          />
          {options.length > 2 ? (
            <IconButton
              icon="close"
              label={t("poll.less", { n: String(place + 1) })}
              onClick={() => setOptions(options.filter((_, at) => at !== place))}
            />
          ) : null}
        </div>
      ))}
      {options.length < optionsMax ? (
        <Button icon="plus" onClick={() => setOptions([...options, ""])}>
          {t("poll.more")}
        </Button>
      ) : null}
      <label class="field">
        <span class="field-label">{t("poll.results")}</span>
        <select
          class="input"
          value={results}
          onChange={(event) => setResults(event.currentTarget.value as PollResults)}
        >
          {rules.map((rule) => (
            <option key={rule} value={rule}>
              {t(`poll.show.${rule}`)}
            </option>
          ))}
        </select>
      </label>
      <Field label={t("poll.days")} value={days} max={2} put={setDays} money />
    </Making>
  );
}
