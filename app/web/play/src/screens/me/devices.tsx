export function DevicesScreen(_: object) { return <p />; }
