import type { ComponentType, JSX } from "preact";
import type { Attachment, PostView } from "../../api/types";
import { t } from "../../i18n";
import { Icon } from "../icons";

/** What is drawn for each type of play a post can carry; games add themselves here. */
interface FaceProps {
  attachment: Attachment;
  /** Missing where a post is only quoted. */
  post?: PostView;
}

const faces = new Map<string, ComponentType<FaceProps>>();

export function registerAttachment(type: string, face: ComponentType<FaceProps>): void {
  faces.set(type, face);
}

/** The attached play of a post: the brightest thing on its card. */
export function AttachmentSlot(props: FaceProps): JSX.Element {
  const Face = faces.get(props.attachment.type);
  return Face ? <Face {...props} /> : <NewerApp />;
}

function NewerApp(): JSX.Element {
  return (
    <div class="play-card">
      <span class="play-seal">
        <Icon name="gift" size={28} />
      </span>
      <span class="play-words">
        <strong>{t("post.newerApp")}</strong>
        <span>{t("post.newerAppHint")}</span>
      </span>
      <button type="button" class="play-go" onClick={() => location.reload()}>
        {t("act.retry")}
      </button>
    </div>
  );
}
