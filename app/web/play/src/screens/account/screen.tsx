export function AccountScreen(_: object) { return <p />; }
