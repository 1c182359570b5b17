import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import { Problem } from "../../api/problems";
import { changePost, myPosts, readPost } from "../../api/posts";
import { goBack } from "../../app/router";
import type { AccountCard, Id, PostStatus } from "../../api/types";
import { t } from "../../i18n";
import { explain, explainField } from "../../i18n/errors";
import { forgetList } from "../../store/paged";
import { changePostItem } from "../../store/posts";
import { complain, say } from "../../store/toasts";
import { Button } from "../../ui/button";
import { RepostCard } from "../../ui/post/repost";
import { LoadFailed, ScreenWait } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { AccountField } from "../publish/accountField";
import { AudienceField, ProductsField, TextField, WhenField } from "../publish/fields";
import { PostForm, textMax } from "../publish/form";
import { PictureEditor } from "../publish/pictureGrid";
import { FieldError, focusRefused } from "../publish/screen";
import "../publish/publish.css";

interface Editing {
  status: PostStatus;
  account: AccountCard;
}

/** Changing a post that exists. What was before stays readable in its history. */
export function EditScreen({ id }: { id: Id }): JSX.Element {
  const form = useMemo(() => new PostForm(), []);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const load = () => {
    setFailure(null);
    open(form, id).then(setEditing, setFailure);
  };
  useEffect(load, [id]);
  useEffect(() => () => form.stop(null, false), []);

  async function save() {
    const objection = form.objection(serverNow(), editing?.status === "draft");
    if (objection !== null) return complain(t(objection));
    if (form.length.value > textMax) return undefined;
    setBusy(true);
    setRefusal(null);
    try {
      const { post } = await changePost(id, form.change(editing?.status === "published"));
      changePostItem(id, (item) => ({ ...item, post }));
      for (const status of ["draft", "scheduled", "published"]) forgetList(`mine:${status}`);
      say(t("publish.saved"));
      goBack(`/posts/${id}`);
    } catch (error) {
      if (error instanceof Problem) setRefusal(error);
      complain(explain(error));
      setBusy(false);
      focusRefused();
    }
    return undefined;
  }

  return (
    <div class="publish">
      <TopBar title={t("publish.editTitle")} back={`/posts/${id}`} />
      {editing === null && failure === null ? <ScreenWait /> : null}
      {editing === null && failure !== null ? <LoadFailed error={failure} retry={load} /> : null}
      {editing ? (
        <>
          <EditFields form={form} editing={editing} refusal={refusal} />
          <div class="publish-bar">
            <Button look="action" wide busy={busy} onClick={() => void save()}>
              {t("act.save")}
            </Button>
          </div>
        </>
      ) : null}
    </div>
  );
}

interface EditFieldsProps {
  form: PostForm;
  editing: Editing;
  refusal: Problem | null;
}

function EditFields({ form, editing, refusal }: EditFieldsProps): JSX.Element {
  const { account, status } = editing;
  const reposting = form.kind.value === "repost";
  const published = status === "published";
  const field = (name: string) => explainField(refusal, name);
  return (
    <>
      <div class="card publish-card">
        <AccountField account={account} choose={() => undefined} locked />
        <TextField form={form} error={field("text")} />
        {reposting ? (
          <RepostCard original={form.repostOf.value} />
        ) : (
          <PictureEditor pictures={form.pictures} />
        )}
        <FieldError text={field("pictureIds")} />
      </div>
      {reposting && published ? null : (
        <div class="card publish-card">
          {reposting ? null : <ProductsField form={form} account={account} />}
          <FieldError text={field("productIds")} />
          {published ? null : <AudienceField form={form} />}
          {published ? null : <WhenField form={form} error={field("publishAt")} editing />}
        </div>
      )}
    </>
  );
}

/** A published post is read as everybody reads it; what waits is found in the lists of mine. */
async function open(form: PostForm, id: Id): Promise<Editing> {
  for (const status of ["draft", "scheduled"] as const) {
    const page = await myPosts(status, null);
    const found = page.items.find((each) => each.post.id === id);
    if (!found) continue;
    form.fill(found.post, found.publishAt);
    return { status, account: found.post.account };
  }
  const { post } = await readPost(id);
  form.fill(post, null);
  return { status: post.publishedAt === null ? "draft" : "published", account: post.account };
}
