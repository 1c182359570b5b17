import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { postHistory } from "../../api/posts";
import type { Id, PostVersion } from "../../api/types";
import { t } from "../../i18n";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { Ago } from "../../ui/values";
import "./history.css";

/** What a post said before, newest first. */
export function HistoryScreen({ id }: { id: Id }): JSX.Element {
  const [versions, setVersions] = useState<PostVersion[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    postHistory(id).then(
      (all) => setVersions([...all].sort((a, b) => b.version - a.version)),
      setFailure,
    );
  };
  useEffect(load, [id]);
  return (
    <>
      <TopBar title={t("history.title")} back={`/posts/${id}`} />
      {versions === null && failure === null ? <RowSkeletons count={3} /> : null}
      {failure !== null ? <LoadFailed error={failure} retry={load} /> : null}
      {versions?.length === 0 ? <Empty scene="pen" title={t("history.empty")} /> : null}
      <ol class="history">
        {versions?.map((version, index) => (
          <li key={version.version} class="card history-version">
            <header>
              <strong>
                {index === 0 ? t("history.current") : t("history.version", { n: version.version })}
              </strong>
              <Ago at={version.editedAt} />
            </header>
            <p class="words-text">{version.text}</p>
          </li>
        ))}
      </ol>
    </>
  );
}
