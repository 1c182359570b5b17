import type { JSX } from "preact";
import { changeMe } from "../../api/auth";
import { install, installOffer } from "../../app/installed";
import { Link } from "../../app/link";
import { chooseLocale, localeChoice, t } from "../../i18n";
import type { LocaleChoice } from "../../i18n";
import { keepMe, signedIn } from "../../store/session";
import { chooseTheme, themeChoice } from "../../store/theme";
import { Icon } from "../../ui/icons";
import { Segments } from "../../ui/segments";
import { TopBar } from "../../ui/topbar";
import "./me.css";

export function SettingsScreen(): JSX.Element {
  return (
    <>
      <TopBar title={t("settings.title")} back="/me" />
      <section class="card inset settings-part">
        <Segments
          label={t("settings.language")}
          value={localeChoice.value}
          options={[
            { value: "auto", label: t("settings.languageAuto") },
            { value: "zh-CN", label: "简体中文" },
            { value: "en", label: "English" },
          ]}
          choose={chooseLanguage}
        />
        <Segments
          label={t("settings.theme")}
          value={themeChoice.value}
          options={[
            { value: "auto", label: t("settings.themeAuto") },
            { value: "light", label: t("settings.themeLight") },
            { value: "dark", label: t("settings.themeDark") },
          ]}
          choose={chooseTheme}
        />
      </section>
      <ul class="card rows inset me-part">
        {signedIn.value ? (
          <li>
            <Link to="/me/devices" class="row way">
              <Icon name="phone" />
              <span class="row-words">{t("me.devices")}</span>
              <Icon name="forward" size={18} class="chevron" />
            </Link>
          </li>
        ) : null}
        {installOffer.value ? (
          <li>
            <button type="button" class="row way" onClick={() => void install()}>
              <Icon name="plus" />
              <span class="row-words">{t("settings.install")}</span>
            </button>
          </li>
        ) : null}
        <li>
          <a href="/docs" class="row way">
            <Icon name="note" />
            <span class="row-words">{t("settings.docs")}</span>
            <Icon name="forward" size={18} class="chevron" />
          </a>
        </li>
      </ul>
    </>
  );
}

/** The choice holds for this device at once; the server learns it for messages it writes. */
function chooseLanguage(choice: LocaleChoice): void {
  chooseLocale(choice);
  if (choice === "auto" || !signedIn.value) return;
  changeMe({ locale: choice }).then(keepMe, () => undefined);
}
