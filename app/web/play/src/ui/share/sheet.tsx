import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PostView } from "../../api/types";
import { navigate } from "../../app/router";
import { t } from "../../i18n";
import { requireSignIn } from "../../store/gate";
import { say } from "../../store/toasts";
import { Icon } from "../icons";
import type { IconName } from "../icons";
import { Sheet } from "../sheet";
import { canShareBySystem, copyLink, copyText, shareBySystem, shareUrl } from "./channels";
import { weiboAddress } from "./channels";
import { Qr } from "./qr";
import { shared } from "./state";

export function ShareSheets(): JSX.Element | null {
  const post = shared.value;
  return post === null ? null : <ShareSheet key={post.id} post={post} />;
}

function ShareSheet({ post }: { post: PostView }): JSX.Element {
  const [qr, setQr] = useState<string | null>(null);
  const close = () => {
    shared.value = null;
  };
  async function bySystem() {
    const url = await shareUrl(post, "link");
    // Cancelling the system's sheet is no error.
    await shareBySystem(post, url).then(close, () => undefined);
  }
  async function toWechat() {
    await copyText(await shareUrl(post, "wechat"));
    close();
    say(t("share.wechatHint"));
  }
  async function toWeibo() {
    const url = await shareUrl(post, "weibo");
    window.open(weiboAddress(post, url), "_blank", "noopener");
    close();
  }
  function repost() {
    close();
    if (requireSignIn()) navigate(`/publish?repost=${post.repostOf?.id ?? post.id}`);
  }
  const copy = () => void copyLink(post).then(close);
  const showQr = () => void shareUrl(post, "qr").then(setQr);
  return (
    <Sheet title={t("share.title")} close={close}>
      {qr === null ? (
        <ul class="share-ways">
          {post.audience.kind === "everyone" ? (
            <Way icon="repost" look="red" label={t("postKind.repost")} run={repost} />
          ) : null}
          {canShareBySystem() ? (
            <Way icon="share" label={t("share.system")} run={() => void bySystem()} />
          ) : null}
          <Way icon="comment" look="wechat" label={t("share.wechat")} run={() => void toWechat()} />
          <Way icon="eye" look="weibo" label={t("share.weibo")} run={() => void toWeibo()} />
          <Way icon="qr" label={t("share.qr")} run={showQr} />
          <Way icon="link" label={t("share.link")} run={copy} />
        </ul>
      ) : (
        <div class="share-qr">
          <Qr text={qr} label={t("share.qr")} />
          <p>{t("share.qrHint")}</p>
        </div>
      )}
    </Sheet>
  );
}

interface WayProps {
  icon: IconName;
  label: string;
  run: () => void;
  look?: "red" | "wechat" | "weibo";
}

function Way({ icon, label, run, look }: WayProps): JSX.Element {
  return (
    <li>
      <button type="button" class="share-way" onClick={run}>
        <span class={`share-icon ${look ?? ""}`}>
          <Icon name={icon} />
        </span>
        <span>{label}</span>
      </button>
    </li>
  );
}
