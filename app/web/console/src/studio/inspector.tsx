import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import type { Cue } from "@play/api/videos";
import { Button } from "@play/ui/button";
import { Icon } from "@play/ui/icons";
import { Empty } from "@play/ui/states";
import type { Player } from "@play/video/player";
import { t } from "../i18n";
import type { Desk } from "./desk";
import { begunAt, endedAt, exactTime, lack, readTime, textMax } from "./edits";
import { CouponPicker, PacketPicker, PollPicker, ProductPicker } from "./pickers";
import { kindIcons } from "./toolbar";
import { Whole } from "./whole";

interface InspectorProps {
  desk: Desk;
  brandId: Id;
  videoId: Id;
  player: Player;
  durationMs: number;
}

/** Everything about the chosen moment, in one column. */
export function Inspector(props: InspectorProps): JSX.Element {
  const cue = props.desk.chosen.value;
  return (
    <section class="card inspector" aria-label={t("studio.title")}>
      {cue === null ? (
        <>
          <Empty scene="pen" title={t("studio.choose")} hint={t("studio.chooseHint")} />
          <Whole {...props} />
        </>
      ) : (
        <Form key={cue.kind} {...props} cue={cue} />
      )}
    </section>
  );
}

function Form({ desk, brandId, videoId, player, durationMs, cue }: InspectorProps & { cue: Cue }) {
  const here = () => player.video.currentTime * 1_000;
  const put = (next: Cue) => desk.put(next);
  return (
    <div class="form">
      <h2 class={`form-kind kind-of-${cue.kind}`}>
        <Icon name={kindIcons[cue.kind]} size={20} />
        {t(`kind.${cue.kind}`)}
        {lack(cue) === null ? null : <span class="form-open">{t("studio.unfinished")}</span>}
      </h2>
      <div class="form-times">
        <TimeField
          label={t("cue.begin")}
          ms={cue.at}
          put={(ms) => put(begunAt(cue, ms))}
          here={() => put(begunAt(cue, here()))}
        />
        <TimeField
          label={t("cue.end")}
          ms={cue.until}
          put={(ms) => put(endedAt(cue, ms, durationMs))}
          here={() => put(endedAt(cue, here(), durationMs))}
        />
      </div>
      <p class="help">{t(cue.kind === "poll" ? "cue.pollTimeHint" : "cue.timeHint")}</p>
      <Target cue={cue} brandId={brandId} videoId={videoId} put={put} />
      <TextField
        label={t(cue.kind === "chapter" ? "cue.chapterText" : "cue.text")}
        help={t(cue.kind === "chapter" ? "cue.chapterHint" : "cue.textHint", {
          max: String(textMax),
        })}
        value={cue.text}
        max={textMax}
        put={(text) => put({ ...cue, text })}
      />
      <Button look="danger" icon="trash" onClick={() => desk.remove(cue.id)}>
        {t("cue.delete")}
      </Button>
    </div>
  );
}

interface TargetProps {
  cue: Cue;
  brandId: Id;
  videoId: Id;
  put: (cue: Cue) => void;
}

function Target({ cue, brandId, videoId, put }: TargetProps): JSX.Element | null {
  if (cue.kind === "product") return <ProductPicker cue={cue} brandId={brandId} put={put} />;
  if (cue.kind === "packet") {
    return <PacketPicker cue={cue} brandId={brandId} videoId={videoId} put={put} />;
  }
  if (cue.kind === "poll") return <PollPicker cue={cue} brandId={brandId} put={put} />;
  if (cue.kind === "coupon") return <CouponPicker cue={cue} brandId={brandId} put={put} />;
  if (cue.kind === "chapter") return null;
  const wrong = lack(cue) === "link";
  return (
    <TextField
      label={t(`cue.${cue.kind}`)}
      help={wrong ? t("cue.linkBad") : t(`cue.${cue.kind}Hint`)}
      wrong={wrong}
      value={cue.ref ?? ""}
      max={cue.kind === "link" ? 500 : 60}
      put={(ref) => put({ ...cue, ref })}
    />
  );
}

interface TimeProps {
  label: string;
  ms: number;
  put: (ms: number) => void;
  here: () => void;
}

function TimeField({ label, ms, put, here }: TimeProps): JSX.Element {
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [ms]);
  const id = useId();
  const bad = typed !== null && readTime(typed) === null;
  function done() {
    const read = typed === null ? null : readTime(typed);
    if (read !== null) put(read);
    setTyped(null);
  }
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <span class="time-field">
        <input
          id={id}
          class="input"
          inputMode="decimal"
          aria-invalid={bad}
          value={typed ?? exactTime(ms)}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onBlur={done}
          onKeyDown={(event) => {
            if (event.key === "Enter") done();
          }}
        />
        <button type="button" class="text-button" onClick={here}>
          {t("cue.here")}
        </button>
      </span>
    </div>
  );
}

interface TextProps {
  label: string;
  help: string;
  value: string;
  max: number;
  wrong?: boolean;
  put: (text: string) => void;
}

function TextField({ label, help, value, max, wrong, put }: TextProps): JSX.Element {
  const helpId = useId();
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        class="input"
        maxLength={max}
        value={value}
        aria-invalid={wrong ?? false}
        aria-describedby={helpId}
        onInput={(event) => put(event.currentTarget.value)}
      />
      <Help id={helpId} wrong={wrong ?? false}>
        {help}
      </Help>
    </label>
  );
}

interface HelpProps {
  id?: string;
  wrong?: boolean;
  children: ComponentChildren;
}

export function Help({ id, wrong, children }: HelpProps): JSX.Element {
  return (
    <span id={id} class={wrong ? "help wrong" : "help"}>
      {children}
    </span>
  );
}
