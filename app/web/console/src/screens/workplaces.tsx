import type { JSX } from "preact";
import type { Workplace } from "@play/api/work";
import { Icon } from "@play/ui/icons";
import { Empty } from "@play/ui/states";
import { roleWord } from "../app";
import { t } from "../i18n";
import { chooseWorkplace } from "../work";

export function Workplaces({ all }: { all: Workplace[] }): JSX.Element {
  if (all.length === 0) {
    return <Empty scene="people" title={t("work.none")} hint={t("work.noneHint")} />;
  }
  return (
    <section class="narrow">
      <h1 tabIndex={-1}>{t("work.title")}</h1>
      <p class="lead">{t("work.hint")}</p>
      <ul class="card rows">
        {all.map((each) => (
          <li key={each.brandId}>
            <button type="button" class="row" onClick={() => chooseWorkplace(each)}>
              <span class="row-words">
                <strong>{each.brandName ?? each.brandId}</strong>
                <span class="row-hint">{roleWord(each.role)}</span>
              </span>
              <Icon name="forward" size={18} class="chevron" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
