import { navigate, place } from "../app/router";
import { t } from "../i18n";
import { signedIn } from "./session";
import { say } from "./toasts";

/** True when somebody is signed in; otherwise leads to the sign-in screen and back afterwards. */
export function requireSignIn(): boolean {
  if (signedIn.value) return true;
  const query = place.value.query.toString();
  const from = place.value.path + (query === "" ? "" : `?${query}`);
  say(t("signin.needed"));
  navigate(`/sign-in?next=${encodeURIComponent(from)}`);
  return false;
}
