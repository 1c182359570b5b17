import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface SegmentsProps<V extends string> {
  label: string;
  value: V;
  options: { value: V; label: string }[];
  choose: (value: V) => void;
}

/** One of a few choices, all in sight. */
export function Segments<V extends string>(props: SegmentsProps<V>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="segments-field">
      <legend class="field-label">{props.label}</legend>
      <div class="segments">
        {props.options.map((option) => (
          <label key={option.value} class="segment">
            <input
              type="radio"
              name={name}
              checked={props.value === option.value}
              onChange={() => props.choose(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
