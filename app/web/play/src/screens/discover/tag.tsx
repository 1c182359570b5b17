export function TagScreen(_: object) { return <p />; }
