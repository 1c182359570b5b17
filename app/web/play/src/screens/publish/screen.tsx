import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import { Problem } from "../../api/problems";
import { createPost, readPost } from "../../api/posts";
import { goBack, navigate, place } from "../../app/router";
import type { Id, ManagedPost } from "../../api/types";
import { t } from "../../i18n";
import { explain, explainField } from "../../i18n/errors";
import { feed } from "../../store/feed";
import { forgetList } from "../../store/paged";
import { me } from "../../store/session";
import { complain, say } from "../../store/toasts";
import { Button, IconButton } from "../../ui/button";
import { ask } from "../../ui/confirm";
import { RepostCard } from "../../ui/post/repost";
import { AccountField, publishingAccount } from "./accountField";
import { AudienceField, KindField, ProductsField, TextField, WhenField } from "./fields";
import { kindsFor, PostForm, textMax } from "./form";
import { PictureEditor } from "./pictureGrid";
import { VideoField } from "./videoField";
import "./publish.css";

type Busy = "publish" | "draft" | null;

/** Writing a post. Nothing typed is lost: it stays on the device until the server has it. */
export function PublishScreen(): JSX.Element {
  const form = useMemo(() => new PostForm(), []);
  const repost = useMemo(() => place.value.query.get("repost"), []);
  // A repost is too short to be kept, and must not push out a longer draft.
  const keptAs = repost === null ? `carnival.draft.${me.value?.id ?? "nobody"}` : null;
  const [busy, setBusy] = useState<Busy>(null);
  const [failure, setFailure] = useState<Problem | null>(null);
  const [sent] = useState({ done: false });
  useEffect(() => {
    if (keptAs !== null && form.keepAs(keptAs)) say(t("publish.restored"));
    const tag = place.value.query.get("tag");
    if (tag && !form.text.value.includes(`#${tag}`)) {
      form.text.value = `${form.text.value}#${tag} `;
    }
    if (repost !== null) void startRepost(form, repost);
    return () => form.stop(keptAs, sent.done);
  }, []);
  const account = publishingAccount(form.accountId.value);
  const reposting = form.kind.value === "repost";

  async function send(asDraft: boolean) {
    const objection = form.objection(serverNow(), asDraft);
    if (objection !== null) return complain(t(objection));
    if (form.length.value > textMax) return undefined;
    setBusy(asDraft ? "draft" : "publish");
    setFailure(null);
    try {
      const shown = asDraft || !form.video.chosen || (await form.video.publish());
      const post = await createPost(form.body(asDraft || !shown));
      sent.done = true;
      arrived(post);
      if (!shown) say(t("upload.review"));
    } catch (error) {
      if (error instanceof Problem) setFailure(error);
      complain(t("publish.kept", { reason: explain(error) }));
      setBusy(null);
      focusRefused();
    }
    return undefined;
  }

  async function leave() {
    if (!form.empty && reposting && !(await ask(t("publish.discardAsk"), t("publish.discard")))) {
      return;
    }
    goBack("/");
  }

  async function discard() {
    if (!(await ask(t("publish.discardAsk"), t("publish.discard")))) return;
    sent.done = true;
    goBack("/");
  }

  return (
    <div class="publish">
      <header class="topbar">
        <IconButton icon="close" label={t("act.close")} onClick={() => void leave()} />
        <h1 class="topbar-title" tabIndex={-1}>
          {t(reposting ? "publish.reposting" : "publish.title")}
        </h1>
        <div class="topbar-side end">
          {form.empty ? null : (
            <IconButton icon="trash" label={t("publish.discard")} onClick={() => void discard()} />
          )}
        </div>
      </header>
      <div class="card publish-card">
        <AccountField
          account={account}
          choose={(id) => {
            form.accountId.value = id;
            const kinds = kindsFor(publishingAccount(id)?.kind ?? "shopper");
            if (!reposting && !kinds.includes(form.kind.value)) form.kind.value = "pictures";
          }}
        />
        <TextField form={form} error={explainField(failure, "text")} />
        {reposting ? (
          <RepostCard original={form.repostOf.value} />
        ) : (
          <Media form={form} brandId={account?.kind === "brand" ? account.id : null} />
        )}
        <FieldError text={explainField(failure, "pictureIds")} />
      </div>
      <div class="card publish-card">
        {reposting ? null : <KindField form={form} account={account} />}
        {reposting ? null : <ProductsField form={form} account={account} />}
        <FieldError text={explainField(failure, "productIds") ?? explainField(failure, "kind")} />
        <AudienceField form={form} />
        <WhenField form={form} error={explainField(failure, "publishAt")} />
      </div>
      <div class="publish-bar">
        <Button busy={busy === "draft"} disabled={busy !== null} onClick={() => void send(true)}>
          {t("publish.draft")}
        </Button>
        <Button
          look="action"
          wide
          busy={busy === "publish"}
          disabled={busy === "draft"}
          onClick={() => void send(false)}
        >
          {t(form.publishAt.value === "" ? "publish.go" : "publish.schedule")}
        </Button>
      </div>
    </div>
  );
}

interface MediaProps {
  form: PostForm;
  brandId: Id | null;
}

/** Pictures or a film: whichever is chosen first takes the place. */
function Media({ form, brandId }: MediaProps): JSX.Element {
  const pictures = form.pictures.items.value.length > 0;
  return (
    <>
      {form.video.chosen ? null : <PictureEditor pictures={form.pictures} />}
      {pictures ? null : <VideoField video={form.video} brandId={brandId} />}
    </>
  );
}

export function FieldError({ text }: { text: string | null }): JSX.Element | null {
  return text === null ? null : (
    <p class="field-error" role="alert">
      {text}
    </p>
  );
}

/** Moves to the first field the server complained about, once it is marked. */
export function focusRefused(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
}

async function startRepost(form: PostForm, id: string): Promise<void> {
  form.kind.value = "repost";
  try {
    const { post } = await readPost(id);
    form.repostOf.value = post.repostOf ?? post;
  } catch (error) {
    complain(explain(error));
    goBack("/");
  }
}

function arrived({ post, status }: ManagedPost): void {
  forgetList(`account:${post.account.id}`);
  if (status === "published") {
    void feed.refresh();
    navigate(`/posts/${post.id}`, { replace: true });
    say(t("publish.done"));
    return;
  }
  navigate(`/me/posts?status=${status}`, { replace: true });
  say(t(status === "scheduled" ? "publish.scheduled" : "publish.drafted"));
}
