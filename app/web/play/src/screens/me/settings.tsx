export function SettingsScreen(_: object) { return <p />; }
