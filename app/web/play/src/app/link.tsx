import type { AnchorHTMLAttributes, ComponentChildren, TargetedMouseEvent } from "preact";
import { navigate } from "./router";

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href" | "role"> {
  to: string;
  replace?: boolean;
  children: ComponentChildren;
}

/** An ordinary link that stays inside the page; a modified click still opens a new tab. */
export function Link({ to, replace, onClick, children, ...rest }: LinkProps) {
  function follow(event: TargetedMouseEvent<HTMLAnchorElement>) {
    onClick?.(event);
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || modified) return;
    event.preventDefault();
    navigate(to, { replace: replace ?? false });
  }
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
