import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../i18n";
import { Button } from "./button";
import { Sheet } from "./sheet";

interface Question {
  text: string;
  confirm: string;
  danger: boolean;
  answer: (yes: boolean) => void;
}

const question = signal<Question | null>(null);

/** Asks before something that cannot be undone; answers false when the sheet is dismissed. */
export function ask(text: string, confirm: string, danger = true): Promise<boolean> {
  question.value?.answer(false);
  return new Promise((resolve) => {
    question.value = {
      text,
      confirm,
      danger,
      answer: (yes) => {
        question.value = null;
        resolve(yes);
      },
    };
  });
}

export function Questions(): JSX.Element | null {
  const asked = question.value;
  if (asked === null) return null;
  return (
    <Sheet title={asked.confirm} close={() => asked.answer(false)}>
      <p class="question">{asked.text}</p>
      <div class="question-answers">
        <Button wide onClick={() => asked.answer(false)}>
          {t("act.cancel")}
        </Button>
        <Button wide look={asked.danger ? "danger" : "action"} onClick={() => asked.answer(true)}>
          {asked.confirm}
        </Button>
      </div>
    </Sheet>
  );
}
