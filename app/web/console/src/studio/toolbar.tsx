import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CueKind } from "@play/api/videos";
import { explain } from "@play/i18n/errors";
import { complain, say } from "@play/store/toasts";
import { Button, IconButton } from "@play/ui/button";
import { Icon } from "@play/ui/icons";
import type { IconName } from "@play/ui/icons";
import type { Player } from "@play/video/player";
import { t } from "../i18n";
import type { Desk } from "./desk";
import { newCue } from "./edits";

interface ToolbarProps {
  desk: Desk;
  player: Player;
  durationMs: number;
}

export const kindIcons: Record<CueKind, IconName> = {
  product: "bag",
  packet: "gift",
  coupon: "ticket",
  poll: "poll",
  chapter: "note",
  link: "link",
};
/** What can be put onto a film. */
export const kinds: readonly CueKind[] = ["product", "packet", "coupon", "poll", "chapter", "link"];
/** Names what is dragged, so that the strip takes nothing else. */
export const dragType = "application/x-carnival-cue";

/** What can be put onto the film, and how the draft is kept. */
export function Toolbar({ desk, player, durationMs }: ToolbarProps): JSX.Element {
  const at = () => Math.round(player.video.currentTime * 1_000);
  return (
    <div class="tools">
      <ul class="tool-kinds" title={t("studio.drag")}>
        {kinds.map((kind) => (
          <li key={kind}>
            <button
              type="button"
              class={`tool tool-${kind}`}
              draggable
              aria-label={t("studio.addKind", { kind: t(`kind.${kind}`) })}
              onDragStart={(event) => {
                event.dataTransfer?.setData(dragType, kind);
                if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
              }}
              onClick={() => desk.add(newCue(kind, at(), durationMs))}
            >
              <Icon name={kindIcons[kind]} size={18} />
              <span>{t(`kind.${kind}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class="tools-end">
        {desk.undoable.value > 0 ? (
          <IconButton icon="again" label={t("studio.undo")} onClick={() => desk.undo()} />
        ) : null}
        <SavedWords desk={desk} />
        <PublishButton desk={desk} />
      </div>
    </div>
  );
}

function SavedWords({ desk }: { desk: Desk }): JSX.Element {
  const state = desk.saving.value;
  const draft = desk.draft.value;
  if (state === "failed" || state === "conflict") {
    const again = state === "failed" ? () => void desk.flush() : () => void desk.open();
    return (
      <span class="saved bad" role="alert">
        {state === "failed"
          ? t("studio.failed", { why: explain(desk.error.value) })
          : t("studio.conflict")}
        <button type="button" class="text-button" onClick={again}>
          {t(state === "failed" ? "studio.retry" : "studio.reload")}
        </button>
      </span>
    );
  }
  const version = draft?.version ?? 0;
  const shown =
    version === 0 ? t("studio.versionNone") : t("studio.version", { n: String(version) });
  const kept = state === "saved" ? t("studio.saved") : t("studio.saving");
  return (
    <span class="saved" role="status">
      <span>{draft?.changed === true || state !== "saved" ? t("studio.changed") : shown}</span>
      <small>{kept}</small>
    </span>
  );
}

function PublishButton({ desk }: { desk: Desk }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const news = desk.draft.value?.changed === true || desk.saving.value !== "saved";
  async function publish() {
    setBusy(true);
    try {
      if (await desk.publish()) {
        say(t("studio.published", { n: String(desk.draft.value?.version ?? 1) }));
      }
    } catch (error) {
      complain(explain(error));
    }
    setBusy(false);
  }
  return (
    <Button
      look={news ? "action" : "plain"}
      busy={busy}
      disabled={!news}
      onClick={() => void publish()}
    >
      {t(news ? "studio.publish" : "studio.nothingNew")}
    </Button>
  );
}
