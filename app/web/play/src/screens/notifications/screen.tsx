export function NotificationsScreen(_: object) { return <p />; }
