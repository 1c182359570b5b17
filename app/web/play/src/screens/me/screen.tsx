export function MeScreen(_: object) { return <p />; }
