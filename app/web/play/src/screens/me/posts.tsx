export function MyPostsScreen(_: object) { return <p />; }
