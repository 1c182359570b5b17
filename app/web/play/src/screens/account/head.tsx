import type { JSX } from "preact";
import { Link } from "../../app/link";
import type { AccountView } from "../../api/types";
import { locale, t } from "../../i18n";
import { formatCount } from "../../i18n/format";
import { followSignal } from "../../store/follows";
import { Avatar } from "../../ui/avatar";
import { FollowButton } from "../../ui/follow";
import { Picture } from "../../ui/picture";
import { NameLine } from "../../ui/post/head";
import { openViewer } from "../../ui/viewer/state";

interface HeadProps {
  account: AccountView;
  change: (account: AccountView) => void;
}

export function AccountHead({ account, change }: HeadProps): JSX.Element {
  const { avatar, cover, viewer } = account;
  const following = followSignal(account.id).value;
  const drift = Number(following) - Number(viewer.following);
  return (
    <section class="card account-head">
      <div class="account-cover">
        {cover ? (
          <Picture image={cover} sizes="(min-width: 680px) 600px, 100vw" alt="" eager />
        ) : null}
      </div>
      <div class="account-line">
        {avatar ? (
          <button
            type="button"
            class="account-face"
            aria-label={t("post.openPicture", { index: 1, total: 1 })}
            onClick={() => openViewer([avatar], 0)}
          >
            <Avatar account={account} size={88} />
          </button>
        ) : (
          <span class="account-face">
            <Avatar account={account} size={88} />
          </span>
        )}
        {viewer.isSelf ? (
          <Link to="/me/edit" class="button button-plain button-s">
            {t("account.edit")}
          </Link>
        ) : viewer.blocked ? null : (
          <FollowButton
            account={account}
            changed={(on) =>
              change({
                ...account,
                viewer: { ...viewer, following: on },
                counts: {
                  ...account.counts,
                  followers: Math.max(0, account.counts.followers + (on ? 1 : -1)),
                },
              })
            }
          />
        )}
      </div>
      <div class="account-name">
        <NameLine account={account} />
      </div>
      <p class="account-bio">{account.bio === "" ? t("account.noBio") : account.bio}</p>
      <div class="account-counts">
        <Figure n={account.counts.posts} word={t("account.posts")} />
        <Figure
          n={account.counts.followers + drift}
          word={t("account.followers")}
          to={`/accounts/${account.id}/followers`}
        />
        <Figure
          n={account.counts.following}
          word={t("account.following")}
          to={`/accounts/${account.id}/following`}
        />
      </div>
    </section>
  );
}

interface FigureProps {
  n: number;
  word: string;
  to?: string;
}

function Figure({ n, word, to }: FigureProps): JSX.Element {
  const figure = (
    <>
      <strong>{formatCount(n, locale.value)}</strong>
      <span>{word}</span>
    </>
  );
  return to ? (
    <Link to={to} class="figure">
      {figure}
    </Link>
  ) : (
    <div class="figure">{figure}</div>
  );
}
