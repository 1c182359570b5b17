import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { changeMe } from "../../api/auth";
import { pictureTypes, uploadImage } from "../../api/images";
import { Problem } from "../../api/problems";
import { goBack } from "../../app/router";
import type { ImageView } from "../../api/types";
import { t } from "../../i18n";
import { explain, explainField } from "../../i18n/errors";
import { keepMe, me } from "../../store/session";
import { complain, say } from "../../store/toasts";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { characters } from "../../ui/post/text";
import { TopBar } from "../../ui/topbar";
import "./me.css";

const nameMax = 40;
const bioMax = 200;

export function EditMeScreen(): JSX.Element | null {
  const own = me.value;
  const [name, setName] = useState(own?.name ?? "");
  const [bio, setBio] = useState(own?.bio ?? "");
  const [avatar, setAvatar] = useState<ImageView | null>(own?.avatar ?? null);
  const [upload, setUpload] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Problem | null>(null);
  const [nameless, setNameless] = useState(false);
  if (own === null) return null;

  async function pick(file: File | undefined) {
    if (!file) return;
    setUpload(0);
    try {
      setAvatar(await uploadImage(file, file.name, setUpload).done);
    } catch (error) {
      complain(explain(error));
    }
    setUpload(null);
  }

  async function save() {
    setNameless(name.trim() === "");
    if (name.trim() === "") return;
    setBusy(true);
    setFailure(null);
    try {
      const changed = avatar !== null && avatar.id !== own?.avatar?.id;
      const next = await changeMe({
        name: name.trim(),
        bio: bio.trim(),
        ...(changed ? { avatarImageId: avatar.id } : {}),
      });
      keepMe(next);
      say(t("me.saved"));
      goBack("/me");
    } catch (error) {
      if (error instanceof Problem) setFailure(error);
      complain(explain(error));
      setBusy(false);
    }
  }

  const nameError = nameless ? t("me.nameNeeded") : explainField(failure, "name");
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TopBar title={t("me.edit")} back="/me">
        <Button type="submit" look="action" size="s" busy={busy} disabled={upload !== null}>
          {t("act.save")}
        </Button>
      </TopBar>
      <div class="card inset me-edit">
        <label class="me-avatar">
          <Avatar account={{ id: own.id, name: own.name, avatar }} size={88} />
          <span class="me-avatar-sign">
            {upload === null ? <Icon name="pencil" size={16} /> : `${Math.round(upload * 100)}%`}
          </span>
          <span class="hidden-text">{t("me.avatar")}</span>
          <input
            type="file"
            accept={pictureTypes}
            class="hidden-text"
            onChange={(event) => void pick(event.currentTarget.files?.[0])}
          />
        </label>
        <Field
          label={t("me.name")}
          value={name}
          max={nameMax}
          error={nameError}
          change={setName}
          autocomplete="nickname"
        />
        <Field
          label={t("me.bio")}
          value={bio}
          max={bioMax}
          rows={4}
          hint={t("me.bioHint")}
          error={explainField(failure, "bio")}
          change={setBio}
        />
      </div>
    </form>
  );
}

interface FieldProps {
  label: string;
  value: string;
  max: number;
  error: string | null;
  change: (value: string) => void;
  rows?: number;
  hint?: string;
  autocomplete?: "nickname";
}

function Field(props: FieldProps): JSX.Element {
  const shared = {
    class: props.rows ? "input area" : "input",
    maxLength: props.max,
    value: props.value,
    placeholder: props.hint ?? "",
    "aria-invalid": props.error !== null,
    onInput: (event: { currentTarget: { value: string } }) =>
      props.change(event.currentTarget.value),
  };
  return (
    <label class="field">
      <span class="field-label">
        {props.label}
        <span class="counter">
          {characters(props.value)}/{props.max}
        </span>
      </span>
      {props.rows ? (
        <textarea rows={props.rows} {...shared} />
      ) : (
        <input type="text" autocomplete={props.autocomplete ?? "off"} {...shared} />
      )}
      <span class="field-error" role="alert">
        {props.error}
      </span>
    </label>
  );
}
