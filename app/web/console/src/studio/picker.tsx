import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import type { Cue } from "@play/api/videos";
import { explain } from "@play/i18n/errors";
import { Sheet } from "@play/ui/sheet";
import { t } from "../i18n";
import { Help } from "./inspector";

const typeRestMs = 250;

type Type = NonNullable<Cue["target"]>["type"];
type Target<K> = Extract<NonNullable<Cue["target"]>, { type: K }>;

export interface Picking {
  cue: Cue;
  brandId: Id;
  put: (cue: Cue) => void;
}

interface Kind<K extends Type, T> {
  type: K;
  label: string;
  hint: string;
  /** What of the brand's may be chosen; `q` is empty unless it can be searched. */
  find: (q: string) => Promise<T[]>;
  searched?: boolean;
  /** Said when there is nothing to choose. */
  none: string;
  /** How one looks in the list. */
  face: (item: T) => ComponentChildren;
  targetOf: (item: T) => Target<K>;
  /** How the chosen one looks in the form. */
  chosen: (target: Target<K>) => ComponentChildren;
  /** How one is made in place, and what that is called. */
  make?: { word: string; form: (made: (item: T) => void, close: () => void) => JSX.Element };
}

/** Which of the brand's things a moment shows: one from a list, or a new one. */
export function Picker<K extends Type, T extends { id: Id }>({
  cue,
  put,
  kind,
}: Omit<Picking, "brandId"> & { kind: Kind<K, T> }): JSX.Element {
  const [step, setStep] = useState<"choose" | "make" | null>(cue.ref ? null : "choose");
  const close = () => setStep(null);
  const take = (item: T) => {
    close();
    put({ ...cue, ref: item.id, target: kind.targetOf(item) });
  };
  const target = cue.target?.type === kind.type ? (cue.target as Target<K>) : null;
  return (
    <div class="field">
      <span class="field-label">{kind.label}</span>
      {target ? kind.chosen(target) : null}
      {cue.ref && !target ? <Help wrong>{t("cue.gone")}</Help> : null}
      <button
        type="button"
        class="button button-plain button-m"
        onClick={() => setStep("choose")}
      >
        {target ? t("cue.change") : t("cue.pick", { kind: t(`kind.${kind.type}`) })}
      </button>
      <Help>{kind.hint}</Help>
      {step === "choose" ? (
        <Choices kind={kind} close={close} choose={take} create={() => setStep("make")} />
      ) : null}
      {step === "make" ? kind.make?.form(take, close) : null}
    </div>
  );
}

interface ChoicesProps<K extends Type, T> {
  kind: Kind<K, T>;
  close: () => void;
  choose: (item: T) => void;
  create: () => void;
}

function Choices<K extends Type, T extends { id: Id }>({
  kind,
  close,
  choose,
  create,
}: ChoicesProps<K, T>): JSX.Element {
  const [q, setQ] = useState("");
  const [found, setFound] = useState<T[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(
      () => {
        kind.find(q.trim()).then(
          (items) => current && setFound(items),
          (error: unknown) => current && setFailure(error),
        );
      },
      q === "" ? 0 : typeRestMs,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [q]);
  return (
    <Sheet
      title={t("cue.pick", { kind: t(`kind.${kind.type}`) })}
      close={close}
      tall={kind.searched}
    >
      {kind.searched ? (
        <input
          class="input"
          type="search"
          aria-label={t("cue.search")}
          placeholder={t("cue.search")}
          value={q}
          onInput={(event) => setQ(event.currentTarget.value)}
        />
      ) : null}
      <div class="sheet-scroll">
        <ul class="pick-list">
          {(found ?? []).map((item) => (
            <li key={item.id}>
              <button type="button" class="chip" onClick={() => choose(item)}>
                {kind.face(item)}
              </button>
            </li>
          ))}
        </ul>
        <Word found={found} failure={failure} none={kind.none} />
      </div>
      {kind.make ? (
        <button type="button" class="button button-plain button-m pick-new" onClick={create}>
          {kind.make.word}
        </button>
      ) : null}
    </Sheet>
  );
}

interface WordProps {
  found: unknown[] | null;
  failure: unknown;
  none: string;
}

function Word({ found, failure, none }: WordProps): JSX.Element | null {
  if (failure !== null) return <Help wrong>{explain(failure)}</Help>;
  if (found === null) return <span class="spinner" role="status" />;
  return found.length === 0 ? <Help>{none}</Help> : null;
}

interface FaceProps {
  title: ComponentChildren;
  hint: ComponentChildren;
}

/** One in the list that has no picture. */
export function Face({ title, hint }: FaceProps): JSX.Element {
  return (
    <span class="chip-words">
      <span class="chip-title">{title}</span>
      <span class="row-hint">{hint}</span>
    </span>
  );
}
