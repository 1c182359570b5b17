import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { sendReport } from "../api/accounts";
import type { Report } from "../api/accounts";
import type { ReportReason } from "../api/types";
import { t } from "../i18n";
import { explain } from "../i18n/errors";
import { requireSignIn } from "../store/gate";
import { complain, say } from "../store/toasts";
import { Button } from "./button";
import { Sheet } from "./sheet";

type Target = Pick<Report, "targetKind" | "targetId">;

const target = signal<Target | null>(null);
const reasons: ReportReason[] = ["spam", "abuse", "fake", "illegal", "other"];
const detailMax = 500;

export function openReport(next: Target): void {
  if (requireSignIn()) target.value = next;
}

export function Reports(): JSX.Element | null {
  const reported = target.value;
  return reported === null ? null : <ReportSheet key={reported.targetId} target={reported} />;
}

function ReportSheet({ target: reported }: { target: Target }): JSX.Element {
  const [reason, setReason] = useState<ReportReason | null>(null);
  const [detail, setDetail] = useState("");
  const [busy, setBusy] = useState(false);
  const close = () => {
    target.value = null;
  };
  async function send() {
    if (reason === null) return;
    setBusy(true);
    try {
      await sendReport({ ...reported, reason, detail: detail.trim() });
      close();
      say(t("report.thanks"));
    } catch (error) {
      setBusy(false);
      complain(explain(error));
    }
  }
  return (
    <Sheet title={t("report.title")} close={close}>
      <fieldset class="choices">
        <legend>{t("report.why")}</legend>
        {reasons.map((each) => (
          <label class="choice" key={each}>
            <input
              type="radio"
              name="reason"
              checked={reason === each}
              onChange={() => setReason(each)}
            />
            <span>{t(`report.${each}`)}</span>
          </label>
        ))}
      </fieldset>
      <textarea
        class="input area"
        rows={3}
        maxLength={detailMax}
        placeholder={t("report.detail")}
        aria-label={t("report.detail")}
        value={detail}
        onInput={(event) => setDetail(event.currentTarget.value)}
      />
      <Button look="action" wide busy={busy} disabled={reason === null} onClick={() => void send()}>
        {t("report.send")}
      </Button>
    </Sheet>
  );
}
