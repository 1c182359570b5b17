import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { writeComment } from "../../api/comments";
import type { CommentView, Id } from "../../api/types";
import { t } from "../../i18n";
import { explain, explainField } from "../../i18n/errors";
import { requireSignIn } from "../../store/gate";
import { addToCount } from "../../store/posts";
import { me } from "../../store/session";
import { announce, complain } from "../../store/toasts";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icons";
import { characters } from "../../ui/post/text";
import { addComment, commentList } from "./commentList";
import { closeComposer, openComposer, replying } from "./replying";

const textMax = 500;
const linesMaxPx = 120;

/** The field at the bottom edge. What was typed stays when sending fails. */
export function Composer({ postId }: { postId: Id }): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const clientId = useRef(newClientId());
  const target = replying.value;
  useEffect(() => {
    if (target !== undefined) field.current?.focus();
  }, [target]);
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(linesMaxPx, element.scrollHeight)}px`;
  }, [text]);
  const length = characters(text);
  const tooLong = length > textMax;

  async function send() {
    if (busy || tooLong || text.trim() === "" || !requireSignIn()) return;
    setBusy(true);
    try {
      const comment = await writeComment(postId, {
        text: text.trim(),
        clientId: clientId.current,
        ...(target ? { parentId: target.id } : {}),
      });
      clientId.current = newClientId();
      addComment(commentList(postId), comment);
      addToCount(postId, "comments", 1);
      setText("");
      closeComposer();
      field.current?.blur();
      announce(t("comment.sent"));
    } catch (error) {
      complain(explainField(error, "text") ?? explain(error));
    }
    setBusy(false);
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {target ? <ReplyLine comment={target} /> : null}
      <div class="composer-row">
        {me.value ? <Avatar account={me.value} size={32} /> : null}
        <textarea
          ref={field}
          rows={1}
          class="composer-field"
          enterkeyhint="send"
          aria-label={labelFor(target)}
          aria-invalid={tooLong}
          placeholder={labelFor(target)}
          value={text}
          onFocus={() => {
            if (replying.value === undefined) openComposer(null);
          }}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <button
          type="submit"
          class="composer-send"
          aria-label={t("comment.send")}
          disabled={busy || tooLong || text.trim() === ""}
        >
          {busy ? <span class="spinner" aria-hidden="true" /> : <Icon name="up" />}
        </button>
      </div>
      {length > textMax - 50 ? (
        <p class={tooLong ? "composer-count over" : "composer-count"} role="status">
          {tooLong ? t("comment.tooLong", { max: String(textMax) }) : `${length}/${textMax}`}
        </p>
      ) : null}
    </form>
  );
}

function ReplyLine({ comment }: { comment: CommentView }): JSX.Element {
  return (
    <div class="composer-reply">
      <span>
        {t("comment.replyTo", { name: comment.author.name })}：{comment.text}
      </span>
      <button type="button" aria-label={t("act.cancel")} onClick={() => openComposer(null)}>
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}

function labelFor(target: CommentView | null | undefined): string {
  return target ? t("comment.replyTo", { name: target.author.name }) : t("comment.placeholder");
}

/** Names one comment, so that sending it again after a lost answer does not write it twice. */
function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
